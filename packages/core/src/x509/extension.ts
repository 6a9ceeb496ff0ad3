/** The list of extensions that certificates, CRLs, their entries and OCSP answers share (RFC 5280 §4.2). @module */
import type { DerReader } from '../der/reader.ts'
import { OCTET_STRING, SEQUENCE } from '../der/tags.ts'

export interface Extension {
  /** Dotted decimal. */
  readonly oid: string
  readonly critical: boolean
  /** Contents of extnValue: the DER of the extension itself. */
  readonly value: Uint8Array
  /** Where `value` begins in the enclosing octets, and where it ends. */
  readonly offset: number
  readonly end: number
}

/** A view is made when somebody asks: nearly all extensions are read where they stand. */
class ReadExtension implements Extension {
  readonly oid: string
  readonly critical: boolean
  readonly offset: number
  readonly end: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, oid: string, critical: boolean, offset: number, end: number) {
    this.oid = oid
    this.critical = critical
    this.offset = offset
    this.#bytes = bytes
    this.end = end
  }

  get value(): Uint8Array {
    return this.#bytes.subarray(this.offset, this.end)
  }
}

export function readExtension(reader: DerReader): Extension {
  const sequence = reader.enter(SEQUENCE)
  const oid = sequence.readOid()
  const critical = sequence.readBooleanDefaultFalse()
  const { content, end } = sequence.read(OCTET_STRING)
  sequence.finish()
  return new ReadExtension(reader.bytes, oid, critical, content, end)
}
