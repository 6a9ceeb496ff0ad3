/**
 * One signature over certificates, CRLs and OCSP answers alike: the algorithm must be one that the policy names, the key one
 * that fits it and lies within bounds, and the cost must fit the budget, all before any arithmetic.
 * @module
 */
import { type Flow, settle } from '../primitives/flow.ts'
import type { DigestAlgorithm, Primitives, SignatureScheme, SignatureVerdict } from '../primitives/primitives.ts'
import type { AlgorithmPolicy, SignatureAlgorithm } from './algorithm-policy.ts'
import { checkPublicKey, type KeyFault, type PublicKey, parsePublicKey } from './public-key.ts'
import { parseSignatureAlgorithm, type SignatureIdentifier } from './signature-algorithm.ts'

export interface SignedData {
  readonly data: Uint8Array
  /** AlgorithmIdentifier, DER. */
  readonly signatureAlgorithm: Uint8Array
  readonly signature: Uint8Array
}

export type SignatureFault =
  | { readonly code: 'signature-invalid' }
  /** The policy does not name it, or nobody knows it: a name, or an object identifier. */
  | { readonly code: 'algorithm-refused'; readonly algorithm: string }
  /** The policy names it, this runtime cannot do it. */
  | { readonly code: 'algorithm-unsupported'; readonly algorithm: SignatureAlgorithm; readonly runtime: string }
  /** The signer's key is not of the kind that the algorithm needs. */
  | { readonly code: 'algorithm-mismatch'; readonly algorithm: string; readonly key: string }
  | { readonly code: 'key-refused'; readonly key: KeyFault }
  | { readonly code: 'budget-exhausted'; readonly limit: 'work' }

export interface SignatureContext {
  readonly algorithms: AlgorithmPolicy
  readonly primitives: Primitives
  /** Takes so many units of work, or answers false. */
  spend(work: number): boolean
}

/**
 * Inside a flow: a reason why the signature does not count, or nothing.
 * @param signerKey SubjectPublicKeyInfo, DER, or what `parsePublicKey` made of it
 */
export function* checkSignature(
  { data, signature, signatureAlgorithm }: SignedData,
  signerKey: Uint8Array | PublicKey | KeyFault,
  { algorithms, primitives, spend }: SignatureContext,
): Flow<SignatureFault | undefined> {
  const planned = planSignature(signatureAlgorithm, signerKey, algorithms)
  if ('code' in planned) return planned
  if (!spend(signatureWork(planned.key))) return { code: 'budget-exhausted', limit: 'work' }
  const { scheme, key } = planned
  const verdict = yield* settle(primitives.verifySignature({ scheme, publicKey: key.spki, data, signature }))
  return verdictFault(verdict, planned, primitives)
}

/** What a verdict of the primitives means. */
export function verdictFault(
  verdict: SignatureVerdict,
  { algorithm }: PlannedSignature,
  { name }: Primitives,
): SignatureFault | undefined {
  if (verdict === 'valid') return undefined
  return verdict === 'unsupported'
    ? { code: 'algorithm-unsupported', algorithm, runtime: name }
    : { code: 'signature-invalid' }
}

/**
 * Cost in P-256 verifications, measured with OpenSSL 3.5: P-384 10, P-521 30 (it has no special code for them), ML-DSA-44
 * 2, -65 4, -87 6, Ed25519 2; RSA grows with the square of the modulus, and with the length of the exponent.
 */
export function signatureWork(key: PublicKey): number {
  switch (key.kind) {
    case 'ec':
      return { 'P-256': 1, 'P-384': 10, 'P-521': 30 }[key.curve]
    case 'ed25519':
      return 2
    case 'ml-dsa':
      return { 'ML-DSA-44': 2, 'ML-DSA-65': 4, 'ML-DSA-87': 6 }[key.parameterSet]
    case 'rsa':
      return Math.ceil((key.bits / 2048) ** 2 / 2) * (key.exponent > 65_537 ? 3 : 1)
  }
}

/** A check that may be made: scheme and key are such that the policy allows, and fit each other. */
export interface PlannedSignature {
  readonly scheme: SignatureScheme
  readonly key: PublicKey
  readonly algorithm: SignatureAlgorithm
}

export function planSignature(
  signatureAlgorithm: Uint8Array,
  signerKey: Uint8Array | PublicKey | KeyFault,
  policy: AlgorithmPolicy,
): PlannedSignature | SignatureFault {
  const identifier = parseSignatureAlgorithm(signatureAlgorithm)
  if (identifier.kind === 'unknown') return { code: 'algorithm-refused', algorithm: identifier.oid }
  const key = signerKey instanceof Uint8Array ? parsePublicKey(signerKey) : signerKey
  if ('fault' in key) return { code: 'key-refused', key }
  const fitted = fitKey(identifier, key)
  if (fitted === undefined)
    return { code: 'algorithm-mismatch', algorithm: describe(identifier), key: describeKey(key) }
  const { algorithm, scheme } = fitted
  if (!policy.signatures.includes(algorithm)) return { code: 'algorithm-refused', algorithm }
  const fault = checkPublicKey(key, policy)
  return fault === undefined ? { scheme, key, algorithm } : { code: 'key-refused', key: fault }
}

function fitKey(
  identifier: Exclude<SignatureIdentifier, { kind: 'unknown' }>,
  key: PublicKey,
): { scheme: SignatureScheme; algorithm: SignatureAlgorithm } | undefined {
  switch (identifier.kind) {
    case 'rsa-pkcs1':
      // An id-RSASSA-PSS key is for PSS alone (RFC 4055 §1.2).
      if (key.kind !== 'rsa' || key.pss !== undefined) return undefined
      return { scheme: identifier, algorithm: `rsa-pkcs1-${hashName(identifier.hash)}` }
    case 'rsa-pss': {
      if (key.kind !== 'rsa') return undefined
      const { pss } = key
      // RFC 4055 §3.3: the same hash, and a salt at least as long as the key asks for.
      if (typeof pss === 'object' && (pss.hash !== identifier.hash || pss.saltLength > identifier.saltLength))
        return undefined
      return { scheme: identifier, algorithm: `rsa-pss-${hashName(identifier.hash)}` }
    }
    case 'ecdsa': {
      if (key.kind !== 'ec') return undefined
      const { hash } = identifier
      return {
        scheme: { kind: 'ecdsa', curve: key.curve, hash },
        algorithm: `ecdsa-${CURVE_NAMES[key.curve]}-${hashName(hash)}`,
      }
    }
    case 'ed25519':
      return key.kind === 'ed25519' ? { scheme: identifier, algorithm: 'ed25519' } : undefined
    case 'ml-dsa':
      if (key.kind !== 'ml-dsa' || key.parameterSet !== identifier.parameterSet) return undefined
      return { scheme: identifier, algorithm: ML_DSA_NAMES[identifier.parameterSet] }
  }
}

const HASH_NAMES = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' } as const
const CURVE_NAMES = { 'P-256': 'p256', 'P-384': 'p384', 'P-521': 'p521' } as const
const ML_DSA_NAMES = { 'ML-DSA-44': 'ml-dsa-44', 'ML-DSA-65': 'ml-dsa-65', 'ML-DSA-87': 'ml-dsa-87' } as const

function hashName(hash: DigestAlgorithm): (typeof HASH_NAMES)[DigestAlgorithm] {
  return HASH_NAMES[hash]
}

function describe(identifier: Exclude<SignatureIdentifier, { kind: 'unknown' }>): string {
  if (identifier.kind === 'ml-dsa') return ML_DSA_NAMES[identifier.parameterSet]
  return identifier.kind === 'ed25519' ? 'ed25519' : `${identifier.kind}-${hashName(identifier.hash)}`
}

function describeKey(key: PublicKey): string {
  switch (key.kind) {
    case 'rsa':
      return key.pss === undefined ? 'rsa' : 'rsa-pss'
    case 'ec':
      return key.curve
    case 'ed25519':
      return 'ed25519'
    case 'ml-dsa':
      return key.parameterSet
  }
}
