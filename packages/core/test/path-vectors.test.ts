import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createNodePrimitives } from '../src/primitives/node.ts'
import { createWebPrimitives } from '../src/primitives/web.ts'
import { isExpected, judgeVector, type PathVectors } from './path-vectors.ts'

const file = new URL('../../../test-fixtures/vectors/path.json', import.meta.url)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as PathVectors

describe.each([createNodePrimitives(), createWebPrimitives()])(
  'certification paths with $name primitives',
  (primitives) => {
    it.each(vectors.cases.map((vector) => [vector.id, vector.title, vector] as const))(
      '%s: %s',
      async (_id, _title, vector) => {
        const outcome = await judgeVector(vectors, vector, primitives)
        if (!isExpected(vector, outcome))
          expect({ chain: vector.chain, clause: vector.clause, outcome }).toMatchObject({ outcome: vector.expected })
      },
    )
  },
)

it('are at least 120, each with a picture and the rule that it is about', () => {
  expect(vectors.cases.length).toBeGreaterThanOrEqual(120)
  for (const { chain, clause, title } of vectors.cases) {
    expect(chain.length).toBeGreaterThan(0)
    expect(clause).not.toBe('')
    expect(title).toMatch(/\.$/)
  }
})
