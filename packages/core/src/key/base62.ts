/** Base62 for keys: digits, upper case, lower case, in ASCII order, with no character that any framing uses. @module */

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The largest multiple of 62 that an octet can hold; octets from here on would favour the first digits and are drawn again. */
const UNBIASED = 248

/** Above every digit, and with a bit that no digit has. */
const NO_DIGIT = 128

/** The digit of each character of Latin-1. */
const DIGITS: Uint8Array = makeDigits()

/** `NO_DIGIT` or more for what is none. Without a branch: every character of every key comes through here. */
export function digitOf(code: number): number {
  return (DIGITS[code & 0xff] as number) | (code & 0xff00)
}

export function isBase62(code: number): boolean {
  return digitOf(code) < NO_DIGIT
}

/** What the digits of `text` from `start` to `end` stand for; `NaN` if one of them is none. Exact below 2^53. */
export function readBase62(text: string, start: number, end: number): number {
  let value = 0
  let seen = 0
  for (let at = start; at < end; at++) {
    const digit = digitOf(text.charCodeAt(at))
    seen |= digit
    value = value * 62 + digit
  }
  return seen < NO_DIGIT ? value : Number.NaN
}

/** Evenly distributed digits, each worth log2(62) = 5.95 bits. */
export function randomBase62(length: number, randomBytes: (length: number) => Uint8Array): string {
  let text = ''
  while (text.length < length) {
    for (const octet of randomBytes(length - text.length + 8)) {
      if (octet < UNBIASED && text.length < length) text += BASE62[octet % 62]
    }
  }
  return text
}

/** A number below 62^width as exactly `width` digits. */
export function toBase62(value: number, width: number): string {
  let text = ''
  for (let rest = value; text.length < width; rest = Math.floor(rest / 62)) text = BASE62[rest % 62] + text
  return text
}

function makeDigits(): Uint8Array {
  const digits = new Uint8Array(256).fill(NO_DIGIT)
  for (let digit = 0; digit < BASE62.length; digit++) digits[BASE62.charCodeAt(digit)] = digit
  return digits
}
