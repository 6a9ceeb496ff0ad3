/** Certificate rules: whether they are well formed, and which certificate meets them (RFC 8705 §2.1.2). @module */
import { formatIpAddress, parseIpAddress } from '../x509/ip-address.ts'
import type { CertificateNames } from './certificate-names.ts'
import { checkInstant } from './instants.ts'
import type { CertificateRule, CertificateRuleKind } from './records.ts'

/** A partner that rotates several certificates at several CAs has a dozen; a list without end would be work on every request. */
const MAX_RULES = 256

/** Longer than any name that a strict certificate parser lets through in practice. */
const MAX_VALUE_LENGTH = 4096

const MAX_ANCHOR_LENGTH = 128

/**
 * Whether the certificate meets the rule at an instant. A name counts only under the anchor that the rule names, because
 * any trusted CA can write any name; a rule without an anchor counts only where one anchor alone is trusted. A digest needs
 * no anchor: it is met by one key or one certificate whoever signed it.
 */
export function meetsRule(rule: CertificateRule, names: CertificateNames, at: Date): boolean {
  if (!isLive(rule, at)) return false
  if (rule.anchor === undefined ? isNameRule(rule.kind) && !names.onlyAnchor : rule.anchor !== names.anchor)
    return false
  switch (rule.kind) {
    case 'subject-dn':
      return rule.value === names.subject
    case 'san-dns':
      return !rule.value.includes('*') && names.dns.includes(rule.value)
    case 'san-uri':
      return names.uri.includes(rule.value)
    case 'san-ip':
      return names.ip.includes(rule.value)
    case 'san-email':
      return names.email.includes(rule.value)
    case 'public-key':
      return rule.value === names.publicKey
    case 'certificate':
      return rule.value === names.certificate
    default:
      return false
  }
}

/** Whether the rule stands for a name that some CA wrote, not for one key or certificate. */
function isNameRule(kind: CertificateRuleKind): boolean {
  return kind !== 'public-key' && kind !== 'certificate'
}

/**
 * Rules as they are kept: values in their canonical form, nothing but known members.
 * @throws TypeError that names the option and what is wrong
 */
export function checkRules(rules: unknown, option = 'rules'): readonly CertificateRule[] {
  if (!Array.isArray(rules)) throw new TypeError(`${option}: a list of rules`)
  if (rules.length > MAX_RULES) throw new TypeError(`${option}: more than ${MAX_RULES} rules`)
  return rules.map((rule, at) => checkRule(rule, `${option}[${at}]`))
}

function checkRule(rule: unknown, option: string): CertificateRule {
  if (typeof rule !== 'object' || rule === null) throw new TypeError(`${option}: { kind, value, anchor? }`)
  const { kind, value, anchor, notBefore, notAfter, ...others } = rule as Record<string, unknown>
  for (const name of Object.keys(others)) throw new TypeError(`${option}: there is no member ${name}`)
  if (typeof kind !== 'string' || !Object.hasOwn(VALUE_FORMS, kind)) {
    throw new TypeError(`${option}.kind: one of ${Object.keys(VALUE_FORMS).join(', ')}`)
  }
  if (typeof value !== 'string' || value === '' || value.length > MAX_VALUE_LENGTH) {
    throw new TypeError(`${option}.value: text of 1 to ${MAX_VALUE_LENGTH} characters`)
  }
  if (anchor !== undefined && (typeof anchor !== 'string' || anchor === '' || anchor.length > MAX_ANCHOR_LENGTH)) {
    throw new TypeError(`${option}.anchor: the label of an anchor, 1 to ${MAX_ANCHOR_LENGTH} characters`)
  }
  const form = VALUE_FORMS[kind as CertificateRuleKind]
  const canonical = form.canonical(value)
  if (canonical === undefined) throw new TypeError(`${option}.value: ${form.says}`)
  const from = checkInstant(notBefore, `${option}.notBefore`)
  const until = checkInstant(notAfter, `${option}.notAfter`)
  return Object.freeze({
    kind: kind as CertificateRuleKind,
    value: canonical,
    ...(anchor === undefined ? {} : { anchor }),
    ...(from === undefined ? {} : { notBefore: from }),
    ...(until === undefined ? {} : { notAfter: until }),
  })
}

interface ValueForm {
  readonly says: string
  readonly canonical: (value: string) => string | undefined
}

const VALUE_FORMS: Readonly<Record<CertificateRuleKind, ValueForm>> = {
  'subject-dn': { says: 'the subject Name, DER in hex', canonical: (value) => hex(value) },
  'san-dns': {
    says: 'a dNSName without a wildcard, in ASCII (an internationalised name in its xn-- form)',
    canonical: (value) => (isPrintableAscii(value) && !value.includes('*') ? value : undefined),
  },
  'san-uri': {
    says: 'a URI with a scheme, in ASCII',
    canonical: (value) => (isPrintableAscii(value) && /^[A-Za-z][A-Za-z0-9+.-]*:/.test(value) ? value : undefined),
  },
  'san-ip': {
    says: 'one IPv4 or IPv6 address, no range',
    canonical: (value) => {
      const octets = parseIpAddress(value)
      return octets && formatIpAddress(octets)
    },
  },
  'san-email': {
    says: 'an rfc822Name with one @, in ASCII',
    canonical: (value) => (isPrintableAscii(value) && value.split('@').length === 2 ? value : undefined),
  },
  'public-key': { says: 'the SHA-256 of the SubjectPublicKeyInfo, 64 hex digits', canonical: sha256 },
  certificate: { says: 'the SHA-256 of the certificate, 64 hex digits', canonical: sha256 },
}

/** Hex as people paste it: upper case, and the colons that OpenSSL prints. A label in front of it is not guessed at. */
function hex(value: string): string | undefined {
  const digits =
    value.includes(':') && /^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})+$/.test(value) ? value.replaceAll(':', '') : value
  return /^(?:[0-9A-Fa-f]{2})+$/.test(digits) ? digits.toLowerCase() : undefined
}

function sha256(value: string): string | undefined {
  const digits = hex(value)
  return digits?.length === 64 ? digits : undefined
}

function isPrintableAscii(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value)
}

function isLive(rule: CertificateRule, at: Date): boolean {
  // Written so that a date which is no date refuses.
  if (rule.notBefore !== undefined && !(at.getTime() >= Date.parse(rule.notBefore))) return false
  return rule.notAfter === undefined || at.getTime() <= Date.parse(rule.notAfter)
}
