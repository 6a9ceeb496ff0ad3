/** Whether what a registry answered is what it was asked for. Nothing of an answer is believed before. @module */
import { parseDigest } from '../key/digest.ts'
import type { KeyRecord, Partner } from './records.ts'
import type { KeySnapshot } from './registry.ts'
import { RegistryFault } from './registry-fault.ts'

/** A snapshot whose records were looked at when they came in, and are frozen: it need not be looked at in every request. */
class CheckedSnapshot implements KeySnapshot {
  readonly key: KeyRecord
  readonly partner: Partner
  /** Read once: to read two dates costs half as much as the digest. */
  readonly #life: Life
  /** Nothing outside this file can have it. */
  readonly #checked = true

  constructor(key: KeyRecord, partner: Partner) {
    this.key = key
    this.partner = partner
    this.#life = readLife(key)
    Object.freeze(this)
  }

  static holds(answer: object): answer is CheckedSnapshot {
    return #checked in answer
  }

  static lifeOf(snapshot: KeySnapshot): Life {
    return #checked in snapshot ? snapshot.#life : readLife(snapshot.key)
  }
}

/** From when until when a key holds, in milliseconds since 1970, both included. */
export interface Life {
  readonly from: number
  readonly until: number
}

export function lifeOf(snapshot: KeySnapshot): Life {
  return CheckedSnapshot.lifeOf(snapshot)
}

/** A date that is no date becomes `NaN`, within which nothing lies. */
export function readLife({ notBefore, notAfter }: KeyRecord): Life {
  return {
    from: notBefore === undefined ? Number.NEGATIVE_INFINITY : Date.parse(notBefore),
    until: notAfter === undefined ? Number.POSITIVE_INFINITY : Date.parse(notAfter),
  }
}

/**
 * For stores that keep records of their own in memory, deeply frozen.
 * @throws RegistryFault for records that are not of their form
 */
export function checkedSnapshot(key: KeyRecord, partner: Partner): KeySnapshot {
  const fault = keyFault(key) ?? partnerFault(partner)
  if (fault !== undefined) throw new RegistryFault('findKey', fault)
  return new CheckedSnapshot(key, partner)
}

/**
 * The answer to `findKey(id)`. `null` is taken for "there is none", as many drivers say it.
 * @throws RegistryFault
 */
export function readSnapshot(answer: unknown, id: string): KeySnapshot | undefined {
  return answer === undefined || answer === null ? undefined : readFound(answer, id)
}

/**
 * An answer that there is one.
 * @throws RegistryFault
 */
export function readFound(answer: unknown, id: string): KeySnapshot {
  if (typeof answer !== 'object' || answer === null) throw new RegistryFault('findKey', 'not an object')
  const snapshot = CheckedSnapshot.holds(answer) ? answer : readForeign(answer)
  if (snapshot.key.id !== id) throw new RegistryFault('findKey', 'another key was returned')
  return snapshot
}

function readForeign(answer: object): KeySnapshot {
  const { key, partner } = answer as Partial<KeySnapshot>
  const fault = keyFault(key) ?? partnerFault(partner)
  if (fault !== undefined) throw new RegistryFault('findKey', fault)
  const snapshot = answer as KeySnapshot
  if (snapshot.key.partnerId !== snapshot.partner.id)
    throw new RegistryFault('findKey', 'the partner is not that of the key')
  return snapshot
}

/**
 * The answer to `findPartner(certificate)`.
 * @throws RegistryFault
 */
export function readPartner(answer: unknown): Partner | 'ambiguous' | undefined {
  if (answer === undefined || answer === null) return undefined
  if (answer === 'ambiguous') return answer
  const fault = partnerFault(answer as Partial<Partner>)
  if (fault !== undefined) throw new RegistryFault('findPartner', fault)
  return answer as Partner
}

/**
 * The answer to `denied(certificate)`. Anything but the two words of its type is no answer: `undefined` would read as "not denied".
 * @throws RegistryFault
 */
export function readDenied(answer: unknown): boolean {
  if (typeof answer !== 'boolean') throw new RegistryFault('denied', 'neither true nor false')
  return answer
}

/** What is wrong with a key record, in words that hold nothing of it. */
export function keyFault(key: Partial<KeyRecord> | undefined): string | undefined {
  if (typeof key !== 'object' || key === null) return 'key: not an object'
  if (!isText(key.id)) return 'key.id: not a string'
  if (!isText(key.partnerId)) return 'key.partnerId: not a string'
  if (typeof key.digest !== 'string' || parseDigest(key.digest) === undefined)
    return 'key.digest: not of the stored form'
  if (!isTexts(key.scopes)) return 'key.scopes: not a list of strings'
  if (key.binding !== 'partner' && key.binding !== 'none') return 'key.binding: not a word of its type'
  if (key.status !== 'active' && key.status !== 'suspended' && key.status !== 'revoked')
    return 'key.status: not a word of its type'
  if (key.cause !== undefined && typeof key.cause !== 'string') return 'key.cause: not a string'
  if (!isInstant(key.notBefore)) return 'key.notBefore: not an instant'
  if (!isInstant(key.notAfter)) return 'key.notAfter: not an instant'
  return undefined
}

/** What is wrong with a partner, in words that hold nothing of it. */
function partnerFault(partner: Partial<Partner> | undefined): string | undefined {
  if (typeof partner !== 'object' || partner === null) return 'partner: not an object'
  if (!isText(partner.id)) return 'partner.id: not a string'
  if (partner.status !== 'active' && partner.status !== 'suspended') return 'partner.status: not a word of its type'
  if (!Array.isArray(partner.rules)) return 'partner.rules: not a list'
  for (const rule of partner.rules) {
    if (typeof rule !== 'object' || rule === null) return 'partner.rules: not a list of rules'
    if (typeof rule.kind !== 'string' || !isText(rule.value)) return 'partner.rules: not a list of rules'
    if (rule.anchor !== undefined && !isText(rule.anchor)) return 'partner.rules: an anchor that is no label'
    if (!isInstant(rule.notBefore) || !isInstant(rule.notAfter)) return 'partner.rules: a date that is no instant'
  }
  if (!isTexts(partner.scopes)) return 'partner.scopes: not a list of strings'
  if (partner.certificateScopes !== undefined && !isTexts(partner.certificateScopes)) {
    return 'partner.certificateScopes: not a list of strings'
  }
  if (partner.metadata !== undefined && (typeof partner.metadata !== 'object' || partner.metadata === null)) {
    return 'partner.metadata: not an object'
  }
  return undefined
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/** Absent, or text that has a point in time. */
function isInstant(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && !Number.isNaN(Date.parse(value)))
}
