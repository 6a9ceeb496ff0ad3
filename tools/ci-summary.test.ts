import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

const roots: string[] = []

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

function summarize(
  reports: Readonly<Record<string, object>>,
  ...args: readonly string[]
): { last: string; code: number } {
  const root = mkdtempSync(join(tmpdir(), 'summary-'))
  roots.push(root)
  mkdirSync(join(root, 'tools'))
  mkdirSync(join(root, '.reports'))
  cpSync(resolve(import.meta.dirname, 'ci-summary.mjs'), join(root, 'tools/ci-summary.mjs'))
  for (const [version, report] of Object.entries(reports))
    writeFileSync(join(root, `.reports/unit-v${version}.json`), JSON.stringify(report))
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'tools/ci-summary.mjs'), ...args], {
    encoding: 'utf8',
  })
  return { last: stdout.trimEnd().split('\n').at(-1) ?? '', code: status ?? 1 }
}

describe('ci-summary.mjs', () => {
  const good = { passed: 5, failed: 0, skipped: [] }

  it('adds up the runs', () => {
    expect(summarize({ '22.1.0': good, '24.1.0': good }, '22.1.0', '24.1.0', '--')).toEqual({
      last: '10 passed, 0 failed',
      code: 0,
    })
  })

  it('fails with a failed test', () => {
    const bad = { passed: 4, failed: 1, skipped: [] }
    expect(summarize({ '24.1.0': bad }, '24.1.0', '--', 'npm test')).toEqual({ last: '4 passed, 1 failed', code: 1 })
  })

  it('counts a step that failed although every test passed', () => {
    expect(summarize({ '24.1.0': good }, '24.1.0', '--', 'npm test on Node 24')).toEqual({
      last: '5 passed, 1 failed',
      code: 1,
    })
  })

  it('counts a run that left no report', () => {
    expect(summarize({ '24.1.0': good }, '22.1.0', '24.1.0', '--')).toEqual({ last: '5 passed, 1 failed', code: 1 })
  })

  it('fails when no test ran', () => {
    expect(summarize({ '24.1.0': { passed: 0, failed: 0, skipped: [] } }, '24.1.0', '--').code).toBe(1)
  })
})
