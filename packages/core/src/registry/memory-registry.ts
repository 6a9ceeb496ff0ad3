/** A registry in the memory of this process: for tests, and for partners that are written in code. @module */
import { type AuditFilter, type AuditRecord, auditId, selectAudit } from './audit.ts'
import { createRegistry, type RegistryOptions } from './create-registry.ts'
import { PartnerBook } from './partner-book.ts'
import type { KeyRecord, Partner } from './records.ts'
import type { PageOf, RegistryAdmin } from './registry.ts'
import type { BoundedPage, Commit, RegistryStorage, Versioned } from './storage.ts'
import { addUse, type KeyUse } from './usage.ts'

/** Gone when the process ends. Every look-up is answered at once, without a promise. */
export function memoryRegistry(options: RegistryOptions = {}): RegistryAdmin {
  return createRegistry(new MemoryStorage(), options)
}

class MemoryStorage extends PartnerBook implements RegistryStorage {
  readonly name = 'memoryRegistry'
  readonly #audit: AuditRecord[] = []
  readonly #uses = new Map<string, KeyUse>()

  loadPartner(id: string): Versioned<Partner> | undefined {
    return this.readPartner(id)
  }

  loadKey(id: string): Versioned<KeyRecord> | undefined {
    return this.readKey(id)
  }

  commit(commit: Commit): boolean {
    if (!this.apply(commit)) return false
    this.#audit.push(Object.freeze({ id: auditId(this.#audit.length + 1), ...commit.audit }))
    return true
  }

  listAudit(filter: AuditFilter, page: BoundedPage): PageOf<AuditRecord> {
    return selectAudit(this.#audit, filter, page)
  }

  addUses(uses: readonly KeyUse[]): void {
    for (const use of uses) {
      if (this.hasKey(use.keyId)) this.#uses.set(use.keyId, addUse(this.#uses.get(use.keyId), use))
    }
  }

  loadUse(keyId: string): KeyUse | undefined {
    return this.hasKey(keyId) ? this.#uses.get(keyId) : undefined
  }

  close(): void {
    this.forgetWatchers()
  }
}
