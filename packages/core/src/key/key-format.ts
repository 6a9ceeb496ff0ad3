/**
 * The form of an API key: `<prefix>_<id>_<secret><checksum>`.
 *
 * Fixed widths from the right, so that a prefix may hold underscores and nothing is ever split at a delimiter that a
 * random part could contain. The checksum covers everything before it: a mistyped key is refused without a look-up, and
 * a scanner knows a leaked one without asking anybody. It is no protection: anyone can compute it.
 * @module
 */
import { primitives as nativePrimitives } from '#primitives'
import { digitOf, isBase62, randomBase62, readBase62, toBase62 } from './base62.ts'
import { CRC32_START, crc32, crc32End, crc32Next, crc32NextFour } from './crc32.ts'

/** 62^12 is 71 bits: no two of 10^9 keys meet by chance, and a registry refuses to issue an id twice. */
export const KEY_ID_LENGTH = 12

/** 62^43 is 256.03 bits: as strong as the SHA-256 that keeps it. */
export const KEY_SECRET_LENGTH = 43

/** 62^6 is just above 2^32. */
export const KEY_CHECKSUM_LENGTH = 6

/** Room for an organisation, a product and an environment. */
export const MAX_PREFIX_LENGTH = 32

/** Longer input is not looked at. Our own keys are at most 95 characters; the rest is for imported formats. */
export const MAX_KEY_LENGTH = 256

/** What follows the prefix: `_<id>_<secret><checksum>`. */
export const KEY_TAIL_LENGTH: number = 1 + KEY_ID_LENGTH + 1 + KEY_SECRET_LENGTH + KEY_CHECKSUM_LENGTH

/**
 * Source of a regular expression for secret scanners, free of flags and of look-around. A match whose last six
 * characters are the CRC-32 of what stands before them is a key; `looksLikeKey` says so.
 */
export const KEY_PATTERN = '[a-z][a-z0-9_]{0,31}_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}'

/** RFC 8959 §2; the scheme of a URI is case-insensitive. */
const SECRET_TOKEN = 'secret-token:'

const UNDERSCORE = 95

/** Part of the prefix, so that a test key is told from a live one before any look-up, and by eye. */
export type KeyEnvironment = 'live' | 'test'

export interface ParsedKey {
  /** The key itself, without an RFC 8959 scheme. Secret. */
  readonly text: string
  /** Environment included: `cs_live`. */
  readonly prefix: string
  /** No secret: logs and events name a key by it. */
  readonly id: string
  /** The last part of the prefix, if that is `live` or `test`. */
  readonly environment: KeyEnvironment | undefined
}

export type KeyParse =
  | { readonly ok: true; readonly key: ParsedKey }
  | { readonly ok: false; readonly code: 'key-malformed'; readonly cause: KeyFormFault }
  | { readonly ok: false; readonly code: 'key-checksum-wrong' }

/** Names the rule that was broken and holds nothing of the key. */
export type KeyFormFault =
  | 'empty'
  | 'too-long'
  | 'too-short'
  | 'delimiter-misplaced'
  | 'character-not-allowed'
  | 'prefix-not-allowed'

/** Reads a key offline: its form and its checksum, nothing else. */
export function parseKey(input: string): KeyParse {
  return parseKeyFrom(input, 0)
}

/** The same for the rest of `input` from `at` on. Cut out before, its characters would be read at half the speed. */
export function parseKeyFrom(input: string, at: number): KeyParse {
  if (input.length === at) return malformed('empty')
  if (input.length - at > MAX_KEY_LENGTH) return malformed('too-long')
  const start = skipSecretToken(input, at)
  const prefixEnd = input.length - KEY_TAIL_LENGTH
  if (prefixEnd <= start) return malformed('too-short')
  const idEnd = prefixEnd + 1 + KEY_ID_LENGTH
  if (input.charCodeAt(prefixEnd) !== UNDERSCORE || input.charCodeAt(idEnd) !== UNDERSCORE) {
    return malformed('delimiter-misplaced')
  }
  if (!isKeyPrefix(input, start, prefixEnd)) return malformed('prefix-not-allowed')
  const checksumAt = input.length - KEY_CHECKSUM_LENGTH
  const crc = checkBody(input, start, prefixEnd, checksumAt)
  const checksum = readBase62(input, checksumAt, input.length)
  if (Number.isNaN(crc) || Number.isNaN(checksum)) return malformed('character-not-allowed')
  if (crc !== checksum) return { ok: false, code: 'key-checksum-wrong' }
  const prefix = input.slice(start, prefixEnd)
  const id = input.slice(prefixEnd + 1, idEnd)
  return { ok: true, key: { text: input.slice(start), prefix, id, environment: environmentOf(prefix) } }
}

/** Alphabet and CRC-32 of all before the checksum, in one pass: every request pays for it. `NaN` for a character that is none of ours. */
function checkBody(text: string, start: number, prefixEnd: number, end: number): number {
  let crc = CRC32_START
  let at = start
  for (; at <= prefixEnd; at++) crc = crc32Next(crc, text.charCodeAt(at))
  // Id, underscore and secret: fourteen times four characters, of which the underscore alone is no digit.
  let others = 0
  for (; at < end; at += 4) {
    const a = text.charCodeAt(at)
    const b = text.charCodeAt(at + 1)
    const c = text.charCodeAt(at + 2)
    const d = text.charCodeAt(at + 3)
    others += (digitOf(a) >> 7) + (digitOf(b) >> 7) + (digitOf(c) >> 7) + (digitOf(d) >> 7)
    crc = crc32NextFour(crc, a | (b << 8) | (c << 16) | (d << 24))
  }
  return others === 1 ? crc32End(crc) : Number.NaN
}

/** Our format with a right checksum. */
export function looksLikeKey(text: string): boolean {
  return parseKey(text).ok
}

export interface KeyGeneration {
  /** Environment included: `cs_live`. Lower-case letters and digits in parts joined by single underscores, a letter first, at most 32 characters. */
  readonly prefix: string
  /** Default: the runtime's own. */
  readonly randomBytes?: (length: number) => Uint8Array
}

/** @throws TypeError for a prefix that is not of its form */
export function generateKey({ prefix, randomBytes = nativePrimitives.randomBytes }: KeyGeneration): string {
  checkKeyPrefix(prefix, 'prefix')
  const id = randomBase62(KEY_ID_LENGTH, randomBytes)
  const body = `${prefix}_${id}_${randomBase62(KEY_SECRET_LENGTH, randomBytes)}`
  return body + toBase62(crc32(body), KEY_CHECKSUM_LENGTH)
}

/** @throws TypeError that names the option */
export function checkKeyPrefix(prefix: string, option: string): void {
  if (typeof prefix !== 'string' || !isKeyPrefix(prefix, 0, prefix.length)) {
    throw new TypeError(
      `${option}: lower-case letters and digits in parts joined by single underscores, a letter first, ` +
        `at most ${MAX_PREFIX_LENGTH} characters`,
    )
  }
}

/** `[a-z][a-z0-9]*(_[a-z0-9]+)*` within `text`. */
export function isKeyPrefix(text: string, start: number, end: number): boolean {
  if (end - start < 1 || end - start > MAX_PREFIX_LENGTH || !isLowerCase(text.charCodeAt(start))) return false
  for (let at = start + 1; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === UNDERSCORE) {
      if (at + 1 === end || text.charCodeAt(at - 1) === UNDERSCORE) return false
    } else if (!isLowerCase(code) && !isDigit(code)) {
      return false
    }
  }
  return true
}

/** Whether the last six characters of the range are the checksum of what stands before them in it. */
export function isChecksumRight(text: string, start: number, end: number): boolean {
  const bodyEnd = end - KEY_CHECKSUM_LENGTH
  return readBase62(text, bodyEnd, end) === crc32(text, start, bodyEnd)
}

export function isBase62Run(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (!isBase62(text.charCodeAt(at))) return false
  }
  return true
}

/** RFC 8959 §2: `secret-token:` tells software that what follows must not be passed on. It is not part of the key. */
function skipSecretToken(text: string, at: number): number {
  const end = at + SECRET_TOKEN.length
  return text.charCodeAt(end - 1) === 58 && text.slice(at, end).toLowerCase() === SECRET_TOKEN ? end : at
}

function environmentOf(prefix: string): KeyEnvironment | undefined {
  if (prefix.endsWith('_live')) return 'live'
  return prefix.endsWith('_test') ? 'test' : undefined
}

function malformed(cause: KeyFormFault): KeyParse {
  return { ok: false, code: 'key-malformed', cause }
}

function isLowerCase(code: number): boolean {
  return code >= 97 && code <= 122
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
