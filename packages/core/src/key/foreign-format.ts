/**
 * Keys that another system issued, known by their SHA-256 alone: which texts are taken for one, and how its record is found.
 * Their holders keep them; the next rotation gives them keys of our own form.
 * @module
 */
import { encodeHex } from '../bytes/hex.ts'
import { encodeUtf8 } from '../bytes/text.ts'
import { type Flow, settle } from '../primitives/flow.ts'
import type { Primitives } from '../primitives/primitives.ts'
import { MAX_KEY_LENGTH } from './key-format.ts'

export interface ForeignFormat {
  /** Begins the ids of its keys in the registry, before a dot: lower-case letters and digits, a letter first, at most 16. */
  readonly name: string
  /** What each key begins with, to the letter; may be empty. */
  readonly prefix: string
  /** How long a key is, prefix included. At least 20 characters: shorter ones are no high-entropy secrets. */
  readonly length: { readonly min: number; readonly max: number }
  /** `digest`: by the first 128 bits of its SHA-256. Otherwise by so many characters after the prefix, which are then no secret. */
  readonly id: 'digest' | { readonly length: number }
}

const MIN_LENGTH = 20

/** No two of 10^12 keys share so many bits of a digest, and the rest of it stays unknown to whoever reads an id. */
const DIGEST_ID_LENGTH = 32

const MAX_ID_LENGTH = 64

/** @throws TypeError that names the option */
export function checkForeignFormats(formats: readonly ForeignFormat[], option: string): void {
  if (!Array.isArray(formats)) throw new TypeError(`${option}: a list of formats`)
  const names = new Set<string>()
  for (const { name, prefix, length, id } of formats) {
    if (typeof name !== 'string' || !/^[a-z][a-z0-9]{0,15}$/.test(name) || names.has(name)) {
      throw new TypeError(`${option}: a format's name is unique, 1 to 16 lower-case letters and digits, a letter first`)
    }
    names.add(name)
    if (typeof prefix !== 'string' || !isPrintable(prefix))
      throw new TypeError(`${option}: ${name}: prefix: printable ASCII`)
    const { min, max } = length ?? {}
    if (
      !Number.isSafeInteger(min) ||
      !Number.isSafeInteger(max) ||
      min < MIN_LENGTH ||
      max < min ||
      max > MAX_KEY_LENGTH
    ) {
      throw new TypeError(`${option}: ${name}: length: from ${MIN_LENGTH} to ${MAX_KEY_LENGTH}`)
    }
    const idLength = id === 'digest' ? DIGEST_ID_LENGTH : typeof id === 'object' && id !== null ? id.length : 0
    if (!Number.isSafeInteger(idLength) || idLength < 1 || idLength > MAX_ID_LENGTH) {
      throw new TypeError(`${option}: ${name}: id: 'digest', or { length } from 1 to ${MAX_ID_LENGTH}`)
    }
    if (id !== 'digest' && prefix.length + id.length >= min) {
      throw new TypeError(`${option}: ${name}: id: leaves nothing of a key for its secret`)
    }
  }
}

/** Id of the record of a key in one of the formats, the first that fits; `undefined` if none does. */
export function* foreignKeyId(
  text: string,
  formats: readonly ForeignFormat[],
  primitives: Primitives,
): Flow<string | undefined> {
  const format = formats.find(
    ({ prefix, length }) => text.length >= length.min && text.length <= length.max && text.startsWith(prefix),
  )
  if (format === undefined || !isPrintable(text)) return undefined
  if (format.id === 'digest') {
    return digestKeyId(format, encodeHex(yield* settle(primitives.digest('SHA-256', encodeUtf8(text)))))
  }
  return positionKeyId(format, text.slice(format.prefix.length, format.prefix.length + format.id.length))
}

/** @param hex SHA-256 of the whole key */
export function digestKeyId({ name }: Pick<ForeignFormat, 'name'>, hex: string): string {
  return `${name}.${hex.slice(0, DIGEST_ID_LENGTH)}`
}

export function positionKeyId({ name }: Pick<ForeignFormat, 'name'>, id: string): string {
  return `${name}.${id}`
}

function isPrintable(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x21 || code > 0x7e) return false
  }
  return true
}
