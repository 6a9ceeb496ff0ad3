/** Text and octets: UTF-8, strict in both directions. @module */

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Below this many octets of ASCII a loop is faster than a call into the runtime's decoder (measured on Node 24). */
const SHORT_TEXT = 64

export function encodeUtf8(text: string): Uint8Array {
  return ENCODER.encode(text)
}

/** The text, or undefined if the octets are not well-formed UTF-8 (RFC 3629). */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  if (bytes.length <= SHORT_TEXT) {
    const text = decodeAscii(bytes)
    if (text !== undefined) return text
  }
  try {
    return DECODER.decode(bytes)
  } catch {
    return undefined
  }
}

/** The text, or undefined if an octet is above 127. */
export function decodeAscii(bytes: Uint8Array): string | undefined {
  let text = ''
  for (const byte of bytes) {
    if (byte > 0x7f) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}
