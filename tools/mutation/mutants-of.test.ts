import { describe, expect, it } from 'vitest'
import { applied, mutantsOf } from './mutants-of.ts'

const variantsOf = (source: string): readonly string[] =>
  mutantsOf(source, 'a.ts').map((mutant) => applied(source, mutant))

describe('mutantsOf', () => {
  it('changes operators, conditions and returns, one at a time', () => {
    expect(variantsOf('const a = b < c')).toEqual(['const a = b <= c', 'const a = b >= c'])
    expect(variantsOf('if (!a) b()')).toEqual(['if (true) b()', 'if (false) b()', 'if (a) b()', 'if (!a) ;'])
    expect(variantsOf('const f = () => a ?? b')).toEqual(['const f = () => undefined', 'const f = () => a'])
    expect(variantsOf('a.some(b)')).toContain('a.every(b)')
  })

  it('finds an operator past brackets and comments', () => {
    expect(variantsOf('const a = (b) /* and */ && (c)')).toEqual(['const a = (b) /* and */ || (c)'])
  })

  it('leaves alone what is erased, and what an exception says', () => {
    expect(variantsOf("type A = 'a' | 'b'\nimport { b } from './b.ts'")).toEqual([])
    expect(variantsOf('throw new TypeError(a + b)')).toEqual([';'])
  })

  it('names a mutant by what stands there, not by where', () => {
    const ids = mutantsOf('\n  if (a) b = 1 < 2 && 2 < 3\n', 'a.ts').map(({ id }) => id)
    expect(ids).toContain('a.ts: if (a) b = 1 < 2 && 2 < 3 // < as <=')
    expect(ids).toContain('a.ts: if (a) b = 1 < 2 && 2 < 3 // < as <= (2)')
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('says in which function it is', () => {
    const source = 'const a = b < c\nfunction d() { e = () => f < g }'
    expect(mutantsOf(source, 'a.ts').map(({ within }) => within)).toEqual([
      undefined,
      undefined,
      source.indexOf('function'),
      source.indexOf('function'),
      source.indexOf('() =>'),
      source.indexOf('() =>'),
    ])
  })
})
