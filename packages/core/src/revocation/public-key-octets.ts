/** What OCSP and key identifiers hash of a public key (RFC 6960 §4.1.1, RFC 5280 §4.2.1.2). @module */
import { DerError } from '../der/der-error.ts'
import { DerReader } from '../der/reader.ts'
import { SEQUENCE } from '../der/tags.ts'

/** The BIT STRING of a SubjectPublicKeyInfo without its tag, length and count of unused bits; nothing for what is none. */
export function publicKeyOctets(spki: Uint8Array): Uint8Array | undefined {
  try {
    const sequence = new DerReader(spki).enter(SEQUENCE)
    sequence.read(SEQUENCE)
    return sequence.readBitString().bytes
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
