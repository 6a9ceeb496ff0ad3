/** What an operator hands to a registry, checked for its form: each throws a `TypeError` that names the member. @module */
import { digestKeyId, positionKeyId } from '../key/foreign-format.ts'
import type { KeyEnvironment } from '../key/key-format.ts'
import { checkScopeList, checkText } from './partner-data.ts'
import type { KeyRecord } from './records.ts'
import type { Actor, CertificateDenial, KeyCause, KeyRotation, NewKey, Page } from './registry.ts'
import type { BoundedPage } from './storage.ts'

const DEFAULT_PAGE = 100
const MAX_PAGE = 1000
const MAX_ACTOR_LENGTH = 1024

export const ENVIRONMENTS: readonly KeyEnvironment[] = ['live', 'test']

export interface KeyTerms {
  readonly partnerId: string
  readonly environment: KeyEnvironment
  readonly binding: KeyRecord['binding']
  readonly scopes?: readonly string[]
  readonly notBefore?: string
  readonly notAfter?: string
}

export function checkNewKey(given: NewKey): KeyTerms {
  const { partnerId, scopes, binding = 'partner', notBefore, notAfter, environment = 'live', ...others } = given
  for (const name of Object.keys(others)) throw new TypeError(`key: there is no member ${name}`)
  if (typeof partnerId !== 'string') throw new TypeError('partnerId: the id of a partner')
  if (binding !== 'partner' && binding !== 'none') throw new TypeError(`binding: 'partner' or 'none'`)
  if (!ENVIRONMENTS.includes(environment)) throw new TypeError(`environment: 'live' or 'test'`)
  const from = checkDate(notBefore, 'notBefore')
  const until = checkDate(notAfter, 'notAfter')
  if (from !== undefined && until !== undefined && Date.parse(until) <= Date.parse(from)) {
    throw new TypeError('notAfter: not after notBefore')
  }
  return {
    partnerId,
    environment,
    binding,
    ...(scopes === undefined ? {} : { scopes: checkScopeList(scopes, 'scopes') }),
    ...(from === undefined ? {} : { notBefore: from }),
    ...(until === undefined ? {} : { notAfter: until }),
  }
}

export function checkForeignKey(format: unknown, sha256: unknown, id: unknown): { id: string; digest: string } {
  if (typeof format !== 'string' || !/^[a-z][a-z0-9]{0,15}$/.test(format))
    throw new TypeError('format: the name of a foreign format')
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/i.test(sha256))
    throw new TypeError('sha256: of the whole key, 64 hex digits')
  const hex = sha256.toLowerCase()
  const digest = `sha256$${hex}`
  if (id === undefined) return { id: digestKeyId({ name: format }, hex), digest }
  if (typeof id !== 'string' || !/^[\x21-\x7e]{1,64}$/.test(id))
    throw new TypeError('id: 1 to 64 characters of printable ASCII')
  return { id: positionKeyId({ name: format }, id), digest }
}

export function checkRotation({ overlapUntil, notAfter }: KeyRotation): {
  overlapUntil: string
  notAfter: string | undefined
} {
  const until = checkDate(overlapUntil, 'overlapUntil')
  if (until === undefined) throw new TypeError('overlapUntil: how long the old key holds; there is no default')
  return { overlapUntil: until, notAfter: checkDate(notAfter, 'notAfter') }
}

function checkDate(date: Date | undefined, name: string): string | undefined {
  if (date === undefined) return undefined
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) throw new TypeError(`${name}: a valid Date`)
  return date.toISOString()
}

export function checkCause(cause: KeyCause | undefined): KeyCause {
  if (cause === undefined) return 'requested'
  if (cause !== 'exposed' && cause !== 'requested' && cause !== 'replaced') {
    throw new TypeError(`cause: 'exposed', 'requested' or 'replaced'`)
  }
  return cause
}

export function checkActor(actor: Actor | undefined): Actor {
  const { by, why } = actor ?? {}
  return {
    ...(by === undefined ? {} : { by: checkText(by, 'by', MAX_ACTOR_LENGTH) }),
    ...(why === undefined ? {} : { why: checkText(why, 'why', MAX_ACTOR_LENGTH) }),
  }
}

/** In lower case, or a denial would be kept that never bites. */
export function checkDenial(denial: CertificateDenial): CertificateDenial {
  if ('publicKey' in denial && /^[0-9a-f]{64}$/i.test(denial.publicKey))
    return { publicKey: denial.publicKey.toLowerCase() }
  if ('issuer' in denial && isHex(denial.issuer) && isHex(denial.serialNumber)) {
    return { issuer: denial.issuer.toLowerCase(), serialNumber: denial.serialNumber.toLowerCase() }
  }
  throw new TypeError(
    'denial: { issuer, serialNumber } in hex, or { publicKey }, the hex SHA-256 of the SubjectPublicKeyInfo',
  )
}

function isHex(text: unknown): boolean {
  return typeof text === 'string' && text.length <= 8192 && /^(?:[0-9a-f]{2})+$/i.test(text)
}

export function checkPage({ after, limit = DEFAULT_PAGE }: Page = {}): BoundedPage {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_PAGE)
    throw new TypeError(`limit: a whole number from 1 to ${MAX_PAGE}`)
  if (after !== undefined && typeof after !== 'string') throw new TypeError('after: `next` of the page before')
  return after === undefined ? { limit } : { after, limit }
}
