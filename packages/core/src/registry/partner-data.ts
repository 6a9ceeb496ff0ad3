/** Partners as callers give them, checked and brought into the form in which they are kept. @module */
import type { CertificateRule, Partner } from './records.ts'
import type { NewPartner } from './registry.ts'
import { checkRules } from './rules.ts'

/** Handed to every handler with every request: data about a partner, not a document store. */
const MAX_METADATA_LENGTH = 16_384

const MAX_SCOPES = 256
const MAX_SCOPE_LENGTH = 128
const MAX_CONTACT_LENGTH = 256

/** One shape in logs, URLs and file names, and no two ids that look alike: letters, digits and `. _ ~ : @ -`. */
const PARTNER_ID = /^[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}$/

/** RFC 6749 §3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/

export interface PartnerData {
  readonly rules?: readonly CertificateRule[]
  readonly scopes?: readonly string[]
  readonly certificateScopes?: readonly string[]
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly contact?: string
}

/** @throws TypeError that names the member */
export function checkNewPartner(partner: NewPartner): Partner {
  const { id, ...data } = checkObject(partner, 'partner') as unknown as NewPartner
  checkPartnerId(id)
  return deepFreeze({ id, status: 'active', rules: [], scopes: [], ...checkPartnerData(data) })
}

/** @throws TypeError that names the member */
export function checkPartnerData(data: Partial<Omit<NewPartner, 'id'>>): PartnerData {
  const { rules, scopes, certificateScopes, metadata, contact, ...others } = checkObject(data, 'partner')
  for (const name of Object.keys(others)) throw new TypeError(`partner: there is no member ${name}`)
  return {
    ...(rules === undefined ? {} : { rules: Object.freeze(checkRules(rules)) }),
    ...(scopes === undefined ? {} : { scopes: checkScopeList(scopes, 'scopes') }),
    ...(certificateScopes === undefined
      ? {}
      : { certificateScopes: checkScopeList(certificateScopes, 'certificateScopes') }),
    ...(metadata === undefined ? {} : { metadata: checkMetadata(metadata) }),
    ...(contact === undefined ? {} : { contact: checkText(contact, 'contact', MAX_CONTACT_LENGTH) }),
  }
}

/** @throws TypeError */
export function checkPartnerId(id: unknown): asserts id is string {
  if (typeof id !== 'string' || !PARTNER_ID.test(id)) {
    throw new TypeError('id: 1 to 128 letters, digits and . _ ~ : @ -, a letter or digit first')
  }
}

/** @throws TypeError that names the member */
export function checkScopeList(scopes: unknown, name: string): readonly string[] {
  if (!Array.isArray(scopes) || scopes.length > MAX_SCOPES)
    throw new TypeError(`${name}: a list of at most ${MAX_SCOPES} scopes`)
  for (const scope of scopes) {
    if (typeof scope !== 'string' || scope.length > MAX_SCOPE_LENGTH || !SCOPE.test(scope)) {
      throw new TypeError(
        `${name}: a scope is 1 to ${MAX_SCOPE_LENGTH} characters of printable ASCII without space, quote or backslash`,
      )
    }
  }
  return Object.freeze([...new Set(scopes as readonly string[])])
}

/** @throws TypeError that names the member */
export function checkText(value: unknown, name: string, maxLength: number): string {
  if (typeof value !== 'string' || value.length > maxLength)
    throw new TypeError(`${name}: text of at most ${maxLength} characters`)
  return value
}

/** What JSON makes of it, so that it reads the same from every store. */
function checkMetadata(metadata: unknown): Readonly<Record<string, unknown>> {
  checkObject(metadata, 'metadata')
  let text: string
  try {
    text = JSON.stringify(metadata)
  } catch {
    throw new TypeError('metadata: JSON cannot carry it')
  }
  if (text.length > MAX_METADATA_LENGTH)
    throw new TypeError(`metadata: more than ${MAX_METADATA_LENGTH} characters as JSON`)
  return deepFreeze(JSON.parse(text))
}

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member)
    Object.freeze(value)
  }
  return value
}

function checkObject(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`${name}: an object`)
  return value as Record<string, unknown>
}
