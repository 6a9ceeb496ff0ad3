/**
 * Certificates in PEM armour (RFC 7468 §5) as proxies forward them: nothing before, between or after the blocks but what the
 * proxy put there, no other label, canonical base64. Read in one pass.
 * @module
 */
import { decodeBase64 } from '../bytes/base64.ts'
import { hasCertificateFraming } from './certificate-framing.ts'
import { asDecoded, type Decoded, tooMany } from './decoded.ts'

const BEGIN = '-----BEGIN CERTIFICATE-----'
const END = '-----END CERTIFICATE-----'

/**
 * @param breaks the characters that stand for line breaks: between the lines of a block, and around blocks
 * @param limit most blocks
 */
export function parseArmoured(text: string, breaks: string, limit: number): Decoded {
  const certificates: Uint8Array[] = []
  for (let at = skip(text, breaks, 0); at < text.length; ) {
    if (!text.startsWith(BEGIN, at)) return 'not a PEM block of the label CERTIFICATE'
    if (certificates.length === limit) return tooMany(limit)
    const start = at + BEGIN.length
    const end = text.indexOf('-', start)
    if (end === -1 || !text.startsWith(END, end)) return 'an unfinished PEM block'
    const bytes = decodeBase64(without(text.slice(start, end), breaks))
    if (bytes === undefined) return 'not canonical base64 in a PEM block'
    if (!hasCertificateFraming(bytes)) return 'not one DER certificate in a PEM block'
    certificates.push(bytes)
    at = skip(text, breaks, end + END.length)
  }
  return asDecoded(certificates)
}

function skip(text: string, characters: string, from: number): number {
  let at = from
  while (at < text.length && characters.includes(text[at] as string)) at++
  return at
}

function without(text: string, characters: string): string {
  let kept = ''
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (!characters.includes(text[at] as string)) continue
    kept += text.slice(start, at)
    start = at + 1
  }
  return kept + text.slice(start)
}
