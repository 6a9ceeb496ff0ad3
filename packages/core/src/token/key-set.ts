/** The keys that an issuer publishes (RFC 7517 §5), reduced to those that can verify an access token. @module */
import { type CryptoKey, importJWK, type JWK } from 'jose'

/** RFC 9068 §2.1 wants RS256 understood; nothing symmetric, because whoever can verify could then sign; never `none`. */
export const DEFAULT_TOKEN_ALGORITHMS: readonly string[] = Object.freeze([
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
  'EdDSA',
  'Ed25519',
])

/** Key rotation needs two or three. */
const MAX_KEYS = 64

/** Which algorithms a key can serve is said by the key, never by the token that asks to be verified with it. */
const ALGORITHMS_OF: Readonly<Record<string, readonly string[]>> = {
  'EC P-256': ['ES256'],
  'EC P-384': ['ES384'],
  'EC P-521': ['ES512'],
  RSA: ['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'],
  'OKP Ed25519': ['EdDSA', 'Ed25519'],
}

export interface VerificationKey {
  readonly keyId: string | undefined
  readonly algorithms: readonly string[]
  /** One import for one algorithm, kept. */
  importFor(algorithm: string): Promise<CryptoKey | Uint8Array>
}

export interface KeySet {
  /** All that could have signed it: two keys may share an id, for instance while an issuer rotates carelessly. */
  candidates(keyId: string | undefined, algorithm: string): readonly VerificationKey[]
}

/** @throws TypeError for what is no JWK set, or has no usable key */
export function parseKeySet(value: unknown): KeySet {
  const { keys } = (typeof value === 'object' && value !== null ? value : {}) as { keys?: unknown }
  if (!Array.isArray(keys)) throw new TypeError('not a JWK set: no member keys')
  if (keys.length > MAX_KEYS) throw new TypeError(`a JWK set of more than ${MAX_KEYS} keys`)
  // RFC 7517 §5: what is not understood is ignored, so that an issuer may publish keys of other kinds.
  const usable = keys.flatMap((key: unknown) => readKey(key) ?? [])
  if (usable.length === 0) throw new TypeError('a JWK set without a key that can verify an access token')
  return {
    candidates: (keyId, algorithm) =>
      usable.filter(
        (key) =>
          key.algorithms.includes(algorithm) && (keyId === undefined || key.keyId === undefined || key.keyId === keyId),
      ),
  }
}

function readKey(value: unknown): VerificationKey | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { kty, crv, alg, use, kid, key_ops: operations, d: secret } = value as Record<string, unknown>
  if (use !== undefined && use !== 'sig') return undefined
  if (Array.isArray(operations) && !operations.includes('verify')) return undefined
  const able = ALGORITHMS_OF[kty === 'RSA' ? 'RSA' : `${String(kty)} ${String(crv)}`]
  if (able === undefined || (alg !== undefined && !able.includes(alg as string))) return undefined
  const imported = new Map<string, Promise<CryptoKey | Uint8Array>>()
  // A private key that somebody published by mistake still verifies, and never as anything but a public one.
  const { d, p, q, dp, dq, qi, ...jwk } = value as JWK
  void [secret, d, p, q, dp, dq, qi]
  return {
    keyId: typeof kid === 'string' ? kid : undefined,
    algorithms: alg === undefined ? able : [alg as string],
    importFor(algorithm) {
      const known = imported.get(algorithm)
      if (known !== undefined) return known
      const key = importJWK(jwk, algorithm)
      imported.set(algorithm, key)
      return key
    },
  }
}
