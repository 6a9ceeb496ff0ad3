/** The rules of partners and keys, over any store that keeps records. @module */
import { primitives as nativePrimitives } from '#primitives'
import { digestKey } from '../key/digest.ts'
import { checkKeyPrefix, generateKey, type ParsedKey, parseKey } from '../key/key-format.ts'
import { checkPepper, type Pepper } from '../key/peppers.ts'
import { type Flow, runFlow, settle } from '../primitives/flow.ts'
import type { Primitives } from '../primitives/primitives.ts'
import type { AuditAction, AuditRecord } from './audit.ts'
import type { CertificateNames } from './certificate-names.ts'
import {
  checkActor,
  checkCause,
  checkDenial,
  checkForeignKey,
  checkNewKey,
  checkPage,
  checkRotation,
  ENVIRONMENTS,
} from './check-operation.ts'
import { certificateHandles, deniableHandles } from './handles.ts'
import { checkNewPartner, checkPartnerData } from './partner-data.ts'
import type { KeyRecord, Partner } from './records.ts'
import type { Actor, IssuedKey, RegistryAdmin } from './registry.ts'
import { RegistryError } from './registry-error.ts'
import { meetsRule } from './rules.ts'
import type { Commit, RegistryStorage, Versioned } from './storage.ts'

export interface RegistryOptions {
  /** What keys begin with, before `_live` or `_test`. Default `cs`. */
  readonly prefix?: string
  /** New digests are HMACs with this secret. Verifiers need it too: `key.peppers`. */
  readonly pepper?: Pepper
  readonly clock?: () => Date
  readonly primitives?: Primitives
}

/** One of a hundred writers of the same record wins each round. */
const MAX_ATTEMPTS = 100

/** What one attempt at a change came to. */
interface Change<T> {
  readonly commit: Omit<Partial<Commit>, 'audit'>
  readonly audit: Pick<AuditRecord, 'action' | 'partnerId' | 'keyId' | 'detail'>
  readonly result: T
}

/** `undefined`: there is nothing to change. */
type Attempt<T> = () => Promise<Change<T> | undefined>

/** @throws TypeError that names the option */
export function createRegistry(storage: RegistryStorage, options: RegistryOptions = {}): RegistryAdmin {
  const { prefix = 'cs', pepper, clock = () => new Date(), primitives = nativePrimitives } = options
  for (const environment of ENVIRONMENTS) checkKeyPrefix(`${prefix}_${environment}`, 'prefix')
  if (pepper !== undefined) checkPepper(pepper, 'pepper')

  async function change<T>(actor: Actor | undefined, attempt: Attempt<T>): Promise<T | undefined> {
    const who = checkActor(actor)
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      const made = await attempt()
      if (made === undefined) return undefined
      const audit = { at: clock().toISOString(), ...who, ...made.audit }
      if (await storage.commit({ partners: [], keys: [], deny: [], allow: [], ...made.commit, audit }))
        return made.result
      // Writers that met once should not meet again.
      if (attempts > 2) await new Promise((resolve) => setTimeout(resolve, Math.random() * 10))
    }
    throw new RegistryError('conflict')
  }

  async function partnerOf(id: string): Promise<Versioned<Partner>> {
    const found = await storage.loadPartner(id)
    if (found === undefined) throw new RegistryError('partner-unknown', id)
    return found
  }

  async function keyOf(id: string): Promise<Versioned<KeyRecord>> {
    const found = await storage.loadKey(id)
    if (found === undefined) throw new RegistryError('key-unknown', id)
    return found
  }

  /** `next` gives the new record, or `undefined` if it is as it should be. */
  function changePartner(
    id: string,
    action: AuditAction,
    actor: Actor | undefined,
    next: (partner: Partner) => Partner | undefined,
  ) {
    return change(actor, async () => {
      const { record, revision } = await partnerOf(id)
      const changed = next(record)
      if (changed === undefined) return undefined
      const partner = Object.freeze(changed)
      const detail = action === 'partner-updated' ? { detail: changedMembers(record, partner) } : {}
      return {
        commit: { partners: [{ id, from: revision, record: partner }] },
        audit: { action, partnerId: id, ...detail },
        result: partner,
      }
    })
  }

  function changeKey(
    id: string,
    action: AuditAction,
    actor: Actor | undefined,
    next: (key: KeyRecord) => KeyRecord | undefined,
  ) {
    return change(actor, async () => {
      const { record, revision } = await keyOf(id)
      const changed = next(record)
      if (changed === undefined) return undefined
      return {
        commit: { keys: [{ id, from: revision, record: Object.freeze(changed) }] },
        audit: {
          action,
          partnerId: record.partnerId,
          keyId: id,
          ...(changed.cause ? { detail: { cause: changed.cause } } : {}),
        },
        result: undefined,
      }
    })
  }

  function setStatus(status: Partner['status']): (partner: Partner) => Partner | undefined {
    return (partner) => (partner.status === status ? undefined : { ...partner, status })
  }

  async function makeKey(
    fullPrefix: string,
    record: Omit<KeyRecord, 'id' | 'digest' | 'status' | 'createdAt' | 'prefix'>,
  ): Promise<IssuedKey> {
    const key = generateKey({ prefix: fullPrefix, randomBytes: (length) => primitives.randomBytes(length) })
    const { id } = (parseKey(key) as { key: ParsedKey }).key
    const digest = await digestKey(key, { primitives, pepper })
    return {
      key,
      record: Object.freeze({
        id,
        ...record,
        digest,
        status: 'active',
        createdAt: clock().toISOString(),
        prefix: fullPrefix,
      }),
    }
  }

  function* findPartner(names: CertificateNames, signal: AbortSignal): Flow<Partner | 'ambiguous' | undefined> {
    const candidates = yield* settle(storage.findPartnersByRule(certificateHandles(names), signal))
    const at = clock()
    const named = candidates.filter((partner) => partner.rules.some((rule) => meetsRule(rule, names, at)))
    return named.length > 1 ? 'ambiguous' : named[0]
  }

  const registry: RegistryAdmin = {
    findKey: (id, signal) => storage.findKey(id, signal),
    findPartner: (names, signal) => runFlow(findPartner(names, signal)),
    denied: (names, signal) => storage.isDenied(deniableHandles(names), signal),
    ...(storage.watch === undefined
      ? {}
      : { watch: (onChange) => (storage.watch as NonNullable<RegistryStorage['watch']>)(onChange) }),

    async createPartner(given, actor) {
      const partner = checkNewPartner(given)
      const { id } = partner
      await change(actor, async () => {
        if ((await storage.loadPartner(id)) !== undefined) throw new RegistryError('partner-exists', id)
        const detail = changedMembers(undefined, partner)
        return {
          commit: { partners: [{ id, from: 0, record: partner }] },
          audit: { action: 'partner-created', partnerId: id, detail },
          result: undefined,
        }
      })
      return partner
    },

    async updatePartner(id, given, actor) {
      const data = checkPartnerData(given)
      return (await changePartner(id, 'partner-updated', actor, (partner) => ({ ...partner, ...data }))) as Partner
    },

    async suspendPartner(id, actor) {
      await changePartner(id, 'partner-suspended', actor, setStatus('suspended'))
    },

    async restorePartner(id, actor) {
      await changePartner(id, 'partner-restored', actor, setStatus('active'))
    },

    async deletePartner(id, actor) {
      await change(actor, async () => {
        const { revision } = await partnerOf(id)
        return {
          commit: { partners: [{ id, from: revision, record: undefined }] },
          audit: { action: 'partner-deleted', partnerId: id },
          result: undefined,
        }
      })
    },

    async issueKey(given, actor) {
      const wanted = checkNewKey(given)
      return (await change(actor, async () => {
        const { record: partner, revision } = await partnerOf(wanted.partnerId)
        const { environment, ...terms } = wanted
        const issued = await makeKey(`${prefix}_${environment}`, { scopes: partner.scopes, ...terms })
        const { id, scopes, binding, notBefore, notAfter } = issued.record
        return {
          commit: {
            expect: { partnerId: partner.id, revision },
            keys: [{ id, from: 0, record: issued.record }],
          },
          audit: {
            action: 'key-issued',
            partnerId: partner.id,
            keyId: id,
            detail: defined({ scopes, binding, notBefore, notAfter, environment }),
          },
          result: issued,
        }
      })) as IssuedKey
    },

    async rotateKey(id, rotation, actor) {
      const { overlapUntil, notAfter } = checkRotation(rotation)
      return (await change(actor, async () => {
        const { record: old, revision } = await keyOf(id)
        if (old.status === 'revoked') throw new RegistryError('key-revoked', id)
        if (old.replacedBy !== undefined) throw new RegistryError('key-already-rotated', id)
        const end = notAfter ?? sameLife(old, clock())
        const issued = await makeKey(old.prefix ?? `${prefix}_live`, {
          partnerId: old.partnerId,
          scopes: old.scopes,
          binding: old.binding,
          ...(end === undefined ? {} : { notAfter: end }),
        })
        const until =
          old.notAfter !== undefined && Date.parse(old.notAfter) < Date.parse(overlapUntil)
            ? old.notAfter
            : overlapUntil
        const retiring: KeyRecord = Object.freeze({ ...old, notAfter: until, replacedBy: issued.record.id })
        return {
          commit: {
            keys: [
              { id, from: revision, record: retiring },
              { id: issued.record.id, from: 0, record: issued.record },
            ],
          },
          audit: {
            action: 'key-rotated',
            partnerId: old.partnerId,
            keyId: id,
            detail: defined({ replacedBy: issued.record.id, oldUntil: until, notAfter: end }),
          },
          result: issued,
        }
      })) as IssuedKey
    },

    async importKey(given, actor) {
      const { format, sha256, id: idInKey, ...rest } = given
      const { id, digest } = checkForeignKey(format, sha256, idInKey)
      const { environment: _, ...terms } = checkNewKey(rest)
      return (await change(actor, async () => {
        const { record: partner, revision } = await partnerOf(terms.partnerId)
        if ((await storage.loadKey(id)) !== undefined) throw new RegistryError('key-exists', id)
        const createdAt = clock().toISOString()
        const record: KeyRecord = Object.freeze({
          id,
          scopes: partner.scopes,
          ...terms,
          digest,
          status: 'active',
          createdAt,
        })
        const { scopes, binding, notBefore, notAfter } = record
        return {
          commit: { expect: { partnerId: partner.id, revision }, keys: [{ id, from: 0, record }] },
          audit: {
            action: 'key-imported',
            partnerId: partner.id,
            keyId: id,
            detail: defined({ scopes, binding, notBefore, notAfter, format }),
          },
          result: record,
        }
      })) as KeyRecord
    },

    async revokeKey(id, actor) {
      const cause = checkCause(actor?.cause)
      if (storage.revokeKey === undefined) {
        await changeKey(id, 'key-revoked', actor, (key) =>
          key.status === 'revoked' ? undefined : { ...key, status: 'revoked', cause },
        )
        return
      }
      const audit = {
        at: clock().toISOString(),
        ...checkActor(actor),
        action: 'key-revoked',
        keyId: id,
        detail: { cause },
      } as const
      if (!(await storage.revokeKey(id, cause, audit))) throw new RegistryError('key-unknown', id)
    },

    async suspendKey(id, actor) {
      const cause = checkCause(actor?.cause)
      await changeKey(id, 'key-suspended', actor, (key) =>
        key.status === 'revoked' || (key.status === 'suspended' && key.cause === cause)
          ? undefined
          : { ...key, status: 'suspended', cause },
      )
    },

    async restoreKey(id, actor) {
      await changeKey(id, 'key-restored', actor, ({ cause: _, ...key }) => {
        if (key.status === 'revoked') throw new RegistryError('key-revoked', id)
        return key.status === 'active' ? undefined : { ...key, status: 'active' }
      })
    },

    async denyCertificate(denial, actor) {
      const canonical = checkDenial(denial)
      await change(actor, async () => ({
        commit: { deny: [canonical] },
        audit: { action: 'certificate-denied', detail: { ...canonical } },
        result: undefined,
      }))
    },

    async allowCertificate(denial, actor) {
      const canonical = checkDenial(denial)
      await change(actor, async () => ({
        commit: { allow: [canonical] },
        audit: { action: 'certificate-allowed', detail: { ...canonical } },
        result: undefined,
      }))
    },

    getPartner: async (id) => (await storage.loadPartner(id))?.record,
    getKey: async (id) => (await storage.loadKey(id))?.record,
    listPartners: async (page) => storage.listPartners(checkPage(page)),
    listKeys: async ({ partnerId }, page) => storage.listKeys(partnerId, checkPage(page)),
    listDenials: async () => storage.listDenials(),
    listAudit: async (filter, page) => storage.listAudit(filter, checkPage(page)),
    getUse: async (keyId) => storage.loadUse(keyId),
    addUses: async (uses) => storage.addUses(uses),
    close: async () => storage.close(),
  }
  return registry
}

/** A key that was issued for a year is followed by one for a year, never by one without end. */
function sameLife({ notBefore, createdAt, notAfter }: KeyRecord, now: Date): string | undefined {
  const start = notBefore ?? createdAt
  if (notAfter === undefined) return undefined
  if (start === undefined) return notAfter
  return new Date(now.getTime() + Date.parse(notAfter) - Date.parse(start)).toISOString()
}

/** For the audit trail: the members that are new or other than before. */
function changedMembers(before: Partner | undefined, after: Partner): Record<string, unknown> {
  const names = ['rules', 'scopes', 'certificateScopes', 'metadata', 'contact'] as const
  const changed = names.filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before?.[name]))
  return Object.fromEntries(changed.map((name) => [name, after[name]]))
}

function defined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
