/** The answer to one request. @module */

import type { Require } from '../policy/requirement.ts'
import type { Problem } from '../problem/problem.ts'
import type { Reason } from '../problem/reason.ts'
import type { Principal } from './principal.ts'

/** A refusal is a value: the problem is for the caller, the reason for the operator alone. */
export interface Refusal {
  readonly ok: false
  readonly problem: Problem
  readonly reason: Reason
}

export interface Acceptance<R extends Require = Require> {
  readonly ok: true
  readonly principal: Principal<R>
}

/** Nothing was presented, and the route said that this is fine. */
export interface Anonymous {
  readonly ok: true
  readonly principal: undefined
}

export type Decision<R extends Require = Require> = Acceptance<R> | Refusal
