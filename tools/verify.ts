/** `npm test`: build, checks, tests, and the packed packages in a project of their own. @module */

import { globSync, readFileSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { ROOT, runSteps, type Step } from './steps.ts'
import type { UnitReport } from './test-report.ts'

const STEPS: readonly Step[] = [
  { name: 'check', command: 'node tools/check.ts', live: true },
  { name: 'tests', command: 'vitest run', live: true },
  {
    name: 'fuzzing',
    command:
      'node --disable-warning=ExperimentalWarning --conditions=@countersign/source tools/fuzz/main.ts --seconds 10',
    live: true,
  },
  { name: 'packages installed elsewhere', command: 'node tools/packcheck.ts', live: true },
]

rmSync(resolve(ROOT, `.reports/unit-${process.version}.json`), { force: true })
const results = await runSteps(STEPS)
const [report] = globSync(`.reports/unit-${process.version}.json`, { cwd: ROOT }).map(
  (path) => JSON.parse(readFileSync(resolve(ROOT, path), 'utf8')) as UnitReport,
)

console.log(`\nNode ${process.version}`)
for (const { name, ok, seconds } of results)
  console.log(`  ${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`)
if (report) console.log(`  ${report.passed} tests passed, ${report.failed} failed, ${report.skipped.length} skipped`)
for (const name of report?.skipped ?? []) console.log(`  skipped: ${name}`)
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1
