/**
 * `npm run test:proxies`: real proxies under the configuration that `countersign config` prints, and 100,000 hostile values for
 * every source of certificates.
 * @module
 */
import { defineConfig } from 'vitest/config'
import TestReport from './tools/test-report.ts'

process.env.COUNTERSIGN_HOSTILE_VALUES = '100000'

export default defineConfig({
  resolve: { conditions: ['@countersign/source'] },
  ssr: { resolve: { conditions: ['@countersign/source'] } },
  test: {
    include: ['packages/cli/test/*.test.ts', 'packages/core/src/source/*.test.ts'],
    allowOnly: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', new TestReport('proxies')],
  },
})
