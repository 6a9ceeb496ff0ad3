import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { adapterCases, pathCases, registryCases, sourceCases } from '../src/index.ts'

const read = (path: string) => readFileSync(resolve(import.meta.dirname, '../../..', path), 'utf8')
const page = read('docs/conformance-coverage.md')
const cases = [...adapterCases, ...registryCases, ...sourceCases, ...pathCases]
const known = cases.map(({ id }) => id)
const rows = page.split('\n').filter((line) => /^\| [HCROKPQ]?\d* \|/.test(line))

/** `key/form-*`: every id of that form. */
function idsOf(pattern: string): readonly string[] {
  const [first = '', ...rest] = pattern.split('*')
  return known.filter((id) => {
    let at = id.startsWith(first) ? first.length : -1
    for (const part of rest) {
      if (at === -1) return false
      const found = id.indexOf(part, at)
      at = found === -1 ? -1 : found + part.length
    }
    return at !== -1 && (pattern.endsWith('*') || at === id.length)
  })
}

describe('docs/conformance-coverage.md', () => {
  it('has a row for each entry of both lists', () => {
    const named = rows.flatMap((row) => /^\| ([A-Z]\d+) /.exec(row)?.[1] ?? [])
    const letters = [
      ['H', 1, 43],
      ['C', 44, 84],
      ['R', 85, 92],
      ['O', 93, 98],
      ['K', 99, 100],
      ['P', 1, 44],
      ['Q', 1, 16],
    ] as const
    const wanted = letters.flatMap(([letter, from, to]) =>
      Array.from({ length: to - from + 1 }, (_, at) => `${letter}${from + at}`),
    )
    expect(named).toEqual(wanted)
  })

  it('names cases that there are', () => {
    const patterns = rows.flatMap((row) => [...row.matchAll(/`([a-z-]+\/[a-z0-9.*-]+)`/g)].map(([, id = '']) => id))
    expect(patterns.length).toBeGreaterThan(250)
    expect(patterns.filter((pattern) => idsOf(pattern).length === 0)).toEqual([])
  })

  it('says for every input that reaches an adapter which case of adapters asks for it', () => {
    const adapter = new Set(adapterCases.map(({ id }) => id))
    const silent = rows.filter((row) => {
      if (!/^\| [HRO]\d/.test(row)) return false
      return ![...row.matchAll(/`([a-z-]+\/[a-z0-9.*-]+)`/g)].some(([, id = '']) =>
        idsOf(id).some((each) => adapter.has(each)),
      )
    })
    expect(silent).toEqual([])
  })
})

describe('the sources of cases', () => {
  it('that are pages of ours lead to a section', () => {
    const named = new Set(cases.flatMap(({ source }) => source.match(/docs\/[a-z0-9-]+\.md(?:#[a-z0-9-]+)?/g) ?? []))
    expect(named.size).toBeGreaterThan(40)
    const nowhere = [...named].filter((each) => {
      const [path = '', anchor] = each.split('#')
      return anchor !== undefined && !anchorsOf(read(path)).includes(anchor)
    })
    expect(nowhere).toEqual([])
  })
})

/** As GitHub makes them of headings. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  )
}
