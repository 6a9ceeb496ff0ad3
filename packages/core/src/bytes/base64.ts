/**
 * Base 64 in both alphabets (RFC 4648 §4, §5), strict: no white space, no foreign characters, padding as the alphabet
 * demands, and the unused bits zero, so that every octet string has exactly one text (§3.5). Runtimes' own decoders are lenient.
 * @module
 */

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

const STANDARD_VALUES = valuesOf(STANDARD)
const URL_SAFE_VALUES = valuesOf(URL_SAFE)

export function encodeBase64(bytes: Uint8Array): string {
  return encode(bytes, STANDARD, '=')
}

/** Without padding (RFC 7515 §2). */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encode(bytes, URL_SAFE, '')
}

/** The octets, or undefined if the text is not canonical base64 with padding. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return decode(text, text.length - padding, STANDARD_VALUES)
}

/** The octets, or undefined if the text is not canonical base64url without padding. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  return decode(text, text.length, URL_SAFE_VALUES)
}

function encode(bytes: Uint8Array, alphabet: string, pad: string): string {
  let text = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index
    const group =
      ((bytes[index] as number) << 16) |
      ((left > 1 ? (bytes[index + 1] as number) : 0) << 8) |
      (left > 2 ? (bytes[index + 2] as number) : 0)
    text += (alphabet[group >> 18] as string) + (alphabet[(group >> 12) & 63] as string)
    text += left > 1 ? (alphabet[(group >> 6) & 63] as string) : pad
    text += left > 2 ? (alphabet[group & 63] as string) : pad
  }
  return text
}

function decode(text: string, length: number, values: Int8Array): Uint8Array | undefined {
  const rest = length % 4
  if (rest === 1) return undefined
  const bytes = new Uint8Array(Math.floor((length * 3) / 4))
  const whole = length - rest
  let written = 0
  for (let index = 0; index < whole; index += 4) {
    const group =
      (valueAt(text, index, values) << 18) |
      (valueAt(text, index + 1, values) << 12) |
      (valueAt(text, index + 2, values) << 6) |
      valueAt(text, index + 3, values)
    // A foreign character is -1, whose bits reach above the twenty-four of a group.
    if (group < 0) return undefined
    bytes[written++] = group >> 16
    bytes[written++] = group >> 8
    bytes[written++] = group
  }
  if (rest === 0) return bytes
  const group =
    (valueAt(text, whole, values) << 12) |
    (valueAt(text, whole + 1, values) << 6) |
    (rest === 3 ? valueAt(text, whole + 2, values) : 0)
  // The bits beyond the last octet are zero (§3.5).
  if (group < 0 || (group & (rest === 3 ? 3 : 0x3ff)) !== 0) return undefined
  bytes[written++] = group >> 10
  if (rest === 3) bytes[written] = group >> 2
  return bytes
}

function valueAt(text: string, index: number, values: Int8Array): number {
  const code = text.charCodeAt(index)
  return code < 128 ? (values[code] as number) : -1
}

function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(128).fill(-1)
  for (let index = 0; index < alphabet.length; index++) values[alphabet.charCodeAt(index)] = index
  return values
}
