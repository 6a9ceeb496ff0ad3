/**
 * Vitest reporter: names every skipped test, fails the run for one when CI is set, and leaves the counts of the run in
 * `.reports/` for the closing line of `.ci/run`.
 * @module
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Reporter, SerializedError, TestCase, TestModule, Vitest } from 'vitest/node'

export interface UnitReport {
  readonly node: string
  readonly passed: number
  readonly failed: number
  readonly skipped: readonly string[]
}

export default class TestReport implements Reporter {
  readonly #ci = Boolean(process.env.CI)
  readonly #run: string
  #vitest: Vitest | undefined

  /** @param run what the counts are of, in the name of their file */
  constructor(run = 'unit') {
    this.#run = run
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const report = summarize(modules, unhandledErrors.length)
    const folder = resolve(import.meta.dirname, '../.reports')
    mkdirSync(folder, { recursive: true })
    writeFileSync(resolve(folder, `${this.#run}-${report.node}.json`), `${JSON.stringify(report, null, 2)}\n`)

    // A run narrowed with -t skips on purpose.
    if (report.skipped.length === 0 || this.#vitest?.config.testNamePattern) return
    console.log(`\nSkipped ${report.skipped.length}:\n${report.skipped.map((name) => `  ${name}`).join('\n')}`)
    if (!this.#ci) return
    console.error('CI is set, so a skipped test is a failure: install what it needs in .ci/run.')
    process.exitCode = 1
  }
}

/** A file that does not load and an error outside every test count as one failure each, so that neither is lost. */
function summarize(modules: readonly TestModule[], unhandledErrors: number): UnitReport {
  const tests = modules.flatMap((module) => [...module.children.allTests()])
  const broken = modules.filter((module) => module.errors().length > 0).length
  const count = (state: string): number => tests.filter((test) => test.result().state === state).length
  return {
    node: process.version,
    passed: count('passed'),
    failed: count('failed') + broken + unhandledErrors,
    skipped: tests.filter((test) => test.result().state === 'skipped').map(describeSkipped),
  }
}

function describeSkipped(test: TestCase): string {
  const result = test.result()
  const note = result.state === 'skipped' && result.note ? ` (${result.note})` : ''
  return `${test.project.name}: ${test.module.relativeModuleId} > ${test.fullName}${note}`
}
