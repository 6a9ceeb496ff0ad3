/**
 * The portable back end: WebCrypto, for Deno, Workers and wherever node:crypto is not.
 * @module
 */

import { ecdsaSignatureToP1363 } from './ecdsa-signature.ts'
import { KeyCache } from './key-cache.ts'
import { zeroMlDsaKey } from './ml-dsa.ts'
import type {
  CopyOctets,
  OpenChannel,
  Primitives,
  SignatureCheck,
  SignatureScheme,
  SignatureVerdict,
  VerifyLarge,
} from './primitives.ts'

const COORDINATE_BYTES = { 'P-256': 32, 'P-384': 48, 'P-521': 66 } as const

/** `getRandomValues` refuses more at a time (W3C Web Cryptography). */
const RANDOM_BYTES_AT_ONCE = 65_536

type Subtle = typeof globalThis.crypto.subtle
type WebKey = Awaited<ReturnType<Subtle['importKey']>>

export function createWebPrimitives(): Primitives {
  const keys = new KeyCache<WebKey>()
  const support = new Map<string, Promise<boolean>>()
  return {
    name: 'web',
    digest: async (algorithm, data) => new Uint8Array(await subtle().digest(algorithm, source(data))),
    hmacSha256,
    verifySignature: (check) => verifySignature(check, keys, support),
    timingSafeEqual,
    randomBytes,
  }
}

export const primitives: Primitives = createWebPrimitives()

export const openChannel: OpenChannel = () => undefined

/** WebCrypto holds nothing up. */
export const verifyLarge: VerifyLarge | undefined = undefined

export const copyOctets: CopyOctets = (octets) => new Uint8Array(octets)

async function hmacSha256(key: Uint8Array, data: Uint8Array): Promise<Uint8Array> {
  // An empty HMAC key cannot be imported; a zero octet means the same key, for HMAC pads with zeros (RFC 2104 §2).
  const material = key.length === 0 ? new Uint8Array(1) : key
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await subtle().importKey('raw', source(material), algorithm, false, ['sign'])
  return new Uint8Array(await subtle().sign('HMAC', imported, source(data)))
}

async function verifySignature(
  { scheme, publicKey, data, signature }: SignatureCheck,
  keys: KeyCache<WebKey>,
  support: Map<string, Promise<boolean>>,
): Promise<SignatureVerdict> {
  if (scheme.kind === 'ml-dsa' && !(await supportsMlDsa(scheme, support))) return 'unsupported'
  const raw = scheme.kind === 'ecdsa' ? ecdsaSignatureToP1363(signature, COORDINATE_BYTES[scheme.curve]) : signature
  if (raw === undefined) return 'invalid'
  try {
    const key = await importKey(scheme, publicKey, keys)
    return (await subtle().verify(verifyParameters(scheme), key, source(raw), source(data))) ? 'valid' : 'invalid'
  } catch {
    return 'invalid'
  }
}

async function importKey(scheme: SignatureScheme, publicKey: Uint8Array, keys: KeyCache<WebKey>): Promise<WebKey> {
  // A CryptoKey is bound to its algorithm and hash, so these are part of what is remembered.
  const parameters = importParameters(scheme)
  const use = `${parameters.name} ${'hash' in scheme ? scheme.hash : ''}`
  const kept = keys.get(publicKey, use)
  if (kept !== undefined) return kept
  const key = await subtle().importKey('spki', source(publicKey), parameters, false, ['verify'])
  keys.set(publicKey, use, key)
  return key
}

function importParameters(scheme: SignatureScheme): { name: string; hash?: string; namedCurve?: string } {
  switch (scheme.kind) {
    case 'rsa-pkcs1':
      return { name: 'RSASSA-PKCS1-v1_5', hash: scheme.hash }
    case 'rsa-pss':
      return { name: 'RSA-PSS', hash: scheme.hash }
    case 'ecdsa':
      return { name: 'ECDSA', namedCurve: scheme.curve }
    case 'ed25519':
      return { name: 'Ed25519' }
    case 'ml-dsa':
      return { name: scheme.parameterSet }
  }
}

function verifyParameters(scheme: SignatureScheme): { name: string; hash?: string; saltLength?: number } {
  switch (scheme.kind) {
    case 'rsa-pkcs1':
      return { name: 'RSASSA-PKCS1-v1_5' }
    case 'rsa-pss':
      return { name: 'RSA-PSS', saltLength: scheme.saltLength }
    case 'ecdsa':
      return { name: 'ECDSA', hash: scheme.hash }
    case 'ed25519':
      return { name: 'Ed25519' }
    case 'ml-dsa':
      return { name: scheme.parameterSet }
  }
}

function supportsMlDsa(
  scheme: SignatureScheme & { kind: 'ml-dsa' },
  support: Map<string, Promise<boolean>>,
): Promise<boolean> {
  const known = support.get(scheme.parameterSet)
  if (known !== undefined) return known
  const asked = subtle()
    .importKey('spki', source(zeroMlDsaKey(scheme.parameterSet)), { name: scheme.parameterSet }, false, ['verify'])
    .then(
      () => true,
      () => false,
    )
  support.set(scheme.parameterSet, asked)
  return asked
}

/** No early exit and no branch on the content. */
function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let index = 0; index < a.length; index++) difference |= (a[index] as number) ^ (b[index] as number)
  return difference === 0
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let start = 0; start < length; start += RANDOM_BYTES_AT_ONCE)
    globalThis.crypto.getRandomValues(bytes.subarray(start, start + RANDOM_BYTES_AT_ONCE))
  return bytes
}

/** Asked for at each use: a runtime without WebCrypto then fails where it is needed, not when this module loads. */
function subtle(): Subtle {
  return globalThis.crypto.subtle
}

/** WebCrypto takes no shared memory; nothing here ever hands it any. */
function source(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>
}
