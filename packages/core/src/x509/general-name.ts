/** GeneralName (RFC 5280 §4.2.1.6) as a union that keeps its kinds apart. @module */
import { decodeAscii } from '../bytes/text.ts'
import { checkDer } from '../der/check-der.ts'
import { DerError } from '../der/der-error.ts'
import type { DerElement, DerReader } from '../der/reader.ts'
import { contextConstructed, contextPrimitive } from '../der/tags.ts'
import { formatIpAddress } from './ip-address.ts'
import { Name } from './name.ts'

/** A name that a person or a configuration can write down. An IP address is in its canonical text (RFC 5952). */
export interface SanName {
  readonly kind: 'dns' | 'ip' | 'email' | 'uri'
  readonly value: string
}

export type GeneralName =
  /** IA5String contents as they stand: neither case nor dots were touched. */
  | { readonly kind: 'dns' | 'email' | 'uri'; readonly value: string; readonly der: Uint8Array }
  | { readonly kind: 'ip'; readonly value: string; readonly octets: Uint8Array; readonly der: Uint8Array }
  | { readonly kind: 'directory'; readonly name: Name; readonly der: Uint8Array }
  | { readonly kind: 'registered-id'; readonly value: string; readonly der: Uint8Array }
  /** `type` is the OBJECT IDENTIFIER; the value stays closed. */
  | { readonly kind: 'other'; readonly type: string; readonly der: Uint8Array }
  | { readonly kind: 'x400' | 'edi-party'; readonly der: Uint8Array }

/** In a certificate an iPAddress is an address; in a name constraint it is an address and a mask (§4.2.1.10). */
export type GeneralNameContext = 'name' | 'constraint'

/** `GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName`, the contents of which `reader` walks to its end. */
export function readGeneralNames(reader: DerReader): GeneralName[] {
  if (reader.isDone) throw new DerError('der-truncated', reader.start)
  const names: GeneralName[] = []
  while (!reader.isDone) names.push(readGeneralName(reader))
  return names
}

export function readGeneralName(reader: DerReader, context: GeneralNameContext = 'name'): GeneralName {
  const element = reader.readAny()
  const der = reader.encodingOf(element)
  switch (element.tag) {
    case contextConstructed(0):
      return { kind: 'other', type: readOtherName(reader, element), der }
    case contextPrimitive(1):
      return { kind: 'email', value: readIa5(reader, element, context), der }
    case contextPrimitive(2):
      return { kind: 'dns', value: readIa5(reader, element, context), der }
    case contextConstructed(3):
      return { kind: 'x400', der: checked(reader, element, der) }
    case contextConstructed(4): {
      const inner = insideOf(reader, element)
      const name = Name.read(inner)
      inner.finish()
      return { kind: 'directory', name, der }
    }
    case contextConstructed(5):
      return { kind: 'edi-party', der: checked(reader, element, der) }
    case contextPrimitive(6):
      return { kind: 'uri', value: readIa5(reader, element, context), der }
    case contextPrimitive(7): {
      const octets = reader.contentOf(element)
      const isAddress =
        context === 'name' ? octets.length === 4 || octets.length === 16 : octets.length === 8 || octets.length === 32
      if (!isAddress) throw new DerError('der-string-invalid', element.start)
      return { kind: 'ip', value: formatIpAddress(octets), octets, der }
    }
    case contextPrimitive(8): {
      reader.offset = element.start
      return { kind: 'registered-id', value: reader.readOid(contextPrimitive(8)), der }
    }
    default:
      throw new DerError('der-tag-unexpected', element.start)
  }
}

/** Printable ASCII only: a NUL or a line break in a name has no honest use. A name is not empty; a constraint may be. */
function readIa5(reader: DerReader, element: DerElement, context: GeneralNameContext): string {
  const content = reader.contentOf(element)
  for (const octet of content) if (octet < 0x20 || octet > 0x7e) throw new DerError('der-string-invalid', element.start)
  if (content.length === 0 && context === 'name') throw new DerError('der-string-invalid', element.start)
  return decodeAscii(content) as string
}

function readOtherName(reader: DerReader, element: DerElement): string {
  const inner = insideOf(reader, element)
  const type = inner.readOid()
  const value = inner.read(contextConstructed(0))
  inner.finish()
  checkDer(reader.bytes, value.start, value.end)
  return type
}

function checked(reader: DerReader, element: DerElement, der: Uint8Array): Uint8Array {
  checkDer(reader.bytes, element.start, element.end)
  return der
}

function insideOf(reader: DerReader, element: DerElement): DerReader {
  reader.offset = element.start
  return reader.enter(element.tag)
}
