import { describe, expect, it } from 'vitest'
import { registrySubjects } from '../../test/core-subjects.ts'
import { registerRegistryCases } from './register-registry-cases.ts'
import { registryCases } from './registry-cases.ts'

for (const subject of registrySubjects) {
  describe(subject.name, () => registerRegistryCases(it, registryCases, subject))
}

describe('registryCases', () => {
  it('keep their ids, levels and titles', async () => {
    const lines = registryCases.map(({ id, level, title }) => `${level.padEnd(6)} ${id}: ${title}\n`)
    await expect(lines.join('')).toMatchFileSnapshot('../../test/registry-cases.txt')
  })

  it('have ids of their own', () => {
    expect(new Set(registryCases.map(({ id }) => id)).size).toBe(registryCases.length)
  })
})
