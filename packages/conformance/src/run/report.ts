/** What came of a run, as data. @module */
import type { Level } from '../case/case.ts'

export type Outcome =
  | 'passed'
  | 'failed'
  /** It needs what the subject or the machine does not have. */
  | 'not-applicable'
  /** It failed, and a divergence says why. */
  | 'diverged'
  /** It passed although a divergence says that it does not: the divergence is out of date. */
  | 'unexpected-pass'

export interface CaseResult {
  readonly id: string
  readonly title: string
  readonly level: Level
  readonly source: string
  readonly outcome: Outcome
  readonly durationMilliseconds: number
  /** For `not-applicable`. */
  readonly missing?: readonly string[]
  /** For `diverged` and `unexpected-pass`. */
  readonly reason?: string
  /** For `failed` and `diverged`. */
  readonly failure?: FailureReport
}

export interface FailureReport {
  readonly rule: string
  readonly expected: string
  readonly actual: string
  /** What was sent and what came back, without secrets. */
  readonly exchanges: readonly string[]
}

/** `baseline` asks for every MUST, `strict` for every MUST and SHOULD. A MAY is reported and never asked for. */
export type Profile = 'baseline' | 'strict'

export interface Report {
  readonly format: 1
  readonly subject: string
  readonly features: readonly string[]
  readonly profile: Profile
  readonly runtime: string
  /** Nothing that the profile asks for failed, and no divergence is out of date. */
  readonly ok: boolean
  readonly counts: Readonly<Record<Outcome, number>>
  readonly durationMilliseconds: number
  readonly results: readonly CaseResult[]
}

export function isAskedFor(level: Level, profile: Profile): boolean {
  return level === 'MUST' || (level === 'SHOULD' && profile === 'strict')
}
