/**
 * Keys where no key may stand: finding them in a request target, and taking them out of anything that is written down.
 * @module
 */
import { isBase62 } from './base62.ts'
import {
  isBase62Run,
  isChecksumRight,
  isKeyPrefix,
  KEY_ID_LENGTH,
  KEY_TAIL_LENGTH,
  MAX_PREFIX_LENGTH,
} from './key-format.ts'

export interface ExposedKey {
  readonly part: TargetPart
  /** The whole key. Secret: it goes into a digest comparison and nowhere else. */
  readonly key: string
  readonly keyId: string
}

export type TargetPart = 'path' | 'query' | 'fragment' | 'authority'

/** Proxies and clients that escape what is already escaped do so once. */
const MAX_DECODINGS = 2

/** More keys than this in one target are no accident; the request is refused for the first. */
const MAX_EXPOSED_KEYS = 8

/** A secret that lost its end in copying is still most of a secret. */
const MIN_REDACTED_RUN = 24

const UNDERSCORE = 95

/**
 * Every key in our format with a right checksum in a request target, as received and percent-decoded. Work grows
 * linearly with the target.
 */
export function findExposedKeys(target: string): readonly ExposedKey[] {
  // Nothing shorter can hold a key, and most targets are shorter. Escapes only make it longer.
  if (target.length <= KEY_TAIL_LENGTH) return []
  const found = new Map<string, ExposedKey>()
  for (const [part, text] of splitTarget(target)) {
    for (const form of decodedForms(text)) collectKeys(form, part, found)
  }
  return [...found.values()]
}

/**
 * The text without secrets: whatever has the form of a key, checksum right or wrong, becomes
 * `<prefix>_<id>_[redacted]`. If a key only shows once the text is percent-decoded, the decoded text is returned.
 */
export function redactKeys(text: string): string {
  let shown = redactForm(text)
  let form = shown
  for (let decodings = 0; decodings < MAX_DECODINGS; decodings++) {
    const decoded = decodePercent(form)
    if (decoded === form) break
    form = redactForm(decoded)
    if (form !== decoded) shown = form
  }
  return shown
}

/** RFC 9112 §3.2: origin form, absolute form (which has an authority), authority form and asterisk form. */
function* splitTarget(target: string): Generator<readonly [TargetPart, string]> {
  const fragmentAt = indexOr(target, '#', target.length)
  const queryAt = Math.min(indexOr(target, '?', fragmentAt), fragmentAt)
  const schemeEnd = target.indexOf('://')
  let pathAt = 0
  if (!target.startsWith('/') && schemeEnd > 0 && schemeEnd < queryAt) {
    pathAt = Math.min(indexOr(target, '/', queryAt, schemeEnd + 3), queryAt)
    yield ['authority', target.slice(schemeEnd + 3, pathAt)]
  }
  yield ['path', target.slice(pathAt, queryAt)]
  if (queryAt < fragmentAt) yield ['query', target.slice(queryAt + 1, fragmentAt)]
  if (fragmentAt < target.length) yield ['fragment', target.slice(fragmentAt + 1)]
}

function indexOr(text: string, sought: string, otherwise: number, from = 0): number {
  const at = text.indexOf(sought, from)
  return at === -1 ? otherwise : at
}

function* decodedForms(text: string): Generator<string> {
  yield text
  let form = text
  for (let decodings = 0; decodings < MAX_DECODINGS; decodings++) {
    const decoded = decodePercent(form)
    if (decoded === form) return
    yield decoded
    form = decoded
  }
}

function collectKeys(text: string, part: TargetPart, found: Map<string, ExposedKey>): void {
  for (let at = text.indexOf('_'); at !== -1 && found.size < MAX_EXPOSED_KEYS; at = text.indexOf('_', at + 1)) {
    const end = at + KEY_TAIL_LENGTH
    const idEnd = at + 1 + KEY_ID_LENGTH
    if (end > text.length) return
    if (text.charCodeAt(idEnd) !== UNDERSCORE) continue
    if (!isBase62Run(text, at + 1, idEnd) || !isBase62Run(text, idEnd + 1, end)) continue
    const start = findPrefixStart(text, at, end)
    if (start === undefined) continue
    const key = text.slice(start, end)
    if (!found.has(key)) found.set(key, { part, key, keyId: text.slice(at + 1, idEnd) })
  }
}

/** In `/v1/my_cs_live_…` nothing marks where the prefix begins, so the checksum is asked for each start it could have. */
function findPrefixStart(text: string, prefixEnd: number, end: number): number | undefined {
  for (let start = prefixEnd - 1; start >= Math.max(0, prefixEnd - MAX_PREFIX_LENGTH); start--) {
    if (isKeyPrefix(text, start, prefixEnd) && isChecksumRight(text, start, end)) return start
  }
  return undefined
}

function redactForm(text: string): string {
  let redacted = ''
  let kept = 0
  for (let at = text.indexOf('_'); at !== -1; at = text.indexOf('_', at + 1)) {
    const idEnd = at + 1 + KEY_ID_LENGTH
    if (text.charCodeAt(idEnd) !== UNDERSCORE || !isBase62Run(text, at + 1, idEnd)) continue
    const secretEnd = base62RunEnd(text, idEnd + 1)
    if (secretEnd - idEnd - 1 < MIN_REDACTED_RUN) continue
    redacted += `${text.slice(kept, idEnd + 1)}[redacted]`
    kept = secretEnd
    at = secretEnd - 1
  }
  return kept === 0 ? text : redacted + text.slice(kept)
}

function base62RunEnd(text: string, start: number): number {
  let end = start
  while (isBase62(text.charCodeAt(end))) end++
  return end
}

/** Only what stands for a visible ASCII character is decoded: no key holds anything else. Broken escapes stay as they are. */
function decodePercent(text: string): string {
  let at = text.indexOf('%')
  if (at === -1) return text
  let decoded = text.slice(0, at)
  for (; at < text.length; at++) {
    const octet =
      text.charCodeAt(at) === 37 ? hexDigit(text.charCodeAt(at + 1)) * 16 + hexDigit(text.charCodeAt(at + 2)) : -1
    if (octet > 32 && octet < 127) {
      decoded += String.fromCharCode(octet)
      at += 2
    } else {
      decoded += text[at]
    }
  }
  return decoded
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const letter = code | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : Number.NaN
}
