// Adds up the reports that the test runs of `.ci/run` left behind and prints its closing line. Runs on Node 20.
//
//   node tools/ci-summary.mjs <node version>… -- <failed step>…

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const args = process.argv.slice(2)
const versions = args.slice(0, args.indexOf('--'))
const failedSteps = args.slice(args.indexOf('--') + 1)

let passed = 0
let failed = 0
for (const version of versions) {
  const path = fileURLToPath(new URL(`../.reports/unit-v${version}.json`, import.meta.url))
  if (!existsSync(path)) {
    console.log(`Node ${version}: no report of its tests`)
    failed += 1
    continue
  }
  const report = JSON.parse(readFileSync(path, 'utf8'))
  console.log(`Node ${version}: ${report.passed} passed, ${report.failed} failed, ${report.skipped.length} skipped`)
  passed += report.passed
  failed += report.failed
}

// A step may fail with every test passed: a check, or a test that was skipped.
for (const step of failedSteps) console.log(`failed: ${step}`)
if (failedSteps.length > 0 && failed === 0) failed = failedSteps.length
if (passed === 0) failed = Math.max(failed, 1)

console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
