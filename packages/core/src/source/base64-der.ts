/**
 * Base64 of DER: HAProxy `%[ssl_c_der,base64]`, Caddy `certificate_der_base64`, Azure, Cloudflare Access. Operators wrap it in
 * double quotes (HAProxy's `%{+Q}`) or in the colons of a byte sequence; DER of several certificates may be concatenated.
 * @module
 */
import { decodeBase64 } from '../bytes/base64.ts'
import { certificateLength } from './certificate-framing.ts'
import { asDecoded, type Decoded, tooMany } from './decoded.ts'

export function decodeBase64Der(text: string, limit: number): Decoded {
  const bytes = decodeBase64(unwrap(text))
  if (bytes === undefined) return 'not canonical base64'
  const certificates: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const rest = bytes.subarray(at)
    const length = certificateLength(rest)
    if (length === undefined || length > rest.length) return 'not DER certificates'
    if (certificates.length === limit) return tooMany(limit)
    certificates.push(rest.slice(0, length))
    at += length
  }
  return asDecoded(certificates)
}

function unwrap(text: string): string {
  const first = text[0]
  const wrapped = text.length >= 2 && (first === '"' || first === ':') && text[text.length - 1] === first
  return wrapped ? text.slice(1, -1) : text
}
