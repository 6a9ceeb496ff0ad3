import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Report } from '../packages/conformance/src/index.ts'
import { resultOf, tableOf, withTable } from './conformance.ts'
import { ROOT } from './steps.ts'

const counts = { passed: 1, failed: 1, 'not-applicable': 1, diverged: 0, 'unexpected-pass': 1 }

describe('resultOf', () => {
  it('keeps what is the same on every machine', () => {
    const results = ['passed', 'failed', 'not-applicable', 'unexpected-pass'].map((outcome) => ({
      id: outcome,
      outcome,
    }))
    const report = { subject: 'X 1', ok: false, counts, results, durationMilliseconds: 7, runtime: 'Node 1' }
    expect(resultOf(report as unknown as Report)).toEqual({
      subject: 'X 1',
      ok: false,
      passed: 1,
      failed: ['failed', 'unexpected-pass'],
      diverged: [],
      notApplicable: ['not-applicable'],
    })
  })
})

describe('withTable', () => {
  it('replaces the table of the page and nothing else', () => {
    const page = 'a\n<!-- results -->\nold\n<!-- /results -->\nb\n'
    expect(withTable(page, 'new\n')).toBe('a\n<!-- results -->\n\nnew\n\n<!-- /results -->\nb\n')
    expect(withTable(withTable(page, 'new\n'), 'new\n')).toBe(withTable(page, 'new\n'))
    expect(() => withTable('a', 'new')).toThrow('docs/conformance.md')
  })
})

describe('docs/conformance.md', () => {
  it('shows the results that are kept', () => {
    const page = readFileSync(resolve(ROOT, 'docs/conformance.md'), 'utf8')
    const results = JSON.parse(readFileSync(resolve(ROOT, 'docs/conformance-results.json'), 'utf8')) as Parameters<
      typeof tableOf
    >[0]
    expect(withTable(page, tableOf(results))).toBe(page)
    expect(results.filter(({ ok }) => !ok)).toEqual([])
  })
})
