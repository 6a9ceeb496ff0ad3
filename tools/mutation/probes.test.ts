import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { mutantsOf } from './mutants-of.ts'
import { placeOf, REACHED, withProbes } from './probes.ts'

const SOURCE = `
  function named(a) { return a < 1 }
  const nested = (a) => (b) => ({ sum: a + b })
  class Kept { method() { return !this } }
  const loaded = 1 < 2
`

/** What was reached, and what the last expression came to. */
function run(source: string): { readonly reached: ReadonlySet<string>; readonly value: unknown } {
  const reached = new Set<string>()
  const value = runInNewContext(withProbes(source, 'a.ts'), { [REACHED]: reached })
  return { reached, value }
}

it('notes what was run, by the place that mutants in it carry', () => {
  const places = new Map(
    mutantsOf(SOURCE, 'a.ts').map(({ id, within }) => [id.slice(id.indexOf('// ')), placeOf('a.ts', within)]),
  )
  const loaded = placeOf('a.ts', undefined)
  expect([...run(SOURCE).reached]).toEqual([loaded])
  expect([...run(`${SOURCE}; new Kept().method()`).reached]).toEqual([loaded, places.get('// ! left out')])
  expect(run(`${SOURCE}; nested(1)(2)`).reached).toContain(places.get('// + as -'))
  expect(run(`${SOURCE}; nested(1)`).reached).not.toContain(places.get('// + as -'))
})

it('changes nothing that the code comes to', () => {
  expect(run(`${SOURCE}; nested(1)(2)`).value).toEqual({ sum: 3 })
  expect(run(`${SOURCE}; named(0)`).value).toBe(true)
})
