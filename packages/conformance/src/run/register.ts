/** The cases as tests of whatever test runner is there: node:test, Vitest, Bun, Deno. @module */
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
import { type Judged, suiteOf } from './suite.ts'

/** What the test functions of all runners have in common: `test`, `it`, `Deno.test`. */
export type TestFunction = (name: string, run: () => Promise<void>) => unknown

/**
 * One test for each case that applies to the subject. A case with a divergence passes by failing.
 * @returns the ids of cases that do not apply, with what they need
 * @throws TypeError for divergences that are not about these cases
 * @example
 * register(test, adapterCases, subject)
 */
export function register(
  test: TestFunction,
  ...[cases, subject, divergences]:
    | [cases: readonly Case[], subject: Subject, divergences?: readonly Divergence[]]
    | [cases: readonly RegistryCase[], subject: RegistrySubject, divergences?: readonly Divergence[]]
    | [cases: readonly SourceCase[], subject: SourceSubject, divergences?: readonly Divergence[]]
    | [cases: readonly PathCase[], subject: PathSubject, divergences?: readonly Divergence[]]
): readonly string[] {
  const known = checkDivergences(divergences ?? [], cases)
  const notApplicable: string[] = []
  for (const { id, title, level, missing, run } of suiteOf({ subject, cases } as Judged)) {
    if (missing.length > 0) {
      notApplicable.push(`${id} (${missing.join(', ')})`)
      continue
    }
    const divergence = known.find((each) => each.id === id)
    test(`${level} ${id}: ${title}`, () => (divergence === undefined ? run() : expectFailure(run(), divergence)))
  }
  return notApplicable
}

async function expectFailure(run: Promise<void>, { id, reason }: Divergence): Promise<void> {
  const failed = await run.then(
    () => false,
    () => true,
  )
  if (!failed)
    throw new ConformanceFailure(`${id} diverges (${reason})`, 'it to fail', 'it passes: take it off the list')
}
