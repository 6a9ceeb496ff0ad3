/** What one certificate must be whatever path it stands in (RFC 5280 §6.1.3 (a)(2), §6.1.4 (k), (n), (o), §6.1.5 (f)). @module */
import type { Certificate } from '../x509/certificate.ts'
import { EXTENSION, KEY_PURPOSE } from '../x509/oids.ts'
import { checkPublicKey } from '../x509/public-key.ts'
import { checkNames } from './check-names.ts'
import type { PathReason, Unplaced } from './path-reason.ts'
import type { PathSettings } from './path-settings.ts'
import type { SubjectNames } from './subject-names.ts'
import type { PreparedAnchor } from './trust-anchor.ts'

/** Extensions that this package acts upon, or that restrict nothing. */
const KNOWN_EXTENSIONS: ReadonlySet<string> = new Set(Object.values(EXTENSION))

/** "Conforming CAs MUST mark this extension as non-critical": what claims to restrict through one of these is not understood here. */
const NEVER_CRITICAL: ReadonlyMap<string, string> = new Map([
  [EXTENSION.authorityKeyIdentifier, 'RFC 5280 §4.2.1.1'],
  [EXTENSION.subjectKeyIdentifier, 'RFC 5280 §4.2.1.2'],
  [EXTENSION.freshestCrl, 'RFC 5280 §4.2.1.15'],
  [EXTENSION.authorityInfoAccess, 'RFC 5280 §4.2.2.1'],
  [EXTENSION.subjectInfoAccess, 'RFC 5280 §4.2.2.2'],
  [EXTENSION.noRevAvail, 'RFC 9608 §2'],
])

type Reason = Unplaced<PathReason>

/** The end entity: dates, extensions, key, usages. */
export function checkLeaf(leaf: Certificate, settings: PathSettings, namesOf: SubjectNames): Reason | undefined {
  return (
    checkDates(leaf, settings) ??
    checkForm(leaf) ??
    checkExtensions(leaf) ??
    checkLeafName(leaf) ??
    checkNames(leaf, settings.names, namesOf) ??
    checkKey(leaf, settings) ??
    checkLeafKeyUsage(leaf, settings) ??
    checkLeafPurposes(leaf, settings)
  )
}

/** An intermediate: it must be allowed to issue, and for this usage. */
export function checkIntermediate(certificate: Certificate, settings: PathSettings): Reason | undefined {
  return (
    checkDates(certificate, settings) ??
    checkForm(certificate) ??
    checkExtensions(certificate) ??
    checkIssuer(certificate) ??
    checkNestedPurposes(certificate, settings)
  )
}

/** The anchor's certificate, if there is one. `issues`: it is not itself the leaf. */
export function checkAnchor({ anchor }: PreparedAnchor, settings: PathSettings, issues: boolean): Reason | undefined {
  const { certificate } = anchor
  if (certificate === undefined) return undefined
  const dates = settings.expiredAnchors === 'accept' ? undefined : checkAnchorDates(certificate, settings)
  if (dates !== undefined || !issues) return dates
  // Before version 3 there was nothing by which a CA could be told; naming it an anchor says that it is one.
  const isCa = certificate.version === 3 ? checkIssuer(certificate) : undefined
  return checkExtensions(certificate) ?? isCa ?? checkNestedPurposes(certificate, settings)
}

/**
 * Key identifiers come in pairs (§4.2.1.2): where a certificate names the key that signed it, the issuer's certificate must
 * have that identifier, and name its own issuer in turn. A chain that does without them throughout is let be.
 */
export function checkKeyIdentifiers(child: Certificate, issuer: Certificate, isAnchor: boolean): Reason | undefined {
  if (child.authorityKeyIdentifier?.keyIdentifier === undefined || issuer.version !== 3) return undefined
  if (issuer.subjectKeyIdentifier === undefined)
    return { code: 'extension-missing', extension: EXTENSION.subjectKeyIdentifier, clause: 'RFC 5280 §4.2.1.2' }
  if (isAnchor || issuer.authorityKeyIdentifier !== undefined || issuer.isSelfIssued) return undefined
  return { code: 'extension-missing', extension: EXTENSION.authorityKeyIdentifier, clause: 'RFC 5280 §4.2.1.1' }
}

function checkDates(certificate: Certificate, { at }: PathSettings): Reason | undefined {
  const clause = 'RFC 5280 §6.1.3 (a)(2)'
  const { notBefore, notAfter } = certificate
  if (at < notBefore.getTime()) return { code: 'certificate-not-yet-valid', notBefore, at: new Date(at), clause }
  if (at > notAfter.getTime()) return { code: 'certificate-expired', notAfter, at: new Date(at), clause }
  return undefined
}

function checkAnchorDates({ notBefore, notAfter }: Certificate, { at }: PathSettings): Reason | undefined {
  const clause = 'RFC 5937 §3.2'
  if (at < notBefore.getTime()) return { code: 'anchor-not-yet-valid', notBefore, at: new Date(at), clause }
  if (at > notAfter.getTime()) return { code: 'anchor-expired', notAfter, at: new Date(at), clause }
  return undefined
}

function checkForm({ serialNumber }: Certificate): Reason | undefined {
  const isZero = serialNumber.length === 1 && serialNumber[0] === 0
  return isZero ? { code: 'serial-number-invalid', clause: 'RFC 5280 §4.1.2.2' } : undefined
}

function checkExtensions(certificate: Certificate): Reason | undefined {
  for (const { oid, critical } of certificate.extensions) {
    if (!critical) continue
    if (!KNOWN_EXTENSIONS.has(oid))
      return { code: 'extension-critical-unknown', extension: oid, clause: 'RFC 5280 §6.1.4 (o)' }
    const forbidden = NEVER_CRITICAL.get(oid)
    if (forbidden !== undefined) return { code: 'extension-critical-forbidden', extension: oid, clause: forbidden }
  }
  // Policy constraints bind critical or not; without a policy of its own beside them no path below could ever meet them.
  if (certificate.policyConstraints !== undefined && certificate.certificatePolicies === undefined) {
    const extension = EXTENSION.policyConstraints
    if (certificate.extension(extension)?.critical === false)
      return { code: 'extension-critical-required', extension, clause: 'RFC 5280 §4.2.1.11' }
  }
  if (certificate.basicConstraints?.ca === true) return undefined
  if (certificate.keyUsage?.has('keyCertSign')) return { code: 'key-usage-contradictory', clause: 'RFC 5280 §4.2.1.9' }
  if (certificate.nameConstraints !== undefined)
    return { code: 'extension-misplaced', extension: EXTENSION.nameConstraints, clause: 'RFC 5280 §4.2.1.10' }
  return undefined
}

function checkLeafName(leaf: Certificate): Reason | undefined {
  if (!leaf.subject.isEmpty) return undefined
  const clause = 'RFC 5280 §4.1.2.6'
  const extension = EXTENSION.subjectAltName
  const alternative = leaf.extension(extension)
  if (alternative === undefined) return { code: 'extension-missing', extension, clause }
  return alternative.critical ? undefined : { code: 'extension-critical-required', extension, clause }
}

function checkKey(leaf: Certificate, { algorithms }: PathSettings): Reason | undefined {
  const fault = 'fault' in leaf.key ? leaf.key : checkPublicKey(leaf.key, algorithms)
  return fault === undefined ? undefined : { code: 'key-refused', key: fault, clause: 'RFC 5280 §6.1.5 (c)' }
}

/** A TLS client always signs (RFC 8446 §4.4.2). What a server does with its key depends on the cipher suite: that is for TLS to judge. */
function checkLeafKeyUsage({ keyUsage }: Certificate, { usage }: PathSettings): Reason | undefined {
  if (keyUsage === undefined || usage !== 'client' || keyUsage.has('digitalSignature')) return undefined
  return { code: 'key-usage-missing', required: 'digitalSignature', clause: 'RFC 5280 §4.2.1.3' }
}

function checkLeafPurposes(
  leaf: Certificate,
  { purposes, absentPurpose, anyPurpose }: PathSettings,
): Reason | undefined {
  const present = leaf.extendedKeyUsage
  for (const required of purposes) {
    const holds =
      present === undefined
        ? absentPurpose === 'accept'
        : present.includes(required) || (anyPurpose === 'accept' && present.includes(KEY_PURPOSE.any))
    if (!holds) return { code: 'extended-key-usage-missing', required, present, clause: 'RFC 5280 §4.2.1.12' }
  }
  return undefined
}

function checkIssuer(certificate: Certificate): Reason | undefined {
  const { version, basicConstraints, keyUsage } = certificate
  if (version !== 3) return { code: 'certificate-version', version, clause: 'RFC 5280 §6.1.4 (k)' }
  if (basicConstraints?.ca !== true) return { code: 'basic-constraints-missing', clause: 'RFC 5280 §6.1.4 (k)' }
  if (keyUsage !== undefined && !keyUsage.has('keyCertSign'))
    return { code: 'key-usage-missing', required: 'keyCertSign', clause: 'RFC 5280 §6.1.4 (n)' }
  if (certificate.subject.isEmpty) return { code: 'subject-empty', clause: 'RFC 5280 §4.1.2.6' }
  return undefined
}

/** A CA whose certificate lists purposes issues for these alone: not in RFC 5280, but in every large implementation, and what an operator means by it. */
function checkNestedPurposes({ extendedKeyUsage }: Certificate, { purposes }: PathSettings): Reason | undefined {
  if (extendedKeyUsage === undefined || extendedKeyUsage.includes(KEY_PURPOSE.any)) return undefined
  for (const required of purposes)
    if (!extendedKeyUsage.includes(required))
      return {
        code: 'extended-key-usage-missing',
        required,
        present: extendedKeyUsage,
        clause: 'CA/Browser Forum BR §7.1.2.10.6',
      }
  return undefined
}
