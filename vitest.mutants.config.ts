/**
 * `npm run mutants`: every case of the conformance suite against every adapter and authenticator that is broken on
 * purpose. With `-- -u` it lists anew which cases find which.
 * @module
 */
import { defineConfig } from 'vitest/config'
import TestReport from './tools/test-report.ts'

process.env.COUNTERSIGN_MUTANTS = 'full'

export default defineConfig({
  resolve: { conditions: ['@countersign/source'] },
  ssr: { resolve: { conditions: ['@countersign/source'] } },
  test: {
    include: ['packages/conformance/test/mutants/*.test.ts'],
    allowOnly: false,
    // A process for each file: some cases change what a process shares. Half of a run is waiting, so all go at once.
    maxWorkers: 4,
    reporters: ['default', new TestReport('mutants')],
  },
})
