/**
 * Percent-encoded PEM (RFC 3986 §2.1): nginx `$ssl_client_escaped_cert`, Apache `%{escape:…}`, AWS, Kong. Producers differ in
 * what they encode (`+`, `/` and `=` or not) and in the case of the hexadecimal; both are the same text.
 * @module
 */
import { parseArmoured } from './armoured-certificates.ts'
import type { Decoded } from './decoded.ts'

export function decodeEscapedPem(text: string, limit: number): Decoded {
  const pem = decodePercent(text)
  return pem === undefined ? 'not percent-encoded UTF-8' : parseArmoured(pem, '\r\n', limit)
}

/** Not a form decoder: `+` is a digit of base64, not a space. */
export function decodePercent(text: string): string | undefined {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
