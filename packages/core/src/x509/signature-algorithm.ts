/** AlgorithmIdentifier of a signature (RFC 5280 §4.1.1.2), with every parameter that changes what is verified. @module */
import { equalBytes } from '../bytes/equal.ts'
import { DerError } from '../der/der-error.ts'
import { encodeOid } from '../der/oid.ts'
import { DerReader } from '../der/reader.ts'
import { OBJECT_IDENTIFIER, SEQUENCE } from '../der/tags.ts'
import type { DigestAlgorithm } from '../primitives/primitives.ts'
import { readPssParameters } from './pss-parameters.ts'

export type SignatureIdentifier =
  | { readonly kind: 'rsa-pkcs1'; readonly hash: DigestAlgorithm }
  | { readonly kind: 'rsa-pss'; readonly hash: DigestAlgorithm; readonly saltLength: number }
  | { readonly kind: 'ecdsa'; readonly hash: DigestAlgorithm }
  | { readonly kind: 'ed25519' }
  | { readonly kind: 'ml-dsa'; readonly parameterSet: 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87' }
  /** One that is not known here, or whose parameters are not those that its definition allows. */
  | { readonly kind: 'unknown'; readonly oid: string }

const RSASSA_PSS = '1.2.840.113549.1.1.10'

const KNOWN: Readonly<Record<string, SignatureIdentifier>> = {
  '1.2.840.113549.1.1.5': { kind: 'rsa-pkcs1', hash: 'SHA-1' },
  '1.2.840.113549.1.1.11': { kind: 'rsa-pkcs1', hash: 'SHA-256' },
  '1.2.840.113549.1.1.12': { kind: 'rsa-pkcs1', hash: 'SHA-384' },
  '1.2.840.113549.1.1.13': { kind: 'rsa-pkcs1', hash: 'SHA-512' },
  '1.2.840.10045.4.1': { kind: 'ecdsa', hash: 'SHA-1' },
  '1.2.840.10045.4.3.2': { kind: 'ecdsa', hash: 'SHA-256' },
  '1.2.840.10045.4.3.3': { kind: 'ecdsa', hash: 'SHA-384' },
  '1.2.840.10045.4.3.4': { kind: 'ecdsa', hash: 'SHA-512' },
  '1.3.101.112': { kind: 'ed25519' },
  '2.16.840.1.101.3.4.3.17': { kind: 'ml-dsa', parameterSet: 'ML-DSA-44' },
  '2.16.840.1.101.3.4.3.18': { kind: 'ml-dsa', parameterSet: 'ML-DSA-65' },
  '2.16.840.1.101.3.4.3.19': { kind: 'ml-dsa', parameterSet: 'ML-DSA-87' },
}

/** The whole of each usual identifier: found by comparing a dozen octets, without reading them. */
const USUAL: readonly { readonly der: Uint8Array; readonly identifier: SignatureIdentifier }[] = Object.entries(
  KNOWN,
).map(([oid, identifier]) => {
  const contents = encodeOid(oid) ?? new Uint8Array()
  const parameters = identifier.kind === 'rsa-pkcs1' ? [0x05, 0x00] : []
  const length = contents.length + 2 + parameters.length
  return {
    der: Uint8Array.from([SEQUENCE, length, OBJECT_IDENTIFIER, contents.length, ...contents, ...parameters]),
    identifier,
  }
})

export function parseSignatureAlgorithm(der: Uint8Array): SignatureIdentifier {
  for (const usual of USUAL) if (equalBytes(usual.der, der)) return usual.identifier
  try {
    return readSignatureAlgorithm(der)
  } catch (error) {
    if (error instanceof DerError) return { kind: 'unknown', oid: '' }
    throw error
  }
}

function readSignatureAlgorithm(der: Uint8Array): SignatureIdentifier {
  const outer = new DerReader(der)
  const identifier = outer.enter(SEQUENCE)
  outer.finish()
  const oid = identifier.readOid()
  const unknown: SignatureIdentifier = { kind: 'unknown', oid }
  if (oid === RSASSA_PSS) {
    // RFC 4055 §3.1: in a signature the parameters MUST be present.
    if (identifier.isDone) return unknown
    const parameters = readPssParameters(identifier)
    identifier.finish()
    return parameters === undefined ? unknown : { kind: 'rsa-pss', ...parameters }
  }
  const known = KNOWN[oid]
  if (known === undefined) return unknown
  // RFC 4055 §5: NULL, or absent, which "implementations MUST accept". All others: absent (RFC 5758 §3.2, RFC 8410 §3, RFC 9881 §2).
  if (known.kind === 'rsa-pkcs1' && !identifier.isDone) identifier.readNull()
  return identifier.isDone ? known : unknown
}
