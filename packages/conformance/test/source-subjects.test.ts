import { describe, expect, it } from 'vitest'
import { register, sourceCases } from '../src/index.ts'
import { sourceSubjects } from './core-subjects.ts'

for (const subject of sourceSubjects) {
  describe(subject.name, () => {
    register(it, sourceCases, subject)
  })
}

describe('sourceCases', () => {
  it('keep their ids, levels and titles', async () => {
    const lines = sourceCases.map(({ id, level, title }) => `${level.padEnd(6)} ${id}: ${title}\n`)
    await expect(lines.join('')).toMatchFileSnapshot('source-cases.txt')
  })
})
