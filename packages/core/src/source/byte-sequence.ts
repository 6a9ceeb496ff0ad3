/**
 * Byte sequences of structured fields (RFC 9651 §3.3.5) as RFC 9440 uses them. Stricter on purpose than RFC 9651 §4.2.7:
 * no parameters, canonical base64 with its padding. RFC 9440 defines no parameters and every known producer emits the
 * canonical form, so what differs from it is a mistake or an attempt.
 * @module
 */
import { decodeBase64 } from '../bytes/base64.ts'
import { hasCertificateFraming } from './certificate-framing.ts'
import { asDecoded, type Decoded, tooMany } from './decoded.ts'

/** One certificate, or with a higher limit a list of them. */
export function decodeByteSequences(text: string, limit: number): Decoded {
  const sequences = limit === 1 ? asList(parseByteSequence(text)) : parseByteSequenceList(text, limit)
  if (sequences === 'too many') return tooMany(limit)
  if (sequences === undefined) return 'not canonical byte sequences'
  return sequences.every(hasCertificateFraming) ? asDecoded(sequences) : 'not one DER certificate in a byte sequence'
}

/** `undefined` if the text is not exactly one byte sequence. */
export function parseByteSequence(text: string): Uint8Array | undefined {
  if (text.length < 2 || text[0] !== ':' || text[text.length - 1] !== ':') return undefined
  return decodeBase64(text.slice(1, -1))
}

/** A list of byte sequences; `undefined` if it is not one. Optional white space around commas (§4.2.1). */
export function parseByteSequenceList(text: string, limit: number): readonly Uint8Array[] | 'too many' | undefined {
  const sequences: Uint8Array[] = []
  for (const item of text.split(',', limit + 1)) {
    if (sequences.length === limit) return 'too many'
    const bytes = parseByteSequence(trimOptionalWhitespace(item))
    if (bytes === undefined) return undefined
    sequences.push(bytes)
  }
  return sequences
}

function asList(bytes: Uint8Array | undefined): readonly Uint8Array[] | undefined {
  return bytes && [bytes]
}

/** SP and HTAB alone (RFC 9110 §5.6.3): `trim()` would also take a no-break space. */
function trimOptionalWhitespace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && (text[start] === ' ' || text[start] === '\t')) start++
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--
  return text.slice(start, end)
}
