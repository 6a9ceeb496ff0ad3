import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileRegistry, sqliteRegistry } from '@countersign/core/node'
import { memoryRegistry } from '@countersign/core/registry'
import { describe, expect, it } from 'vitest'
import { registerRegistryCases } from './register-registry-cases.ts'
import { registryCases } from './registry-cases.ts'
import type { RegistrySubject } from './registry-subject.ts'

const subjects: readonly RegistrySubject[] = [
  {
    name: 'memoryRegistry',
    features: [],
    create: async () => ({ open: (options) => memoryRegistry(options), dispose: async () => undefined }),
  },
  {
    name: 'fileRegistry',
    features: ['durable', 'shared'],
    create: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'registry-'))
      return {
        open: (options) => fileRegistry(join(folder, 'partners.json'), { missing: 'create', ...options }),
        dispose: async () => rmSync(folder, { recursive: true, force: true }),
      }
    },
  },
  {
    name: 'sqliteRegistry',
    features: ['durable', 'shared'],
    create: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'registry-'))
      return {
        open: (options) => sqliteRegistry(join(folder, 'partners.sqlite'), { missing: 'create', ...options }),
        dispose: async () => rmSync(folder, { recursive: true, force: true }),
      }
    },
  },
]

for (const subject of subjects) {
  describe(subject.name, () => registerRegistryCases(it, registryCases, subject))
}

describe('registryCases', () => {
  it('has at least fifty cases, each with an id of its own', () => {
    expect(registryCases.length).toBeGreaterThanOrEqual(50)
    expect(new Set(registryCases.map(({ id }) => id)).size).toBe(registryCases.length)
  })
})
