/**
 * What is kept of a key: `sha256$<hex>`, or `hmac-sha256$<pepper version>$<hex>`, of the whole key. The algorithm is
 * named in the value, so that it can be changed one record at a time.
 * @module
 */
import { primitives as nativePrimitives } from '#primitives'
import { decodeHex, encodeHex } from '../bytes/hex.ts'
import { encodeUtf8 } from '../bytes/text.ts'
import { type Flow, type MaybePromise, runFlow, settle } from '../primitives/flow.ts'
import type { Primitives } from '../primitives/primitives.ts'
import { isPepperVersion, type Pepper, type Peppers } from './peppers.ts'

/** A digest as it was kept, taken apart. */
export interface StoredDigest {
  /** Of the pepper; `undefined` for plain SHA-256. */
  readonly version: string | undefined
  readonly octets: Uint8Array
}

export interface MatchContext {
  readonly primitives: Primitives
  readonly peppers?: Peppers | undefined
}

export interface DigestOptions {
  readonly pepper?: Pepper | undefined
  readonly primitives?: Primitives
}

/** A kept digest that nothing can be compared with: the operator's fault, never the caller's. */
export class DigestFault extends Error {
  readonly code: 'digest-malformed' | 'pepper-missing'

  constructor(code: DigestFault['code']) {
    super(code)
    this.name = 'DigestFault'
    this.code = code
  }
}

const SHA256 = 'sha256$'
const HMAC = 'hmac-sha256$'
const HEX_LENGTH = 64

/** The hex of no digest: nobody knows what it would be of. A literal, because `repeat` makes a text of pieces. */
export const NO_DIGEST = '0000000000000000000000000000000000000000000000000000000000000000'

/** `undefined` for anything that is not of the form. */
export function parseDigest(text: string): StoredDigest | undefined {
  const hexAt = text.length - HEX_LENGTH
  if (hexAt < SHA256.length) return undefined
  const version = readVersion(text, hexAt)
  if (version === undefined) return undefined
  const hex = text.slice(hexAt)
  const octets = hex === hex.toLowerCase() ? decodeHex(hex) : undefined
  return octets && { version: version === '' ? undefined : version, octets }
}

/** The stored form: HMAC-SHA-256 if there is a pepper, else SHA-256. */
export function digestKey(
  key: string,
  { primitives = nativePrimitives, pepper }: DigestOptions = {},
): MaybePromise<string> {
  return runFlow(digestFlow(key, primitives, pepper))
}

function* digestFlow(key: string, primitives: Primitives, pepper: Pepper | undefined): Flow<string> {
  const hex = encodeHex(yield* computeDigest(key, primitives, pepper?.secret))
  return storedForm(pepper?.version, hex)
}

/**
 * Whether the kept digest is that of the key, in time that depends on neither.
 * @throws DigestFault, or rejects with it
 */
export function matchKey(key: string, digest: string, context: MatchContext): MaybePromise<boolean> {
  const { sha256Hex } = context.primitives
  if (sha256Hex !== undefined && isPlainDigest(digest)) return endsWithInConstantTime(digest, sha256Hex(key))
  return runFlow(matchFlow(key, digest, context))
}

function* matchFlow(key: string, digest: string, { primitives, peppers }: MatchContext): Flow<boolean> {
  const stored = parseDigest(digest)
  if (stored === undefined) throw new DigestFault('digest-malformed')
  const secret = stored.version === undefined ? undefined : findSecret(peppers, stored.version)
  const computed = yield* computeDigest(key, primitives, secret)
  return primitives.timingSafeEqual(computed, stored.octets)
}

/**
 * A digest of no key, for the work of comparing where there is nothing to compare with: by the newest pepper, if there is one,
 * as most records are then.
 */
export function decoyDigest(peppers: Peppers | undefined): string {
  const version = peppers && Object.keys(peppers).at(-1)
  return storedForm(version, NO_DIGEST)
}

/** Joined, not concatenated: V8 would keep the pieces, and each look at the text would go through them. */
function storedForm(version: string | undefined, hex: string): string {
  return (version === undefined ? [SHA256, hex] : [HMAC, version, '$', hex]).join('')
}

/** Every character is compared, whatever the ones before it were. Lengths are no secret. */
function endsWithInConstantTime(text: string, end: string): boolean {
  const start = text.length - end.length
  let difference = 0
  for (let at = 0; at < end.length; at++) difference |= text.charCodeAt(start + at) ^ end.charCodeAt(at)
  return difference === 0 && end.length === HEX_LENGTH
}

function isPlainDigest(text: string): boolean {
  return text.length === SHA256.length + HEX_LENGTH && text.startsWith(SHA256)
}

function readVersion(text: string, hexAt: number): string | undefined {
  if (hexAt === SHA256.length && text.startsWith(SHA256)) return ''
  if (!text.startsWith(HMAC) || text[hexAt - 1] !== '$') return undefined
  const version = text.slice(HMAC.length, hexAt - 1)
  return isPepperVersion(version) ? version : undefined
}

function findSecret(peppers: Peppers | undefined, version: string): Uint8Array {
  if (peppers === undefined || !Object.hasOwn(peppers, version)) throw new DigestFault('pepper-missing')
  return peppers[version] as Uint8Array
}

function* computeDigest(key: string, primitives: Primitives, secret: Uint8Array | undefined): Flow<Uint8Array> {
  const octets = encodeUtf8(key)
  return secret === undefined
    ? yield* settle(primitives.digest('SHA-256', octets))
    : yield* settle(primitives.hmacSha256(secret, octets))
}
