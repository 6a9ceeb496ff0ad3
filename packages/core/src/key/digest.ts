/**
 * What is kept of a key: `sha256$<hex>`, or `hmac-sha256$<pepper version>$<hex>`, of the whole key. The algorithm is
 * named in the value, so that it can be changed one record at a time.
 * @module
 */
import { type Flow, type MaybePromise, runFlow, settle } from '../primitives/flow.ts'
import type { Primitives } from '../primitives/primitives.ts'
import { MAX_KEY_LENGTH } from './key-format.ts'
import { findPepper, type Pepper, type Peppers } from './peppers.ts'

export interface DigestContext {
  readonly primitives: Primitives
  readonly peppers?: Peppers | undefined
}

/** A digest as it was kept, taken apart. */
export type StoredDigest =
  | { readonly algorithm: 'sha256'; readonly hex: string }
  | { readonly algorithm: 'hmac-sha256'; readonly version: string; readonly hex: string }

/** Thrown where a record names a pepper that this process was not given: nobody's fault but the operator's. */
export class PepperMissing extends Error {
  readonly code = 'pepper-missing'
  readonly version: string

  constructor(version: string) {
    super(`no pepper of version ${version} is configured`)
    this.name = 'PepperMissing'
    this.version = version
  }
}

/** `undefined` for anything that is not of the form. */
export function parseDigest(text: unknown): StoredDigest | undefined {
  if (typeof text !== 'string') return undefined
  const parts = text.split('$', 4)
  if (parts[0] === 'sha256' && parts.length === 2 && isHex256(parts[1])) {
    return { algorithm: 'sha256', hex: parts[1] as string }
  }
  if (
    parts[0] === 'hmac-sha256' &&
    parts.length === 3 &&
    isHex256(parts[2]) &&
    /^[A-Za-z0-9]{1,16}$/.test(parts[1] as string)
  ) {
    return { algorithm: 'hmac-sha256', version: parts[1] as string, hex: parts[2] as string }
  }
  return undefined
}

/** The stored form: with the current pepper if there is one. */
export function digestKey(key: string, { primitives, peppers }: DigestContext): MaybePromise<string> {
  return runFlow(digestFlow(key, primitives, peppers?.current))
}

function* digestFlow(key: string, primitives: Primitives, pepper: Pepper | undefined): Flow<string> {
  const hex = toHex(yield* computeDigest(key, primitives, pepper))
  return pepper === undefined ? `sha256$${hex}` : `hmac-sha256$${pepper.version}$${hex}`
}

/**
 * Whether the digest is that of the key, in time that depends on neither.
 * @throws PepperMissing
 */
export function* matchKey(key: string, digest: StoredDigest, { primitives, peppers }: DigestContext): Flow<boolean> {
  const pepper = digest.algorithm === 'hmac-sha256' ? findPepper(peppers, digest.version) : undefined
  if (digest.algorithm === 'hmac-sha256' && pepper === undefined) throw new PepperMissing(digest.version)
  const computed = yield* computeDigest(key, primitives, pepper)
  return primitives.timingSafeEqual(computed, fromHex(digest.hex))
}

/** The work of `matchKey` for a key of which there is no record. Never true. */
export function* matchNothing(key: string, { primitives, peppers }: DigestContext): Flow<false> {
  const computed = yield* computeDigest(key, primitives, peppers?.current)
  primitives.timingSafeEqual(computed, fromHex(NO_DIGEST))
  return false
}

/** A stand-in of the right length; its value is never what decides. */
const NO_DIGEST = '00'.repeat(32)

function* computeDigest(key: string, primitives: Primitives, pepper: Pepper | undefined): Flow<Uint8Array> {
  const octets = toOctets(key)
  return pepper === undefined
    ? yield* settle(primitives.digest('SHA-256', octets))
    : yield* settle(primitives.hmacSha256(pepper.secret, octets))
}

/** Keys are ASCII; a longer or another text was refused before it came here. */
function toOctets(key: string): Uint8Array {
  if (key.length > MAX_KEY_LENGTH) throw new RangeError('longer than a key can be')
  return new TextEncoder().encode(key)
}

function isHex256(text: string | undefined): boolean {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text)
}

function toHex(octets: Uint8Array): string {
  let hex = ''
  for (const octet of octets) hex += octet.toString(16).padStart(2, '0')
  return hex
}

function fromHex(hex: string): Uint8Array {
  const octets = new Uint8Array(hex.length >> 1)
  for (let at = 0; at < octets.length; at++) {
    octets[at] = (nibble(hex.charCodeAt(2 * at)) << 4) | nibble(hex.charCodeAt(2 * at + 1))
  }
  return octets
}

function nibble(code: number): number {
  return code < 58 ? code - 48 : code - 87
}
