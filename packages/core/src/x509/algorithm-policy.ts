/** Which signature algorithms and keys count. @module */

/** A signature algorithm with its hash, and for ECDSA the curve of the key. */
export type SignatureAlgorithm =
  | 'rsa-pkcs1-sha1'
  | 'rsa-pkcs1-sha256'
  | 'rsa-pkcs1-sha384'
  | 'rsa-pkcs1-sha512'
  | 'rsa-pss-sha1'
  | 'rsa-pss-sha256'
  | 'rsa-pss-sha384'
  | 'rsa-pss-sha512'
  | `ecdsa-${'p256' | 'p384' | 'p521'}-${'sha1' | 'sha256' | 'sha384' | 'sha512'}`
  | 'ed25519'
  | 'ml-dsa-44'
  | 'ml-dsa-65'
  | 'ml-dsa-87'

export interface AlgorithmPolicy {
  readonly signatures: readonly SignatureAlgorithm[]
  /** Bounds of the modulus, both allowed. */
  readonly rsaBits: { readonly min: number; readonly max: number }
}

/**
 * SHA-2 throughout; SHA-1 only where a policy names it. RSA from 2048 bits (NIST SP 800-131A) to 8192: one check of a
 * 16,384-bit key takes as long as 25 ordinary ones.
 */
export const DEFAULT_ALGORITHMS: AlgorithmPolicy = Object.freeze({
  signatures: Object.freeze([
    'rsa-pkcs1-sha256',
    'rsa-pkcs1-sha384',
    'rsa-pkcs1-sha512',
    'rsa-pss-sha256',
    'rsa-pss-sha384',
    'rsa-pss-sha512',
    'ecdsa-p256-sha256',
    'ecdsa-p256-sha384',
    'ecdsa-p256-sha512',
    'ecdsa-p384-sha256',
    'ecdsa-p384-sha384',
    'ecdsa-p384-sha512',
    'ecdsa-p521-sha256',
    'ecdsa-p521-sha384',
    'ecdsa-p521-sha512',
    'ed25519',
    'ml-dsa-44',
    'ml-dsa-65',
    'ml-dsa-87',
  ] as const),
  rsaBits: Object.freeze({ min: 2048, max: 8192 }),
})
