/** The registry as the flow asks it: within a time limit, its answers checked for their shape. @module */
import { isPromiseLike, type MaybePromise } from '../primitives/flow.ts'
import type { CertificateNames } from '../registry/certificate-names.ts'
import { readDenied, readPartner, readSnapshot } from '../registry/record-shape.ts'
import type { Partner } from '../registry/records.ts'
import type { KeySnapshot, Registry } from '../registry/registry.ts'
import { createRegistryAccess } from './registry-access.ts'

/** All of it throws RegistryFault, or rejects with it, when the registry fails. */
export interface RegistryPort {
  /** For `checkKey`, which looks at the shape itself. */
  askKey(id: string): MaybePromise<unknown>
  findKey(id: string): MaybePromise<KeySnapshot | undefined>
  findPartner(names: CertificateNames): MaybePromise<Partner | 'ambiguous' | undefined>
  isDenied(names: CertificateNames): MaybePromise<boolean>
}

/** @param registry left out: there are no keys, no partners and no denials */
export function createRegistryPort(registry: Registry | undefined, timeoutSeconds: number): RegistryPort {
  const access = createRegistryAccess(timeoutSeconds)

  function askKey(id: string): MaybePromise<unknown> {
    return registry && access.ask<unknown>('findKey', (signal) => registry.findKey(id, signal))
  }

  return {
    askKey,
    findKey: (id) => read(askKey(id), (answer) => readSnapshot(answer, id)),
    findPartner(names) {
      if (registry === undefined) return undefined
      return read(
        access.ask<unknown>('findPartner', (signal) => registry.findPartner(names, signal)),
        readPartner,
      )
    },
    isDenied(names) {
      if (registry?.denied === undefined) return false
      return read(
        access.ask<unknown>('denied', (signal) => registry.denied?.(names, signal)),
        readDenied,
      )
    },
  }
}

function read<T>(answer: MaybePromise<unknown>, reader: (answer: unknown) => T): MaybePromise<T> {
  return isPromiseLike(answer) ? answer.then(reader) : reader(answer)
}
