/**
 * What the core asks of a runtime's cryptography, and nothing more. Two back ends exist, `node.ts` (synchronous) and
 * `web.ts` (WebCrypto); the package-internal import `#primitives` chooses, and a caller may hand in its own.
 * @module
 */
import type { MaybePromise } from './flow.ts'

export type DigestAlgorithm = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'

/** A signature scheme with every parameter that decides its meaning (RFC 8017, RFC 5758, RFC 8410, RFC 9881). */
export type SignatureScheme =
  | { readonly kind: 'rsa-pkcs1'; readonly hash: DigestAlgorithm }
  | { readonly kind: 'rsa-pss'; readonly hash: DigestAlgorithm; readonly saltLength: number }
  | { readonly kind: 'ecdsa'; readonly curve: 'P-256' | 'P-384' | 'P-521'; readonly hash: DigestAlgorithm }
  | { readonly kind: 'ed25519' }
  | { readonly kind: 'ml-dsa'; readonly parameterSet: 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87' }

/** A signature as X.509 carries it: ECDSA signatures are the DER SEQUENCE of r and s. */
export interface SignatureCheck {
  readonly scheme: SignatureScheme
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array
  readonly data: Uint8Array
  readonly signature: Uint8Array
}

/** `unsupported`: this runtime lacks the algorithm. `invalid` is everything else that is not a valid signature, undecodable keys included. */
export type SignatureVerdict = 'valid' | 'invalid' | 'unsupported'

export interface Primitives {
  readonly name: string
  digest(algorithm: DigestAlgorithm, data: Uint8Array): MaybePromise<Uint8Array>
  hmacSha256(key: Uint8Array, data: Uint8Array): MaybePromise<Uint8Array>
  /** Never throws on hostile keys or signatures. */
  verifySignature(check: SignatureCheck): MaybePromise<SignatureVerdict>
  /** SHA-256 of an ASCII text in lower-case hex, where the runtime has a way to it that leaves no buffer behind. Left out: `digest`. */
  sha256Hex?(text: string): string
  /** Constant time for equal lengths; false at once for unequal ones. */
  timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean
  randomBytes(length: number): Uint8Array
}

/** `verifySignature` over many megabytes, without holding up the event loop. Beside the primitives, for only CRLs are so long. */
export type VerifyLarge = (check: SignatureCheck) => Promise<SignatureVerdict>

/** A named channel on which observers outside the package listen (`node:diagnostics_channel`). */
export interface DiagnosticsChannel {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
}

/** What a `#primitives` module exports besides the primitives themselves, with `CopyOctets`. */
export type OpenChannel = (name: string) => DiagnosticsChannel | undefined

/** A copy of public octets, which may share its memory with other such copies. */
export type CopyOctets = (octets: Uint8Array) => Uint8Array
