/** AlgorithmIdentifier of a signature (RFC 5280 §4.1.1.2), with every parameter that changes what is verified. @module */
import { equalBytes } from '../bytes/equal.ts'
import { decodeHex } from '../bytes/hex.ts'
import { DerError } from '../der/der-error.ts'
import { DerReader } from '../der/reader.ts'
import { SEQUENCE } from '../der/tags.ts'
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

/** 1.2.840.113549.1.1 (RFC 8017 appendix A.2.4), 1.2.840.10045.4 (RFC 5758 §3.2), 2.16.840.1.101.3.4.3 (RFC 9881 §2). */
const [PKCS1, ECDSA, ML_DSA] = ['06092a864886f70d0101', '2a8648ce3d04', '300b0609608648016503040'] as const

/** Each whole, as DER has one encoding of it: found by comparing a dozen octets, without reading them. */
const KNOWN: readonly { readonly der: Uint8Array; readonly identifier: SignatureIdentifier }[] = (
  [
    [`300a0608${ECDSA}0302`, { kind: 'ecdsa', hash: 'SHA-256' }],
    ...rsaPkcs1('0b', 'SHA-256'),
    [`300a0608${ECDSA}0303`, { kind: 'ecdsa', hash: 'SHA-384' }],
    [`300a0608${ECDSA}0304`, { kind: 'ecdsa', hash: 'SHA-512' }],
    ...rsaPkcs1('0c', 'SHA-384'),
    ...rsaPkcs1('0d', 'SHA-512'),
    // 1.3.101.112 (RFC 8410 §3)
    ['300506032b6570', { kind: 'ed25519' }],
    [`${ML_DSA}311`, { kind: 'ml-dsa', parameterSet: 'ML-DSA-44' }],
    [`${ML_DSA}312`, { kind: 'ml-dsa', parameterSet: 'ML-DSA-65' }],
    [`${ML_DSA}313`, { kind: 'ml-dsa', parameterSet: 'ML-DSA-87' }],
    [`30090607${ECDSA}01`, { kind: 'ecdsa', hash: 'SHA-1' }],
    ...rsaPkcs1('05', 'SHA-1'),
  ] as const satisfies readonly KnownIdentifier[]
).map(([hex, identifier]) => ({ der: decodeHex(hex) as Uint8Array, identifier }))

type KnownIdentifier = readonly [hex: string, identifier: SignatureIdentifier]

/** RFC 4055 §5: with parameters NULL, or without, which "implementations MUST accept". All others have none. */
function rsaPkcs1(last: string, hash: DigestAlgorithm): readonly KnownIdentifier[] {
  const identifier = { kind: 'rsa-pkcs1', hash } as const
  return [
    [`300d${PKCS1}${last}0500`, identifier],
    [`300b${PKCS1}${last}`, identifier],
  ]
}

export function parseSignatureAlgorithm(der: Uint8Array): SignatureIdentifier {
  for (const known of KNOWN) if (equalBytes(known.der, der)) return known.identifier
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
  // RFC 4055 §3.1: in a signature the parameters MUST be present.
  if (oid !== RSASSA_PSS || identifier.isDone) return { kind: 'unknown', oid }
  const parameters = readPssParameters(identifier)
  identifier.finish()
  return parameters === undefined ? { kind: 'unknown', oid } : { kind: 'rsa-pss', ...parameters }
}
