import { describe, expect, it } from 'vitest'
import { applied, mutantsOf } from './mutants-of.ts'
import { sample } from './sample.ts'

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
})

describe('sample', () => {
  it('is the same for the same seed, and another for another', () => {
    const items = Array.from({ length: 100 }, (_, index) => index)
    expect(sample(items, 10, 1)).toEqual(sample(items, 10, 1))
    expect(sample(items, 10, 1)).not.toEqual(sample(items, 10, 2))
    expect(new Set(sample(items, 10, 1)).size).toBe(10)
  })
})
