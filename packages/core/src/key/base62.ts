/** Base62 for keys: digits, upper case, lower case, in ASCII order, with no character that any framing uses. @module */

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The largest multiple of 62 that an octet can hold; octets from here on would favour the first digits and are drawn again. */
const UNBIASED = 248

export function isBase62(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
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
