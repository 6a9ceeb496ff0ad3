/**
 * Envoy's `x-forwarded-client-cert`: elements joined by commas, one for each proxy on the way, each made of `key=value` pairs.
 *
 * Of an element only `Cert`, `Chain` and `Hash` are used. Envoy writes `URI` and `By` without quotes whatever is in them
 * (envoyproxy/envoy#32945), so a client can put separators into its own element by way of a name in its certificate. It cannot
 * put a certificate there unseen: a key that occurs twice is refused, and `Hash`, which Envoy always writes, must be that of `Cert`.
 * @module
 */
import { equalBytes } from '../bytes/equal.ts'
import { encodeHex } from '../bytes/hex.ts'
import { sha256 } from '../primitives/sha256.ts'
import type { Decoded } from './decoded.ts'
import { decodeEscapedPem } from './escaped-pem.ts'

/** More proxies in a row than anybody runs. */
const MAX_ELEMENTS = 16

/** Only these are kept. */
const KEPT = ['cert', 'chain', 'hash'] as const

export interface XfccElement {
  readonly cert?: string
  readonly chain?: string
  readonly hash?: string
}

/** The elements in order: a proxy that appends writes the last one. Text: the rule that the field breaks. */
export function parseXfcc(text: string): readonly XfccElement[] | string {
  const elements: XfccElement[] = []
  let element: Partial<Record<(typeof KEPT)[number], string>> = {}
  for (let at = 0; ; ) {
    const pair = readPair(text, at)
    if (typeof pair === 'string') return pair
    const key = KEPT.find((name) => name === pair.key)
    if (key !== undefined) {
      if (element[key] !== undefined) return 'a key that may occur once occurs twice'
      element[key] = pair.value
    }
    // Azure Container Apps ends an element with a semicolon.
    const trailing = text[pair.end] === ';' && (pair.end + 1 === text.length || text[pair.end + 1] === ',')
    const end = trailing ? pair.end + 1 : pair.end
    if (end === text.length || text[end] === ',') {
      if (elements.push(element) > MAX_ELEMENTS) return `more than ${MAX_ELEMENTS} elements`
      if (end === text.length) return elements
      element = {}
    }
    at = end + 1
  }
}

/**
 * The certificates of one element, the leaf first.
 * @returns `undefined` if it names a certificate by its hash alone
 */
export function decodeXfccElement({ cert, chain, hash }: XfccElement, limit: number): Decoded | undefined {
  if (cert === undefined) return chain === undefined ? undefined : 'a Chain without its Cert'
  const decoded = decodeEscapedPem(cert, 1)
  if (typeof decoded === 'string') return decoded
  const [leaf] = decoded
  if (hash !== undefined && hash.toLowerCase() !== encodeHex(sha256(leaf))) return 'a Hash that is not that of Cert'
  if (chain === undefined) return decoded
  const whole = decodeEscapedPem(chain, limit)
  if (typeof whole === 'string') return whole
  return equalBytes(whole[0], leaf) ? whole : 'a Chain that does not begin with Cert'
}

interface Pair {
  /** Lower case: keys are case-insensitive. */
  readonly key: string
  readonly value: string
  /** Where the separator stands, or the end of the text. */
  readonly end: number
}

function readPair(text: string, start: number): Pair | string {
  const equals = text.indexOf('=', start)
  if (equals === -1) return 'a pair without ='
  const key = text.slice(start, equals).toLowerCase()
  if (key === '' || key.length > 16 || !isWord(key)) return 'a pair without a key'
  return text[equals + 1] === '"' ? readQuoted(text, key, equals + 2) : readBare(text, key, equals + 1)
}

function readBare(text: string, key: string, start: number): Pair | string {
  let end = start
  while (end < text.length && text[end] !== ';' && text[end] !== ',') {
    if (text[end] === '"') return 'a quote inside a bare value'
    end++
  }
  return { key, value: text.slice(start, end), end }
}

/**
 * `\"` is a quote inside the value. Two backslashes before a quote are refused: one reader takes them for an escaped
 * backslash and the quote for the end, another takes the quote for escaped.
 */
function readQuoted(text: string, key: string, start: number): Pair | string {
  let backslashes = 0
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (character === '\\') {
      backslashes++
      continue
    }
    if (character === '"' && backslashes % 2 === 0) {
      if (backslashes > 0) return 'a quote that may or may not be escaped'
      const end = at + 1
      if (end < text.length && text[end] !== ';' && text[end] !== ',') return 'text after a quoted value'
      return { key, value: text.slice(start, at), end }
    }
    backslashes = 0
  }
  return 'an unterminated quote'
}

function isWord(key: string): boolean {
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at)
    if (code < 0x61 || code > 0x7a) return false
  }
  return true
}
