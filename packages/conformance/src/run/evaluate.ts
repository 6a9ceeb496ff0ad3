/** All cases against one subject, as a report. @module */
import type { Case } from '../case/case.ts'
import { ConformanceFailure } from '../case/failure.ts'
import type { PathCase } from '../path/path-case.ts'
import type { PathSubject } from '../path/path-subject.ts'
import type { RegistryCase } from '../registry/registry-case.ts'
import type { RegistrySubject } from '../registry/registry-subject.ts'
import type { SourceCase } from '../source/source-case.ts'
import type { SourceSubject } from '../source/source-subject.ts'
import type { Subject } from '../subject/subject.ts'
import { checkDivergences, type Divergence } from './divergences.ts'
import { type CaseResult, type FailureReport, isAskedFor, type Outcome, type Profile, type Report } from './report.ts'
import { type Judged, type SuiteCase, suiteOf } from './suite.ts'

export interface EvaluateOptions {
  /** Default `strict`. */
  readonly profile?: Profile
  readonly divergences?: readonly Divergence[]
  /** As soon as each case is over. */
  readonly onResult?: (result: CaseResult) => void
}

/**
 * One case after the other. Never rejects for what a subject does wrong.
 * @throws TypeError for divergences that are not about these cases
 */
export async function evaluate(
  ...[subject, cases, options]:
    | [subject: Subject, cases: readonly Case[], options?: EvaluateOptions]
    | [subject: RegistrySubject, cases: readonly RegistryCase[], options?: EvaluateOptions]
    | [subject: SourceSubject, cases: readonly SourceCase[], options?: EvaluateOptions]
    | [subject: PathSubject, cases: readonly PathCase[], options?: EvaluateOptions]
): Promise<Report> {
  const { profile = 'strict', onResult } = options ?? {}
  const divergences = checkDivergences(options?.divergences ?? [], cases)
  const started = performance.now()
  const results: CaseResult[] = []
  for (const each of suiteOf({ subject, cases } as Judged)) {
    const result = await evaluateCase(
      each,
      divergences.find(({ id }) => id === each.id),
    )
    results.push(result)
    onResult?.(result)
  }
  return {
    format: 1,
    subject: subject.name,
    features: subject.features,
    profile,
    runtime: `Node ${process.versions.node}`,
    ok: results.every((result) => isFine(result, profile)),
    counts: countOutcomes(results),
    durationMilliseconds: Math.round(performance.now() - started),
    results,
  }
}

async function evaluateCase(each: SuiteCase, divergence: Divergence | undefined): Promise<CaseResult> {
  const { id, title, level, source, missing } = each
  const facts = { id, title, level, source }
  if (missing.length > 0) return { ...facts, outcome: 'not-applicable', durationMilliseconds: 0, missing }
  const started = performance.now()
  const failure = await failureOf(each.run())
  return {
    ...facts,
    outcome: outcomeOf(failure, divergence),
    durationMilliseconds: Math.round(performance.now() - started),
    ...(divergence === undefined ? {} : { reason: divergence.reason }),
    ...(failure === undefined ? {} : { failure }),
  }
}

async function failureOf(run: Promise<void>): Promise<FailureReport | undefined> {
  try {
    await run
    return undefined
  } catch (error) {
    if (error instanceof ConformanceFailure) {
      const { rule, expected, actual, exchanges } = error
      return { rule, expected, actual, exchanges }
    }
    const actual = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { rule: 'the subject does what its contract says', expected: 'no exception', actual, exchanges: [] }
  }
}

function outcomeOf(failure: FailureReport | undefined, divergence: Divergence | undefined): Outcome {
  if (divergence !== undefined) return failure === undefined ? 'unexpected-pass' : 'diverged'
  return failure === undefined ? 'passed' : 'failed'
}

function isFine({ outcome, level }: CaseResult, profile: Profile): boolean {
  if (outcome === 'unexpected-pass') return false
  return outcome !== 'failed' || !isAskedFor(level, profile)
}

function countOutcomes(results: readonly CaseResult[]): Report['counts'] {
  const counts = { passed: 0, failed: 0, 'not-applicable': 0, diverged: 0, 'unexpected-pass': 0 }
  for (const { outcome } of results) counts[outcome]++
  return counts
}
