/** The names of the leaf: well-formed (RFC 5280 §4.2.1.6), and those that the caller asked for (RFC 9525 §6). @module */
import { equalBytes } from '../bytes/equal.ts'
import type { Certificate } from '../x509/certificate.ts'
import { parseIpAddress } from '../x509/ip-address.ts'
import { parseDnsName } from './dns-name.ts'
import { parseMailbox } from './mailbox.ts'
import type { PathReason, Unplaced } from './path-reason.ts'
import type { RequestedName } from './path-settings.ts'
import { nameFact, type SubjectName, type SubjectNames } from './subject-names.ts'

export function checkNames(
  leaf: Certificate,
  requested: readonly RequestedName[],
  namesOf: SubjectNames,
): Unplaced<PathReason> | undefined {
  const names = namesOf(leaf).filter(({ source }) => typeof source !== 'string' && !('rdns' in source))
  const malformed = names.find(({ form, parsed }) => parsed === undefined && isReadable(form))
  if (malformed !== undefined) return { code: 'name-malformed', name: nameFact(malformed), clause: 'RFC 5280 §4.2.1.6' }
  const missing = requested.find((name) => !names.some((candidate) => isName(candidate, name)))
  return missing && { code: 'name-missing', name: { ...missing }, clause: 'RFC 9525 §6' }
}

function isReadable(form: SubjectName['form']): boolean {
  return form === 'dns' || form === 'email' || form === 'uri'
}

function isName(candidate: SubjectName, { kind, value }: RequestedName): boolean {
  if (candidate.form !== kind || candidate.parsed === undefined) return false
  switch (candidate.form) {
    case 'dns': {
      const wanted = parseDnsName(value)
      if (wanted === undefined || wanted.wildcard) return false
      const { host, wildcard } = candidate.parsed
      // RFC 9525 §6.3: the wildcard is the whole first label, and stands for exactly one.
      return wildcard
        ? wanted.host.slice(wanted.host.indexOf('.') + 1) === host && wanted.host !== host
        : wanted.host === host
    }
    case 'ip': {
      const wanted = parseIpAddress(value)
      return wanted !== undefined && equalBytes(candidate.parsed, wanted)
    }
    case 'email': {
      const wanted = parseMailbox(value)
      return wanted?.local === candidate.parsed.local && wanted.domain === candidate.parsed.domain
    }
    case 'uri':
      return 'value' in candidate.source && candidate.source.value === value
    default:
      return false
  }
}
