import { describe, expect, it } from 'vitest'
import { pathCases, register } from '../src/index.ts'
import { pathSubject } from './core-subjects.ts'

describe(pathSubject.name, () => {
  register(it, pathCases, pathSubject)
})

describe('pathCases', () => {
  it('keep their ids, levels and titles', async () => {
    const lines = pathCases.map(({ id, level, title }) => `${level.padEnd(6)} ${id}: ${title}\n`)
    await expect(lines.join('')).toMatchFileSnapshot('path-cases.txt')
  })
})
