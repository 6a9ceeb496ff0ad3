/** Bytes as text: hexadecimal, base64 (RFC 4648) and PEM (RFC 7468). @module */

export function toHex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return hex
}

export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.ceil(hex.length / 2))
  const even = hex.padStart(bytes.length * 2, '0')
  for (let i = 0; i < bytes.length; i++) {
    const byte = Number(`0x${even.slice(2 * i, 2 * i + 2)}`)
    if (Number.isNaN(byte)) throw new TypeError(`not hexadecimal: ${hex}`)
    bytes[i] = byte
  }
  return bytes
}

/** A multiple of three, so that the pieces' encodings may be joined, and few enough for `String.fromCharCode`. */
const BYTES_A_PIECE = 3 * 8192

export function toBase64(bytes: Uint8Array): string {
  let base64 = ''
  for (let i = 0; i < bytes.length; i += BYTES_A_PIECE) {
    base64 += btoa(String.fromCharCode(...bytes.subarray(i, i + BYTES_A_PIECE)))
  }
  return base64
}

/** One PEM block with lines of 64 characters and a final newline. */
export function toPem(label: string, der: Uint8Array): string {
  const base64 = toBase64(der)
  const lines: string[] = [`-----BEGIN ${label}-----`]
  for (let i = 0; i < base64.length; i += 64) lines.push(base64.slice(i, i + 64))
  lines.push(`-----END ${label}-----`, '')
  return lines.join('\n')
}
