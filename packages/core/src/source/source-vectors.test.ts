import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readVector, type SourceVectors } from '../../test/source-vectors.ts'
import { PRESETS } from './presets.ts'

const file = resolve(import.meta.dirname, '../../../../test-fixtures/vectors/sources.json')
const { cases, certificates } = JSON.parse(readFileSync(file, 'utf8')) as SourceVectors

describe('every source', () => {
  it.each(cases.map((vector) => [vector.id, vector.title, vector] as const))('%s: %s', (_id, _title, vector) => {
    expect(readVector(vector, certificates)).toEqual(vector.expected)
  })

  it('has vectors', () => {
    const known = new Set(cases.map(({ source }) => source[1]))
    expect(Object.keys(PRESETS).filter((preset) => !known.has(preset))).toEqual([])
  })
})
