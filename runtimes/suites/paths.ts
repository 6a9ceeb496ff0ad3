/** Every path vector, with the primitives that the runtime brings. @module */
import { isExpected, judgeVector, type PathVectors } from '../../packages/core/test/path-vectors.ts'
import vectors from '../../test-fixtures/vectors/path.json' with { type: 'json' }
import { runSuite, type SuiteResult } from './suite.ts'

const all = vectors as unknown as PathVectors

export function paths(): Promise<SuiteResult> {
  return runSuite(
    'paths',
    all.cases.map((vector) => ({
      id: vector.id,
      async run() {
        const outcome = await judgeVector(all, vector)
        return isExpected(vector, outcome) ? undefined : `${JSON.stringify(outcome)}: ${vector.title}`
      },
    })),
  )
}
