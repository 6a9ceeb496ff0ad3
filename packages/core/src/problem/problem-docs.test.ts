import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROBLEMS } from './problem.ts'
import { PROBLEM_OF } from './problem-of.ts'

const read = (path: string): string => readFileSync(resolve(import.meta.dirname, path), 'utf8')
const page = read('../../../../docs/problems.md')
const [forCallers = '', forOperators = ''] = page.split('\n# Reasons')

describe('docs/problems.md', () => {
  it('has a section for each problem, with its status, in the order of precedence', () => {
    const sections = [...forCallers.matchAll(/^## (\S+)\n\n(\d{3})\./gm)].map(([, code, status]) => [
      code,
      Number(status),
    ])
    expect(sections).toEqual(Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]))
  })

  it('has a row for each reason, with its problem, and for nothing else', () => {
    const rows = [...forOperators.matchAll(/^\| `(\S+)` \| (\S+) \|/gm)].map(
      ([, reason, problem]) => `${reason}: ${problem}`,
    )
    const table = Object.entries(PROBLEM_OF).map(([reason, problem]) => `${reason}: ${problem}`)
    expect(table.length).toBeGreaterThan(60)
    expect(rows.sort()).toEqual(table.sort())
  })
})
