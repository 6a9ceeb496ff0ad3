/** The keys that an issuer signs with: in this process, or behind a callback where a key vault has them. @module */
import { CompactSign, type CryptoKey, calculateJwkThumbprint, exportJWK, importPKCS8, type JWK } from 'jose'
import { encodeBase64Url } from '../bytes/base64.ts'
import { encodeUtf8 } from '../bytes/text.ts'
import { DEFAULT_TOKEN_ALGORITHMS } from './key-set.ts'

/** When a key is in use: it signs between `from` and `until`, the newest first, and is published a while longer. */
export interface SigningKeyTimes {
  /** Published at once, so that every service has it when it begins to sign. Default: at once. */
  readonly from?: Date
  /** Signs no longer. Published until the last token that it signed has ended. */
  readonly until?: Date
}

export interface SigningKey extends SigningKeyTimes {
  readonly keyId: string
  readonly algorithm: string
  /** Public members only. */
  readonly publicKey: Readonly<JWK>
  /** A JWT in compact form. */
  sign(header: Readonly<Record<string, unknown>>, claims: Readonly<Record<string, unknown>>): Promise<string>
}

export interface SigningKeyCallback extends SigningKeyTimes {
  readonly algorithm: string
  readonly publicKey: JWK
  /** The signature in the form of JWS (RFC 7518 §3): for ECDSA r and s side by side. */
  readonly sign: (signingInput: Uint8Array) => Promise<Uint8Array> | Uint8Array
}

/**
 * @param pem PKCS #8, unencrypted
 * @throws TypeError for an algorithm that tokens cannot be signed with, or a key that is none for it; nothing of the key is quoted
 */
export async function signingKey(
  pem: string,
  options: SigningKeyTimes & { readonly algorithm: string },
): Promise<SigningKey> {
  const algorithm = checkAlgorithm(options.algorithm)
  let key: CryptoKey
  try {
    key = await importPKCS8(pem, algorithm, { extractable: true })
  } catch {
    throw new TypeError(`signingKey: not an unencrypted PKCS #8 key for ${algorithm}`)
  }
  const publicKey = publicMembers(await exportJWK(key))
  const keyId = await calculateJwkThumbprint(publicKey)
  return {
    ...timesOf(options),
    keyId,
    algorithm,
    publicKey: { ...publicKey, kid: keyId, alg: algorithm, use: 'sig' },
    sign: (header, claims) =>
      new CompactSign(encodeUtf8(JSON.stringify(claims)))
        .setProtectedHeader({ ...header, alg: algorithm, kid: keyId })
        .sign(key),
  }
}

/** @throws TypeError for an algorithm that tokens cannot be signed with */
export async function signingKeyCallback(options: SigningKeyCallback): Promise<SigningKey> {
  const algorithm = checkAlgorithm(options.algorithm)
  if (typeof options.sign !== 'function') throw new TypeError('signingKeyCallback: sign: a function')
  const publicKey = publicMembers(options.publicKey)
  const keyId = await calculateJwkThumbprint(publicKey)
  return {
    ...timesOf(options),
    keyId,
    algorithm,
    publicKey: { ...publicKey, kid: keyId, alg: algorithm, use: 'sig' },
    sign: async (header, claims) => {
      const part = (value: object) => encodeBase64Url(encodeUtf8(JSON.stringify(value)))
      const input = `${part({ ...header, alg: algorithm, kid: keyId })}.${part(claims)}`
      return `${input}.${encodeBase64Url(await options.sign(encodeUtf8(input)))}`
    },
  }
}

/** What is published: the members that RFC 7518 §6 calls public, one by one, so that no other can slip through. */
function publicMembers({ kty, crv, x, y, n, e }: JWK): JWK {
  const members = { kty, crv, x, y, n, e }
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as unknown as JWK
}

function checkAlgorithm(algorithm: string): string {
  if (DEFAULT_TOKEN_ALGORITHMS.includes(algorithm)) return algorithm
  throw new TypeError(`signing key: algorithm: one of ${DEFAULT_TOKEN_ALGORITHMS.join(', ')}`)
}

function timesOf({ from, until }: SigningKeyTimes): SigningKeyTimes {
  return { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) }
}
