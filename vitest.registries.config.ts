/**
 * `npm run test:registries`: every registry through every case, against real servers, and what takes minutes to prove about them.
 * @module
 */
import { defineConfig } from 'vitest/config'
import TestReport from './tools/test-report.ts'

process.env.COUNTERSIGN_REGISTRIES = 'full'

export default defineConfig({
  resolve: { conditions: ['@countersign/source'] },
  ssr: { resolve: { conditions: ['@countersign/source'] } },
  test: {
    include: [
      'packages/conformance/src/registry/*.test.ts',
      'packages/redis/src/*.test.ts',
      'packages/postgres/src/*.test.ts',
      'proofs/*/*.test.ts',
    ],
    allowOnly: false,
    // One after the other: some of it is about time.
    fileParallelism: false,
    reporters: ['default', new TestReport('registries')],
  },
})
