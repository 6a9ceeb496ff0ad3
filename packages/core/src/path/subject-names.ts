/** The names by which a certificate may be constrained or asked for, parsed once. @module */
import { encodeHex } from '../bytes/hex.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { GeneralName } from '../x509/general-name.ts'
import type { Name } from '../x509/name.ts'
import { type DnsName, parseDnsName } from './dns-name.ts'
import { type Mailbox, parseMailbox } from './mailbox.ts'
import type { NameFact } from './path-reason.ts'
import { parseUriHost, type UriHost } from './uri-host.ts'

export type SubjectName =
  | { readonly form: 'dns'; readonly parsed: DnsName | undefined; readonly source: GeneralName }
  | { readonly form: 'email'; readonly parsed: Mailbox | undefined; readonly source: GeneralName | string }
  | { readonly form: 'uri'; readonly parsed: UriHost | undefined; readonly source: GeneralName }
  | { readonly form: 'ip'; readonly parsed: Uint8Array; readonly source: GeneralName }
  | { readonly form: 'directory'; readonly parsed: Name; readonly source: GeneralName | Name }
  | {
      readonly form: 'other' | 'x400' | 'edi-party' | 'registered-id'
      readonly parsed: undefined
      readonly source: GeneralName
    }

const EMAIL_ADDRESS = '1.2.840.113549.1.9.1'

/** Longest value that a reason repeats. */
const MAX_FACT = 256

/** Asked for again for every path that a certificate stands in; kept for one verification. */
export type SubjectNames = (certificate: Certificate) => readonly SubjectName[]

export function createSubjectNames(): SubjectNames {
  const kept = new Map<Certificate, readonly SubjectName[]>()
  return (certificate) => {
    let names = kept.get(certificate)
    if (names === undefined) {
      names = collectNames(certificate)
      kept.set(certificate, names)
    }
    return names
  }
}

/** How a reason shows a name. */
export function nameFact({ form, source }: SubjectName): NameFact {
  if (typeof source === 'string') return { kind: form, value: source.slice(0, MAX_FACT) }
  return 'rdns' in source ? { kind: form, value: source.toString() } : generalNameFact(source)
}

export function generalNameFact(name: GeneralName): NameFact {
  if (name.kind === 'directory') return { kind: name.kind, value: name.name.toString() }
  const value = 'value' in name ? name.value : encodeHex(name.der.subarray(0, MAX_FACT / 2))
  return { kind: name.kind, value: value.slice(0, MAX_FACT) }
}

/** The subject, the subject alternative names, and the mail addresses of the subject where there is no alternative name (§4.2.1.10). */
function collectNames({ subject, subjectAltName }: Certificate): SubjectName[] {
  const names: SubjectName[] = []
  if (!subject.isEmpty) names.push({ form: 'directory', parsed: subject, source: subject })
  for (const name of subjectAltName ?? []) names.push(parseGeneralName(name))
  if (subjectAltName === undefined)
    for (const value of subject.values(EMAIL_ADDRESS))
      names.push({ form: 'email', parsed: parseMailbox(value), source: value })
  return names
}

function parseGeneralName(name: GeneralName): SubjectName {
  switch (name.kind) {
    case 'dns':
      return { form: 'dns', parsed: parseDnsName(name.value), source: name }
    case 'email':
      return { form: 'email', parsed: parseMailbox(name.value), source: name }
    case 'uri':
      return { form: 'uri', parsed: parseUriHost(name.value), source: name }
    case 'ip':
      return { form: 'ip', parsed: name.octets, source: name }
    case 'directory':
      return { form: 'directory', parsed: name.name, source: name }
    case 'other':
    case 'x400':
    case 'edi-party':
    case 'registered-id':
      return { form: name.kind, parsed: undefined, source: name }
  }
}
