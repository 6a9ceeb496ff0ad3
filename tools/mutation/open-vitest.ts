/** Vitest over the tests that are asked about mutants, one file after the other in the order in which they are given. @module */
import { resolve } from 'node:path'
import { type CliOptions, createVitest, type TestSpecification, type Vite, type Vitest } from 'vitest/node'
import { ROOT } from '../steps.ts'

export const CORE: string = resolve(ROOT, 'packages/core/src')

/** Those of core, and the suites of cases over core's own subjects. */
const TESTS = [
  'packages/core/{src,test}/**/*.test.ts',
  'packages/conformance/test/{reference,path-subject,source-subjects}.test.ts',
]

export function openVitest(options: CliOptions, plugin: Vite.Plugin): Promise<Vitest> {
  return createVitest(
    {
      config: false,
      // By the file on disk, which is not the one that is loaded here.
      fsModuleCache: false,
      root: ROOT,
      include: TESTS,
      watch: false,
      maxWorkers: 1,
      reporters: [{}],
      sequence: { sequencer: AsGiven },
      testTimeout: 60_000,
      hookTimeout: 60_000,
      ...options,
    },
    {
      resolve: { conditions: ['@countersign/source'] },
      ssr: { resolve: { conditions: ['@countersign/source'] } },
      plugins: [plugin],
    },
  )
}

class AsGiven {
  shard(specifications: TestSpecification[]): TestSpecification[] {
    return specifications
  }
  sort(specifications: TestSpecification[]): TestSpecification[] {
    return specifications
  }
}
