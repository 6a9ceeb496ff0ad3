/** Every source vector. Those for sources that the runtime cannot serve must throw at construction, and say what works. @module */

import { currentRuntime } from '../../packages/core/src/source/runtime.ts'
import { readVector, type SourceVector, type SourceVectors } from '../../packages/core/test/source-vectors.ts'
import vectors from '../../test-fixtures/vectors/sources.json' with { type: 'json' }
import { runSuite, type SuiteResult } from './suite.ts'

const { cases, certificates } = vectors as unknown as SourceVectors

export function sources(): Promise<SuiteResult> {
  return runSuite(
    'sources',
    cases.map((vector) => ({ id: vector.id, run: () => judge(vector) })),
  )
}

function judge(vector: SourceVector): string | undefined {
  if (currentRuntime() === 'workers' && needsPeer(vector)) return mustThrow(vector)
  const found = JSON.stringify(readVector(vector, certificates))
  const expected = JSON.stringify(vector.expected)
  return found === expected ? undefined : `${found} instead of ${expected}`
}

function needsPeer({ source: [name, options] }: SourceVector): boolean {
  const { platform } = (options ?? {}) as { platform?: string }
  return name === 'forwarded' || (name === 'platformVerdict' && platform !== 'cloudflare-workers')
}

function mustThrow(vector: SourceVector): string | undefined {
  try {
    readVector(vector, certificates)
  } catch (error) {
    const names = error instanceof TypeError && /cloudflare-?[wW]orkers/.test(error.message)
    return names ? undefined : `threw, and does not say what works: ${error}`
  }
  return 'was made on a runtime that cannot serve it'
}
