/** Key pairs of every algorithm that certificates are signed with, and signatures as X.509 carries them. @module */
import * as der from '../der/write.ts'

/** `RSA-1024` exists so that a verifier can be shown to refuse it; the ML-DSA sets need a runtime that has them. */
export type KeyAlgorithm =
  | 'P-256'
  | 'P-384'
  | 'P-521'
  | 'RSA-1024'
  | 'RSA-2048'
  | 'RSA-3072'
  | 'RSA-4096'
  | 'RSA-PSS-2048'
  | 'Ed25519'
  | 'ML-DSA-44'
  | 'ML-DSA-65'
  | 'ML-DSA-87'

/** SHA-1 exists so that a verifier can be shown to refuse it. */
export type SignatureHash = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'

/** A WebCrypto key, whichever library of types declares WebCrypto. */
export type WebCryptoKey = Parameters<typeof globalThis.crypto.subtle.exportKey>[1]

export interface KeyPair {
  readonly publicKey: WebCryptoKey
  readonly privateKey: WebCryptoKey
}

/** A signature scheme: how WebCrypto is asked for it, and its AlgorithmIdentifier in DER. */
export interface SignatureScheme {
  readonly webCrypto: { readonly name: string; readonly hash?: SignatureHash; readonly saltLength?: number }
  readonly identifier: Uint8Array<ArrayBuffer>
}

/** RSA keys carry their hash in WebCrypto; for all others `hash` says nothing until they sign. */
export async function generateKeyPair(algorithm: KeyAlgorithm, hash?: SignatureHash): Promise<KeyPair> {
  const parameters = generationParameters(algorithm, hash)
  const pair = await crypto.subtle.generateKey(parameters as { name: 'Ed25519' }, true, ['sign', 'verify'])
  return pair as KeyPair
}

/** The scheme a key pair signs with; `hash` overrides the customary one of an elliptic curve. */
export function schemeOf(keys: KeyPair, hash?: SignatureHash): SignatureScheme {
  const algorithm = keys.privateKey.algorithm as {
    name: string
    namedCurve?: string
    hash?: { name: SignatureHash }
  }
  if (algorithm.name === 'ECDSA') {
    const chosen = hash ?? HASH_OF_CURVE[algorithm.namedCurve ?? ''] ?? 'SHA-256'
    return { webCrypto: { name: 'ECDSA', hash: chosen }, identifier: identifierOf(ECDSA_WITH[chosen]) }
  }
  if (algorithm.name === 'RSASSA-PKCS1-v1_5') {
    const fixed = algorithm.hash?.name ?? 'SHA-256'
    return {
      webCrypto: { name: algorithm.name, hash: fixed },
      identifier: identifierOf(RSA_WITH[fixed], der.nullValue()),
    }
  }
  if (algorithm.name === 'RSA-PSS') {
    const fixed = algorithm.hash?.name ?? 'SHA-256'
    const saltLength = HASH_LENGTH[fixed]
    return {
      webCrypto: { name: algorithm.name, hash: fixed, saltLength },
      identifier: identifierOf('1.2.840.113549.1.1.10', pssParameters(fixed, saltLength)),
    }
  }
  const oid = PURE_SCHEMES[algorithm.name]
  if (oid === undefined) throw new TypeError(`keys: cannot sign with ${algorithm.name}`)
  return { webCrypto: { name: algorithm.name }, identifier: identifierOf(oid) }
}

/** The signature over `data` as it stands in a certificate: for ECDSA the SEQUENCE of r and s (RFC 3279 §2.2.3). */
export async function sign(keys: KeyPair, scheme: SignatureScheme, data: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const raw = new Uint8Array(
    await crypto.subtle.sign(scheme.webCrypto as { name: string }, keys.privateKey, data as Uint8Array<ArrayBuffer>),
  )
  if (scheme.webCrypto.name !== 'ECDSA') return raw
  const half = raw.length / 2
  return der.sequence(unsignedInteger(raw.subarray(0, half)), unsignedInteger(raw.subarray(half)))
}

const HASH_OF_CURVE: Readonly<Record<string, SignatureHash>> = {
  'P-256': 'SHA-256',
  'P-384': 'SHA-384',
  'P-521': 'SHA-512',
}

const HASH_LENGTH: Readonly<Record<SignatureHash, number>> = {
  'SHA-1': 20,
  'SHA-256': 32,
  'SHA-384': 48,
  'SHA-512': 64,
}

const ECDSA_WITH: Readonly<Record<SignatureHash, string>> = {
  'SHA-1': '1.2.840.10045.4.1',
  'SHA-256': '1.2.840.10045.4.3.2',
  'SHA-384': '1.2.840.10045.4.3.3',
  'SHA-512': '1.2.840.10045.4.3.4',
}

const RSA_WITH: Readonly<Record<SignatureHash, string>> = {
  'SHA-1': '1.2.840.113549.1.1.5',
  'SHA-256': '1.2.840.113549.1.1.11',
  'SHA-384': '1.2.840.113549.1.1.12',
  'SHA-512': '1.2.840.113549.1.1.13',
}

const HASH_OID: Readonly<Record<SignatureHash, string>> = {
  'SHA-1': '1.3.14.3.2.26',
  'SHA-256': '2.16.840.1.101.3.4.2.1',
  'SHA-384': '2.16.840.1.101.3.4.2.2',
  'SHA-512': '2.16.840.1.101.3.4.2.3',
}

/** Schemes whose key says all: EdDSA (RFC 8410) and ML-DSA (RFC 9881). */
const PURE_SCHEMES: Readonly<Record<string, string>> = {
  Ed25519: '1.3.101.112',
  'ML-DSA-44': '2.16.840.1.101.3.4.3.17',
  'ML-DSA-65': '2.16.840.1.101.3.4.3.18',
  'ML-DSA-87': '2.16.840.1.101.3.4.3.19',
}

function generationParameters(algorithm: KeyAlgorithm, hash: SignatureHash = 'SHA-256'): object {
  const publicExponent = Uint8Array.of(1, 0, 1)
  switch (algorithm) {
    case 'P-256':
    case 'P-384':
    case 'P-521':
      return { name: 'ECDSA', namedCurve: algorithm }
    case 'RSA-1024':
    case 'RSA-2048':
    case 'RSA-3072':
    case 'RSA-4096':
      return { name: 'RSASSA-PKCS1-v1_5', modulusLength: Number(algorithm.slice(4)), publicExponent, hash }
    case 'RSA-PSS-2048':
      return { name: 'RSA-PSS', modulusLength: 2048, publicExponent, hash }
    default:
      return { name: algorithm }
  }
}

function identifierOf(oid: string, ...parameters: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return der.sequence(der.objectIdentifier(oid), ...parameters)
}

/** RSASSA-PSS-params (RFC 4055 §3.1): the same hash in MGF1, a salt as long as the hash. */
function pssParameters(hash: SignatureHash, saltLength: number): Uint8Array<ArrayBuffer> {
  if (hash === 'SHA-1') return der.sequence()
  const hashIdentifier = identifierOf(HASH_OID[hash], der.nullValue())
  return der.sequence(
    der.context(0, 'constructed', hashIdentifier),
    der.context(1, 'constructed', identifierOf('1.2.840.113549.1.1.8', hashIdentifier)),
    der.context(2, 'constructed', der.integer(saltLength)),
  )
}

function unsignedInteger(octets: Uint8Array): Uint8Array<ArrayBuffer> {
  let start = 0
  while (start < octets.length - 1 && octets[start] === 0) start++
  const shortest = octets.subarray(start)
  return der.integer((shortest[0] ?? 0) >= 0x80 ? der.concatBytes(Uint8Array.of(0), shortest) : shortest)
}
