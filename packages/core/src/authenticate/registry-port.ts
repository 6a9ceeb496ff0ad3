/** The registry as the flow asks it: within a time limit, its answers checked for their shape. @module */
import type { Flow } from '../primitives/flow.ts'
import type { CertificateNames } from '../registry/certificate-names.ts'
import { readDenied, readPartner, readSnapshot } from '../registry/record-shape.ts'
import type { Partner } from '../registry/records.ts'
import type { KeySnapshot, Registry } from '../registry/registry.ts'
import { createRegistryAccess } from './registry-access.ts'

/** All of it throws RegistryFault when the registry fails. */
export interface RegistryPort {
  findKey(id: string): Flow<KeySnapshot | undefined>
  findPartner(names: CertificateNames): Flow<Partner | 'ambiguous' | undefined>
  isDenied(names: CertificateNames): Flow<boolean>
}

/** @param registry left out: there are no keys, no partners and no denials */
export function createRegistryPort(registry: Registry | undefined, timeoutSeconds: number): RegistryPort {
  const access = createRegistryAccess(timeoutSeconds)
  return {
    *findKey(id) {
      if (registry === undefined) return undefined
      return readSnapshot(yield* access.ask<unknown>('findKey', (signal) => registry.findKey(id, signal)), id)
    },
    *findPartner(names) {
      if (registry === undefined) return undefined
      return readPartner(yield* access.ask<unknown>('findPartner', (signal) => registry.findPartner(names, signal)))
    },
    *isDenied(names) {
      if (registry?.denied === undefined) return false
      return readDenied(yield* access.ask<unknown>('denied', (signal) => registry.denied?.(names, signal)))
    },
  }
}
