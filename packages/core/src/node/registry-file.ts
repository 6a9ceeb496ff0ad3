/** The text of a registry file: reading it strictly, writing it so that a person can read it. @module */

import { checkInstant } from '../registry/instants.ts'
import type { BookState } from '../registry/partner-book.ts'
import { checkPartnerData, checkPartnerId, deepFreeze } from '../registry/partner-data.ts'
import { keyFault } from '../registry/record-shape.ts'
import type { KeyRecord, Partner } from '../registry/records.ts'
import type { CertificateDenial } from '../registry/registry.ts'

const FORMAT = 'countersign-registry'
const VERSION = 1

/** How much of the audit trail belongs to this state; what stands behind it was never acknowledged. */
export interface AuditMark {
  readonly records: number
  readonly bytes: number
}

export interface RegistryFile {
  readonly book: BookState
  readonly audit: AuditMark
}

const KEY_MEMBERS: readonly string[] = [
  'id',
  'partnerId',
  'digest',
  'scopes',
  'binding',
  'status',
  'cause',
  'notBefore',
  'notAfter',
  'createdAt',
  'prefix',
  'replacedBy',
] satisfies (keyof KeyRecord)[]

export function formatRegistryFile({ book, audit }: RegistryFile): string {
  const lines = (name: string, records: readonly unknown[]): string =>
    records.length === 0
      ? `  "${name}": []`
      : `  "${name}": [\n${records.map((record) => `    ${JSON.stringify(record)}`).join(',\n')}\n  ]`
  return `{
  "format": "${FORMAT}",
  "version": ${VERSION},
  "audit": ${JSON.stringify(audit)},
${lines('partners', book.partners)},
${lines('keys', book.keys)},
${lines('denials', book.denials)}
}
`
}

/**
 * A file may have been written by hand, so everything in it is checked as an operation would check it, and a member that
 * nobody knows is a mistake, not an extension.
 * @throws Error that names the place and holds nothing of a digest
 */
export function parseRegistryFile(text: string): RegistryFile {
  const file = readJson(text)
  if (file.format !== FORMAT) throw new Error(`format: not "${FORMAT}"`)
  if (file.version !== VERSION) throw new Error(`version: not ${VERSION}`)
  refuseOthers(file, ['format', 'version', 'audit', 'partners', 'keys', 'denials'], '')
  const partners = listOf(file.partners, 'partners').map(readPartner)
  const keys = listOf(file.keys, 'keys').map(readKey)
  const denials = listOf(file.denials, 'denials').map(readDenial)
  refuseTwice(partners, 'partners')
  refuseTwice(keys, 'keys')
  const owners = new Set(partners.map(({ id }) => id))
  for (const { id, partnerId } of keys)
    if (!owners.has(partnerId)) throw new Error(`keys: ${id} belongs to no partner in this file`)
  return { book: deepFreeze({ partners, keys, denials }), audit: readAuditMark(file.audit) }
}

function readJson(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The message of a SyntaxError quotes the text, which may hold a digest.
    throw new Error('not JSON')
  }
  return objectOf(value, 'the file')
}

function readPartner(value: unknown, at: number): Partner {
  const { id, status = 'active', ...data } = objectOf(value, `partners[${at}]`)
  try {
    checkPartnerId(id)
    if (status !== 'active' && status !== 'suspended') throw new TypeError(`status: 'active' or 'suspended'`)
    return { id, status, rules: [], scopes: [], ...checkPartnerData(data) }
  } catch (error) {
    throw new Error(`partners[${at}]: ${(error as Error).message}`)
  }
}

function readKey(value: unknown, at: number): KeyRecord {
  const key = objectOf(value, `keys[${at}]`)
  refuseOthers(key, KEY_MEMBERS, `keys[${at}].`)
  const fault = keyFault(key)
  if (fault !== undefined) throw new Error(`keys[${at}]: ${fault}`)
  for (const name of ['notBefore', 'notAfter', 'createdAt']) checkInstant(key[name], `keys[${at}].${name}`)
  return key as unknown as KeyRecord
}

function readDenial(value: unknown, at: number): CertificateDenial {
  const { publicKey, issuer, serialNumber, ...others } = objectOf(value, `denials[${at}]`)
  const isHex = (text: unknown): text is string => typeof text === 'string' && /^(?:[0-9a-f]{2})+$/.test(text)
  if (Object.keys(others).length === 0) {
    if (isHex(publicKey) && issuer === undefined && serialNumber === undefined) return { publicKey }
    if (publicKey === undefined && isHex(issuer) && isHex(serialNumber)) return { issuer, serialNumber }
  }
  throw new Error(`denials[${at}]: { publicKey } or { issuer, serialNumber }, in lower-case hex`)
}

function readAuditMark(value: unknown): AuditMark {
  if (value === undefined) return { records: 0, bytes: 0 }
  const { records, bytes } = objectOf(value, 'audit')
  const isCount = (count: unknown): count is number => Number.isSafeInteger(count) && (count as number) >= 0
  if (!isCount(records) || !isCount(bytes)) throw new Error('audit: { records, bytes }')
  return { records, bytes }
}

function objectOf(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${place}: not an object`)
  return value as Record<string, unknown>
}

function listOf(value: unknown, place: string): readonly unknown[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new Error(`${place}: not a list`)
  return value
}

function refuseOthers(value: Record<string, unknown>, known: readonly string[], place: string): void {
  for (const name of Object.keys(value))
    if (!known.includes(name)) throw new Error(`${place}${name}: there is no such member`)
}

function refuseTwice(records: readonly { readonly id: string }[], place: string): void {
  const ids = new Set<string>()
  for (const { id } of records) {
    if (ids.has(id)) throw new Error(`${place}: ${id} stands there twice`)
    ids.add(id)
  }
}
