import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileRegistry, sqliteRegistry } from '@countersign/core/node'
import { memoryRegistry } from '@countersign/core/registry'
import { describe, expect, it } from 'vitest'
import { registerRegistryCases } from './register-registry-cases.ts'
import { registryCases } from './registry-cases.ts'
import type { RegistryFeature, RegistrySubject } from './registry-subject.ts'

/** `npm run test:registries` has time for what takes the slower ones ten seconds and more. */
const atScale: readonly RegistryFeature[] = process.env.COUNTERSIGN_REGISTRIES === 'full' ? ['scale'] : []

const subjects: readonly RegistrySubject[] = [
  {
    name: 'memoryRegistry',
    features: ['scale'],
    create: async () => ({ open: (options) => memoryRegistry(options), dispose: async () => undefined }),
  },
  {
    name: 'fileRegistry',
    features: ['durable', 'shared', ...atScale],
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
    features: ['durable', 'shared', 'scale'],
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
