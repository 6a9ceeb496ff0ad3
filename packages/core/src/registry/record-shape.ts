/** Whether what a registry answered is what it was asked for. Nothing of an answer is believed before. @module */
import { parseDigest } from '../key/digest.ts'
import type { CertificateRule, KeyRecord, Partner } from './records.ts'
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
export function keyFault(key: unknown): string | undefined {
  return faultOf('key', key, KEY)
}

/** What is wrong with a partner, in words that hold nothing of it. */
function partnerFault(partner: unknown): string | undefined {
  return faultOf('partner', partner, PARTNER)
}

/** The members that a decision reads, and whether a value is of the type of each. */
type Form<T> = Readonly<Partial<Record<keyof T, (value: unknown) => boolean>>>

function faultOf<T>(what: string, record: unknown, form: Form<T>): string | undefined {
  if (!isObject(record)) return `${what}: not an object`
  for (const member in form) if (form[member]?.(record[member]) !== true) return `${what}.${member}: not of its type`
  return undefined
}

const KEY: Form<KeyRecord> = {
  id: isText,
  partnerId: isText,
  digest: (value) => isText(value) && parseDigest(value) !== undefined,
  scopes: isTexts,
  binding: (value) => value === 'partner' || value === 'none',
  status: (value) => value === 'active' || value === 'suspended' || value === 'revoked',
  cause: (value) => value === undefined || typeof value === 'string',
  notBefore: isInstant,
  notAfter: isInstant,
}

const RULE: Form<CertificateRule> = {
  kind: isText,
  value: isText,
  anchor: (value) => value === undefined || isText(value),
  notBefore: isInstant,
  notAfter: isInstant,
}

const PARTNER: Form<Partner> = {
  id: isText,
  status: (value) => value === 'active' || value === 'suspended',
  rules: (value) => Array.isArray(value) && value.every((rule) => faultOf('rule', rule, RULE) === undefined),
  scopes: isTexts,
  certificateScopes: (value) => value === undefined || isTexts(value),
  metadata: (value) => value === undefined || isObject(value),
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
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
