/**
 * The native, synchronous back end: node:crypto, node:diagnostics_channel, node:worker_threads.
 * @module
 */
import {
  constants,
  createHash,
  createHmac,
  createPublicKey,
  createVerify,
  hash,
  type KeyObject,
  randomBytes as nodeRandomBytes,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { channel } from 'node:diagnostics_channel'
import { markAsUntransferable } from 'node:worker_threads'
import { KeyCache } from './key-cache.ts'
import { type MlDsaParameterSet, zeroMlDsaKey } from './ml-dsa.ts'
import { createPooledCopy } from './pooled-copy.ts'
import type {
  CopyOctets,
  DigestAlgorithm,
  OpenChannel,
  Primitives,
  SignatureCheck,
  SignatureScheme,
  SignatureVerdict,
  VerifyLarge,
} from './primitives.ts'
import { runInSlices } from './slices.ts'

/** Hashed in some tenths of a millisecond. */
const PIECE_OCTETS = 262_144

const NODE_DIGEST = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' } as const

const KEY_TYPE = { 'rsa-pkcs1': 'rsa', 'rsa-pss': 'rsa', ecdsa: 'ec', ed25519: 'ed25519' } as const

export function createNodePrimitives(): Primitives {
  const keys = new KeyCache<KeyObject>()
  const support = new Map<string, boolean>()
  return {
    name: 'node',
    digest,
    hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
    verifySignature: (check) => verifySignature(check, keys, support),
    // A third of what a digest as octets costs, and nothing to collect (measured on Node 24).
    ...(typeof hash === 'function' ? { sha256Hex: (text: string) => hash('sha256', text, 'hex') } : {}),
    timingSafeEqual: (a, b) => a.length === b.length && timingSafeEqual(a, b),
    randomBytes: (length) => nodeRandomBytes(length),
  }
}

export const primitives: Primitives = createNodePrimitives()

export const openChannel: OpenChannel = (name) => channel(name)

export const copyOctets: CopyOctets = createPooledCopy(markAsUntransferable)

function digest(algorithm: DigestAlgorithm, data: Uint8Array): Uint8Array {
  // The one-shot form costs half of createHash for inputs of a certificate's size; some runtimes that speak node:crypto lack it.
  if (typeof hash === 'function') return hash(NODE_DIGEST[algorithm], data, 'buffer')
  return createHash(NODE_DIGEST[algorithm]).update(data).digest()
}

function verifySignature(
  { scheme, publicKey, data, signature }: SignatureCheck,
  keys: KeyCache<KeyObject>,
  support: Map<string, boolean>,
): SignatureVerdict {
  if (scheme.kind === 'ml-dsa' && !supportsMlDsa(scheme.parameterSet, support)) return 'unsupported'
  try {
    const key = importKey(publicKey, keys)
    if (!fits(key, scheme)) return 'invalid'
    return runVerify(scheme, key, data, signature) ? 'valid' : 'invalid'
  } catch {
    return 'invalid'
  }
}

function runVerify(scheme: SignatureScheme, key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  switch (scheme.kind) {
    case 'rsa-pkcs1':
      return verify(NODE_DIGEST[scheme.hash], data, key, signature)
    case 'rsa-pss': {
      const padding = constants.RSA_PKCS1_PSS_PADDING
      return verify(NODE_DIGEST[scheme.hash], data, { key, padding, saltLength: scheme.saltLength }, signature)
    }
    case 'ecdsa':
      return verify(NODE_DIGEST[scheme.hash], data, key, signature)
    case 'ed25519':
    case 'ml-dsa':
      return verify(null, data, key, signature)
  }
}

/** Nothing is kept for the next time, which is another list. */
export const verifyLarge: VerifyLarge = async ({ scheme, publicKey, data, signature }) => {
  if (scheme.kind === 'ml-dsa' && !supportsMlDsa(scheme.parameterSet, new Map())) return 'unsupported'
  try {
    const key = importKey(publicKey, new KeyCache())
    if (!fits(key, scheme)) return 'invalid'
    const isValid =
      scheme.kind === 'ed25519' || scheme.kind === 'ml-dsa'
        ? await verifyElsewhere(key, data, signature)
        : await verifyInPieces(scheme, key, data, signature)
    return isValid ? 'valid' : 'invalid'
  } catch {
    return 'invalid'
  }
}

async function verifyInPieces(
  scheme: Exclude<SignatureScheme, { kind: 'ed25519' | 'ml-dsa' }>,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const verifier = createVerify(NODE_DIGEST[scheme.hash])
  let offset = 0
  await runInSlices(() => {
    verifier.update(data.subarray(offset, offset + PIECE_OCTETS))
    offset += PIECE_OCTETS
    return offset >= data.length
  })
  if (scheme.kind !== 'rsa-pss') return verifier.verify(key, signature)
  return verifier.verify({ key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltLength }, signature)
}

/** These algorithms take their data whole: on a thread of the pool. */
function verifyElsewhere(key: KeyObject, data: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(null, data, key, signature, (error, isValid) => (error ? reject(error) : resolve(isValid)))
  })
}

function fits({ asymmetricKeyType }: KeyObject, scheme: SignatureScheme): boolean {
  if (scheme.kind !== 'ml-dsa') return asymmetricKeyType === KEY_TYPE[scheme.kind]
  // Node 22 verifies with such keys, and has no name for their type.
  return asymmetricKeyType === scheme.parameterSet.toLowerCase() || asymmetricKeyType === undefined
}

function importKey(publicKey: Uint8Array, keys: KeyCache<KeyObject>): KeyObject {
  const kept = keys.get(publicKey, '')
  if (kept !== undefined) return kept
  const view = Buffer.from(publicKey.buffer, publicKey.byteOffset, publicKey.byteLength)
  const key = createPublicKey({ key: view, format: 'der', type: 'spki' })
  keys.set(publicKey, '', key)
  return key
}

/** Asked once for each parameter set, with a key of zeros: any string of the right length is an ML-DSA public key (FIPS 204). */
function supportsMlDsa(parameterSet: MlDsaParameterSet, support: Map<string, boolean>): boolean {
  const known = support.get(parameterSet)
  if (known !== undefined) return known
  let supported: boolean
  try {
    const key = createPublicKey({ key: Buffer.from(zeroMlDsaKey(parameterSet)), format: 'der', type: 'spki' })
    supported = fits(key, { kind: 'ml-dsa', parameterSet })
  } catch {
    supported = false
  }
  support.set(parameterSet, supported)
  return supported
}
