/** The list of extensions that certificates, CRLs, their entries and OCSP answers share (RFC 5280 §4.2). @module */
import type { DerReader } from '../der/reader.ts'
import { OCTET_STRING, SEQUENCE } from '../der/tags.ts'

export interface Extension {
  /** Dotted decimal. */
  readonly oid: string
  readonly critical: boolean
  /** Contents of extnValue: the DER of the extension itself. */
  readonly value: Uint8Array
  /** Where `value` begins in the enclosing octets. */
  readonly offset: number
}

export function readExtension(reader: DerReader): Extension {
  const sequence = reader.enter(SEQUENCE)
  const oid = sequence.readOid()
  const critical = sequence.readBooleanDefaultFalse()
  const element = sequence.read(OCTET_STRING)
  sequence.finish()
  return { oid, critical, value: sequence.contentOf(element), offset: element.content }
}
