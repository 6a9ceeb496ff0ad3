import { describe, expect, it } from 'vitest'
import { adapterCases, pathCases, type Report, registryCases, sourceCases } from '../packages/conformance/src/index.ts'
import { adapterTable, agrees, coreTable, keptReports, stalePages, textOf, timeless, withTable } from './conformance.ts'

const REPORT = {
  format: 1,
  subject: 'X 1',
  runtime: 'Node 24.1.2',
  ok: false,
  counts: { passed: 1, failed: 2, 'not-applicable': 3, diverged: 4, 'unexpected-pass': 5 },
  durationMilliseconds: 7,
  results: ['a', 'b'].map((id) => ({ id, outcome: 'passed', durationMilliseconds: 3 })),
} as unknown as Report

describe('timeless', () => {
  it('keeps what is the same on every machine and in every run', () => {
    const { runtime, durationMilliseconds, results, ...rest } = timeless(REPORT)
    expect({ runtime, durationMilliseconds }).toEqual({ runtime: 'Node', durationMilliseconds: 0 })
    expect(results.map((result) => result.durationMilliseconds)).toEqual([0, 0])
    expect(REPORT).toMatchObject(rest)
  })
})

describe('textOf', () => {
  it('writes one result a line, and nothing else than the report', () => {
    expect(JSON.parse(textOf(REPORT))).toEqual(REPORT)
    expect(
      textOf(REPORT)
        .split('\n')
        .filter((line) => line.includes('"passed",')),
    ).toHaveLength(2)
  })
})

describe('agrees', () => {
  const [first, second] = timeless(REPORT).results
  const without = { ...first, outcome: 'not-applicable', missing: ['ipv6'] } as (typeof REPORT.results)[number]

  it('asks for every result, whatever it took', () => {
    expect(agrees(REPORT, timeless(REPORT))).toBe(true)
    expect(agrees({ ...REPORT, results: REPORT.results.slice(1) }, timeless(REPORT))).toBe(false)
  })

  it('takes no offence at a machine without IPv6, in no other case than those that need it', () => {
    const counts = { ...REPORT.counts, passed: 0 }
    const here = (more: object) => ({ ...REPORT, counts, results: [without, { ...second, ...more }] }) as Report
    expect(agrees(here({}), timeless(REPORT))).toBe(true)
    expect(agrees(here({ outcome: 'failed' }), timeless(REPORT))).toBe(false)
  })
})

describe('the tables', () => {
  const kept = [
    { folder: 'x', report: REPORT },
    { folder: 'core', report: { ...REPORT, subject: 'y' } },
  ]

  it('show adapters with their package, and what the core brings', () => {
    expect(adapterTable(kept, '../').split('\n')[2]).toBe('| [`@countersign/x`](../packages/x) | X 1 | 1 | 7 | 4 | 3 |')
    expect(coreTable(kept).split('\n').slice(2)).toEqual(['| `y` | 1 | 7 | 4 | 3 |', ''])
  })

  it('stand between marks, and replace nothing else', () => {
    const page = 'a\n<!-- results -->\nold\n<!-- /results -->\nb\n'
    expect(withTable(page, 'new\n')).toBe('a\n<!-- results -->\n\nnew\n\n<!-- /results -->\nb\n')
    expect(withTable(withTable(page, 'new\n'), 'new\n')).toBe(withTable(page, 'new\n'))
    expect(() => withTable('a', 'new')).toThrow('marks')
  })
})

describe('the reports that are kept', () => {
  const reports = keptReports()

  it('are what the README and the page on conformance show', () => {
    expect(stalePages()).toEqual([])
  })

  it('conform to strict, all of them, without a divergence', () => {
    const wrong = reports.filter(
      ({ report: { ok, profile, counts } }) => !ok || profile !== 'strict' || counts.diverged > 0,
    )
    expect(wrong.map(({ report }) => report.subject)).toEqual([])
  })

  it('are of the cases as they are now', () => {
    const suites = [adapterCases, registryCases, sourceCases, pathCases].map((cases) =>
      cases.map(({ id, title, level, source }) => ({ id, title, level, source })),
    )
    for (const { folder, report } of reports) {
      const listed = report.results.map(({ id, title, level, source }) => ({ id, title, level, source }))
      const suite = folder === 'core' ? suites.find(([first]) => first?.id === listed[0]?.id) : suites[0]
      expect(listed, report.subject).toEqual(suite)
    }
  })

  it('are of every adapter', () => {
    const adapters = new Set(reports.map(({ folder }) => folder))
    expect([...adapters]).toEqual(['express', 'fastify', 'hono', 'koa', 'node', 'core'])
  })
})
