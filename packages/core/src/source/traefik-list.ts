/**
 * Traefik's `PassTLSClientCert`: certificates joined by commas, the leaf first, as base64 without armour. Until 2.9.4 the whole
 * was percent-encoded, and armour without line breaks has been seen as well; each form is read, none is guessed at halfway.
 * @module
 */
import { decodeBase64 } from '../bytes/base64.ts'
import { parseArmoured } from './armoured-certificates.ts'
import { hasCertificateFraming } from './certificate-framing.ts'
import { asDecoded, type Decoded, tooMany } from './decoded.ts'
import { decodePercent } from './escaped-pem.ts'

export function decodeTraefikList(text: string, limit: number): Decoded {
  const list = decodePercent(text)
  if (list === undefined) return 'not percent-encoded UTF-8'
  const certificates: Uint8Array[] = []
  for (const item of list.split(',', limit + 1)) {
    if (certificates.length === limit) return tooMany(limit)
    const certificate = decodeItem(item)
    // What does not decode is never skipped: the next one would be taken for the client.
    if (typeof certificate === 'string') return certificate
    certificates.push(certificate)
  }
  return asDecoded(certificates)
}

function decodeItem(item: string): Uint8Array | string {
  if (item.startsWith('-')) {
    const decoded = parseArmoured(item, '\r\n', 1)
    return typeof decoded === 'string' ? decoded : decoded[0]
  }
  const bytes = decodeBase64(item)
  if (bytes === undefined) return 'not canonical base64'
  return hasCertificateFraming(bytes) ? bytes : 'not one DER certificate'
}
