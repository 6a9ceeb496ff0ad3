/** The cases as tests of whatever test runner is there: node:test, Vitest, Bun, Deno. @module */
import type { Case } from '../case/case.ts'
import { ConformanceFailure } from '../case/failure.ts'
import type { Subject } from '../subject/subject.ts'
import { createPki, type Pki } from '../world/pki.ts'
import { checkDivergences, type Divergence } from './divergences.ts'
import { missingNeeds, runCase } from './run-case.ts'

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
  cases: readonly Case[],
  subject: Subject,
  divergences: readonly Divergence[] = [],
): readonly string[] {
  const known = checkDivergences(divergences, cases)
  let minted: Promise<Pki> | undefined
  const notApplicable: string[] = []
  for (const each of cases) {
    const missing = missingNeeds(each, subject)
    if (missing.length > 0) {
      notApplicable.push(`${each.id} (${missing.join(', ')})`)
      continue
    }
    const divergence = known.find(({ id }) => id === each.id)
    test(`${each.level} ${each.id}: ${each.title}`, async () => {
      minted ??= createPki()
      const run = runCase(each, subject, await minted)
      if (divergence === undefined) await run
      else await expectFailure(run, divergence)
    })
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
