/**
 * What stands between an authenticator and any framework's middleware: it asks, keeps for each request who was let in
 * and by whom, and makes the refusal that goes out. So adapters only convert.
 * @module
 */
import type { Exchange } from '../exchange/exchange.ts'
import type { Require } from '../policy/requirement.ts'
import { assertScopes } from '../policy/scopes.ts'
import { after, type MaybePromise, rescue } from '../primitives/flow.ts'
import { internalProblem } from '../problem/internal-problem.ts'
import type { Problem } from '../problem/problem.ts'
import { type OnRefused, type ProblemResponse, problemResponse } from '../problem/problem-response.ts'
import type { Authenticator } from './create-authenticator.ts'
import type { Anonymous, Decision } from './decision.ts'
import type { Principal } from './principal.ts'

/** One line of middleware. */
export interface Guard<Context, R extends Require = Require> {
  readonly authenticator: Authenticator<R>
  /** Lets pass, as nobody, what carries no credential at all. */
  readonly optional: boolean
  readonly onRefused: OnRefused<Context> | undefined
}

export type Admission<R extends Require = Require> =
  | { readonly ok: true; readonly principal: Principal<R> | undefined }
  | { readonly ok: false; readonly response: ProblemResponse }

interface Admitted<Context> {
  readonly guard: Guard<Context>
  readonly exchange: Exchange
  readonly principal: Principal | undefined
}

/** What a word of `require` says for certain, so that a handler which reads a principal by a weaker word is right as well. */
const GUARANTEES: Readonly<Record<Require, readonly Require[]>> = {
  'certificate+key': ['certificate+key', 'certificate', 'key', 'certificate-or-key'],
  certificate: ['certificate', 'certificate-or-key'],
  key: ['key', 'certificate-or-key'],
  'certificate-or-key': ['certificate-or-key'],
  'certificate+token': ['certificate+token', 'certificate+key-or-token', 'certificate', 'certificate-or-key'],
  'certificate+key-or-token': ['certificate+key-or-token', 'certificate', 'certificate-or-key'],
}

/** @typeParam Context what the framework hands to handlers; the same object for all handlers of one request */
export class Admissions<Context extends object> {
  readonly #admitted: WeakMap<Context, Admitted<Context>> = new WeakMap()

  /** Never throws and never rejects; no promise where the answer is at hand. */
  admit<R extends Require>(
    context: Context,
    exchange: Exchange,
    guard: Guard<Context, R>,
  ): Admission<R> | Promise<Admission<R>> {
    // Every run decides anew: what another guard said before no longer counts, even while this one thinks.
    this.#admitted.delete(context)
    const admission = rescue(
      () => after(ask(exchange, guard), (decision) => this.#conclude(context, exchange, guard, decision)),
      // It threw, or answered with something else than a decision.
      (): Admission<R> => ({ ok: false, response: internalFault() }),
    )
    return admission as Admission<R> | Promise<Admission<R>>
  }

  /**
   * The check of one route.
   * @returns the refusal, if there is one
   * @throws TypeError for an empty list, at once
   */
  scopeCheck(scopes: readonly string[]): (context: Context) => ProblemResponse | undefined {
    assertScopes(scopes)
    const required = Object.freeze([...scopes])
    return (context) => {
      const admitted = this.#admitted.get(context)
      if (admitted === undefined) return internalFault()
      const { guard, exchange, principal } = admitted
      const refusal = guard.authenticator.authorize(exchange, principal, required)
      return refusal === undefined ? undefined : respond(refusal.problem, guard, context)
    }
  }

  /**
   * Who was let in; `undefined` for nobody, behind an optional guard.
   * @param require what the caller relies on
   * @throws TypeError if no guard has run, or one that promises less
   */
  principalOf<R extends Require>(context: Context, require: R): Principal<R> | undefined {
    const admitted = this.#admitted.get(context)
    if (admitted === undefined) throw new TypeError('countersign() has not run before this handler')
    const granted = admitted.guard.authenticator.require
    if (!GUARANTEES[granted].includes(require)) {
      throw new TypeError(`countersign() runs with require: '${granted}' here, which does not promise '${require}'`)
    }
    return admitted.principal as Principal<R> | undefined
  }

  #conclude<R extends Require>(
    context: Context,
    exchange: Exchange,
    guard: Guard<Context, R>,
    decision: Decision<R> | Anonymous,
  ): Admission<R> {
    if (decision.ok === true && (guard.optional || decision.principal !== undefined)) {
      const { principal } = decision
      this.#admitted.set(context, { guard: guard as unknown as Guard<Context>, exchange, principal })
      return { ok: true, principal }
    }
    return { ok: false, response: decision.ok === false ? respond(decision.problem, guard, context) : internalFault() }
  }
}

function ask<R extends Require>(exchange: Exchange, guard: Guard<never, R>): MaybePromise<Decision<R> | Anonymous> {
  return guard.optional
    ? guard.authenticator.authenticateOptional(exchange)
    : guard.authenticator.authenticate(exchange)
}

function respond<Context>(
  problem: Problem,
  { onRefused }: Pick<Guard<Context>, 'onRefused'>,
  context: Context,
): ProblemResponse {
  return problemResponse(problem, onRefused && (() => onRefused(problem, context)))
}

function internalFault(): ProblemResponse {
  return problemResponse(internalProblem())
}
