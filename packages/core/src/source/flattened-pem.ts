/**
 * PEM that was made to fit on one line: Apache's `%{SSL_CLIENT_CERT}s` (line breaks are spaces), gateways that unfold nginx's
 * `$ssl_client_cert` (tabs), Traefik before it dropped the armour (nothing at all), Apache's `%{base64:…}` (base64 over it).
 * @module
 */
import { decodeBase64 } from '../bytes/base64.ts'
import { decodeAscii } from '../bytes/text.ts'
import { parseArmoured } from './armoured-certificates.ts'
import type { Decoded } from './decoded.ts'

export function decodeFlattenedPem(text: string, limit: number): Decoded {
  return parseArmoured(text, ' \t', limit)
}

export function decodeBase64Pem(text: string, limit: number): Decoded {
  const bytes = decodeBase64(text)
  const pem = bytes && decodeAscii(bytes)
  return pem === undefined ? 'not canonical base64 of text' : parseArmoured(pem, '\r\n', limit)
}
