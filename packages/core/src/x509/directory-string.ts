/** The string types of names (X.680 §41, RFC 5280 §4.1.2.4): decoding, and folding for comparison (RFC 4518). @module */
import { decodeUtf8 } from '../bytes/text.ts'
import {
  BMP_STRING,
  IA5_STRING,
  NUMERIC_STRING,
  PRINTABLE_STRING,
  TELETEX_STRING,
  UNIVERSAL_STRING,
  UTF8_STRING,
  VISIBLE_STRING,
} from '../der/tags.ts'

export function isStringTag(tag: number): boolean {
  return (
    tag === UTF8_STRING ||
    tag === PRINTABLE_STRING ||
    tag === IA5_STRING ||
    tag === TELETEX_STRING ||
    tag === BMP_STRING ||
    tag === UNIVERSAL_STRING ||
    tag === NUMERIC_STRING ||
    tag === VISIBLE_STRING
  )
}

/** The text, or undefined if the octets are not of that type. */
export function decodeString(tag: number, content: Uint8Array): string | undefined {
  switch (tag) {
    case UTF8_STRING:
      return decodeUtf8(content)
    case BMP_STRING:
      return decodeCodePoints(content, 2)
    case UNIVERSAL_STRING:
      return decodeCodePoints(content, 4)
    case IA5_STRING:
      return decodeSingleOctets(content, 0x00, 0x7f)
    // Read as Latin-1, which is what those who still write it mean.
    case TELETEX_STRING:
      return decodeSingleOctets(content, 0x00, 0xff)
    case NUMERIC_STRING:
      return decodeSingleOctets(content, 0x20, 0x39)
    // '@', '*', '&' and '_' are no PrintableString, and occur in it too often to refuse a name for them.
    default:
      return decodeSingleOctets(content, 0x20, 0x7e)
  }
}

/** Whether `decodeString` would give a text, found without making one in nearly all cases. */
export function isWellFormedString(tag: number, bytes: Uint8Array, start: number, end: number): boolean {
  if (tag === UTF8_STRING || tag === PRINTABLE_STRING || tag === IA5_STRING) {
    let offset = start
    while (offset < end && (bytes[offset] as number) >= 0x20 && (bytes[offset] as number) < 0x7f) offset++
    if (offset === end) return true
  }
  return decodeString(tag, bytes.subarray(start, end)) !== undefined
}

/** `foldString` of a string whose octets are its characters and printable ASCII; undefined for any other. */
export function foldAscii(tag: number, bytes: Uint8Array, start: number, end: number): string | undefined {
  if (tag === BMP_STRING || tag === UNIVERSAL_STRING) return undefined
  let folded = ''
  for (let offset = start; offset < end; offset++) {
    const octet = bytes[offset] as number
    if (octet < 0x20 || octet > 0x7e) return undefined
    if (octet === 0x20 && (folded === '' || folded.endsWith(' '))) continue
    folded += LOWER_CASE[octet] as string
  }
  return folded.endsWith(' ') ? folded.slice(0, -1) : folded
}

/** The lower case of each octet of ASCII. */
const LOWER_CASE: readonly string[] = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code).toLowerCase())

/**
 * Two strings fold to the same exactly if they match: case folded, compatibility forms unified, spaces trimmed and
 * runs of them made one (RFC 4518 §2, in the Unicode version of the runtime).
 */
export function foldString(text: string): string {
  let folded = ''
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 0x7e || code < 0x20) return foldUnicode(text)
    if (code !== 0x20) folded += code >= 0x41 && code <= 0x5a ? String.fromCharCode(code | 0x20) : text[index]
    else if (folded !== '' && !folded.endsWith(' ')) folded += ' '
  }
  return folded.endsWith(' ') ? folded.slice(0, -1) : folded
}

function foldUnicode(text: string): string {
  let mapped = ''
  for (const character of text.normalize('NFKC')) {
    const code = character.codePointAt(0) as number
    if (isSpace(code)) mapped += mapped === '' || mapped.endsWith(' ') ? '' : ' '
    else if (!isIgnored(code)) mapped += character
  }
  // RFC 3454 table B.2: case folding takes a final sigma for a sigma and a sharp s for two.
  const lower = mapped.toLowerCase().replaceAll('ς', 'σ').replaceAll('ß', 'ss').normalize('NFKC')
  return lower.endsWith(' ') ? lower.slice(0, -1) : lower
}

/** RFC 4518 §2.2: mapped to a space. */
function isSpace(code: number): boolean {
  return (
    code === 0x20 ||
    (code >= 0x09 && code <= 0x0d) ||
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  )
}

/** RFC 4518 §2.2: mapped to nothing. Controls, soft hyphen, joiners, directions, variation selectors. */
function isIgnored(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    code === 0xad ||
    code === 0x034f ||
    code === 0x06dd ||
    code === 0x070f ||
    (code >= 0x1806 && code <= 0x180e) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    code === 0xfeff ||
    (code >= 0xfff9 && code <= 0xfffc) ||
    (code >= 0xe0000 && code <= 0xe007f)
  )
}

function decodeSingleOctets(content: Uint8Array, lowest: number, highest: number): string | undefined {
  let text = ''
  for (const octet of content) {
    if (octet < lowest || octet > highest) return undefined
    text += String.fromCharCode(octet)
  }
  return text
}

function decodeCodePoints(content: Uint8Array, width: 2 | 4): string | undefined {
  if (content.length % width !== 0) return undefined
  let text = ''
  for (let offset = 0; offset < content.length; offset += width) {
    let point = 0
    for (let index = offset; index < offset + width; index++) point = point * 256 + (content[index] as number)
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined
    text += String.fromCodePoint(point)
  }
  return text
}
