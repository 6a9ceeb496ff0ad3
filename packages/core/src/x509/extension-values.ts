/** The contents of the certificate extensions that RFC 5280 §4.2 defines. Each reader takes the extnValue's contents and leaves nothing over. @module */
import { DerError } from '../der/der-error.ts'
import type { DerReader } from '../der/reader.ts'
import { contextConstructed, contextPrimitive, INTEGER, SEQUENCE } from '../der/tags.ts'
import { type GeneralName, readGeneralName, readGeneralNames } from './general-name.ts'

/** §4.2.1.9 */
export interface BasicConstraints {
  readonly ca: boolean
  readonly pathLength: number | undefined
}

/** §4.2.1.3, in the order of their bits. */
const KEY_USAGES = [
  'digitalSignature',
  'contentCommitment',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const

export type KeyUsage = (typeof KEY_USAGES)[number]

/** §4.2.1.1. `issuer` and `serialNumber` come together or not at all. */
export interface AuthorityKeyIdentifier {
  readonly keyIdentifier: Uint8Array | undefined
  readonly issuer: readonly GeneralName[] | undefined
  readonly serialNumber: Uint8Array | undefined
}

/** §4.2.1.10. `undefined` where the field is absent. */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[] | undefined
  readonly excluded: readonly GeneralName[] | undefined
}

/** §4.2.1.11 */
export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | undefined
  readonly inhibitPolicyMapping: number | undefined
}

/** §4.2.1.5 */
export interface PolicyMapping {
  readonly issuerDomainPolicy: string
  readonly subjectDomainPolicy: string
}

/** §4.2.1.13. A name relative to the CRL issuer stays DER: the contents of the implicitly tagged SET. */
export interface DistributionPointName {
  readonly fullName: readonly GeneralName[] | undefined
  readonly relativeName: Uint8Array | undefined
}

export interface DistributionPoint {
  readonly name: DistributionPointName | undefined
  /** Bits of ReasonFlags; `undefined` means all. */
  readonly reasons: ReadonlySet<number> | undefined
  readonly crlIssuer: readonly GeneralName[] | undefined
}

/** §4.2.2.1 */
export interface AccessDescription {
  /** Dotted decimal. */
  readonly method: string
  readonly location: GeneralName
}

export function readBasicConstraints(value: DerReader): BasicConstraints {
  const sequence = value.enter(SEQUENCE)
  const ca = sequence.readBooleanDefaultFalse()
  const pathLength = sequence.nextTag === INTEGER ? sequence.readSmallInteger() : undefined
  sequence.finish()
  return { ca, pathLength }
}

export function readKeyUsage(value: DerReader): ReadonlySet<KeyUsage> {
  const { offset } = value
  const usages = new Set<KeyUsage>()
  for (const bit of value.readNamedBits()) {
    const usage = KEY_USAGES[bit]
    if (usage === undefined) throw new DerError('der-bit-string-invalid', offset)
    usages.add(usage)
  }
  // "At least one of the bits MUST be set to 1."
  if (usages.size === 0) throw new DerError('der-bit-string-invalid', offset)
  return usages
}

export function readExtendedKeyUsage(value: DerReader): readonly string[] {
  return readSome(value, (sequence) => sequence.readOid())
}

export function readSubjectAltName(value: DerReader): readonly GeneralName[] {
  return readGeneralNames(value.enter(SEQUENCE))
}

export function readAuthorityKeyIdentifier(value: DerReader): AuthorityKeyIdentifier {
  const sequence = value.enter(SEQUENCE)
  const keyIdentifier =
    sequence.nextTag === contextPrimitive(0) ? sequence.readOctetString(contextPrimitive(0)) : undefined
  const names = sequence.enterOptional(contextConstructed(1))
  const issuer = names === undefined ? undefined : readGeneralNames(names)
  const serialNumber = sequence.nextTag === contextPrimitive(2) ? sequence.readInteger(contextPrimitive(2)) : undefined
  sequence.finish()
  if ((issuer === undefined) !== (serialNumber === undefined)) throw new DerError('der-truncated', sequence.start)
  return { keyIdentifier, issuer, serialNumber }
}

export function readNameConstraints(value: DerReader): NameConstraints {
  const sequence = value.enter(SEQUENCE)
  const permitted = readSubtrees(sequence, contextConstructed(0))
  const excluded = readSubtrees(sequence, contextConstructed(1))
  sequence.finish()
  // "Conforming CAs MUST NOT issue certificates where name constraints is an empty sequence."
  if (permitted === undefined && excluded === undefined) throw new DerError('der-truncated', sequence.start)
  return { permitted, excluded }
}

/** `minimum` is zero, so not encoded, and `maximum` absent in this profile; with either, the subtree means something else. */
function readSubtrees(sequence: DerReader, tag: number): readonly GeneralName[] | undefined {
  const subtrees = sequence.enterOptional(tag)
  if (subtrees === undefined) return undefined
  if (subtrees.isDone) throw new DerError('der-truncated', subtrees.start)
  const bases: GeneralName[] = []
  while (!subtrees.isDone) {
    const subtree = subtrees.enter(SEQUENCE)
    bases.push(readGeneralName(subtree, 'constraint'))
    subtree.finish()
  }
  return bases
}

/** The identifiers; qualifiers are for people (§4.2.1.4) and only their form is looked at. */
export function readCertificatePolicies(value: DerReader): readonly string[] {
  const { offset } = value
  const policies = readSome(value, (sequence) => {
    const information = sequence.enter(SEQUENCE)
    const policy = information.readOid()
    const qualifiers = information.enterOptional(SEQUENCE)
    information.finish()
    if (qualifiers !== undefined) readPolicyQualifiers(qualifiers)
    return policy
  })
  // "A certificate policy OID MUST NOT appear more than once."
  if (new Set(policies).size !== policies.length) throw new DerError('der-set-unordered', offset)
  return policies
}

function readPolicyQualifiers(qualifiers: DerReader): void {
  if (qualifiers.isDone) throw new DerError('der-truncated', qualifiers.start)
  while (!qualifiers.isDone) {
    const qualifier = qualifiers.enter(SEQUENCE)
    qualifier.readOid()
    qualifier.readAny()
    qualifier.finish()
  }
}

export function readPolicyMappings(value: DerReader): readonly PolicyMapping[] {
  return readSome(value, (sequence) => {
    const pair = sequence.enter(SEQUENCE)
    const issuerDomainPolicy = pair.readOid()
    const subjectDomainPolicy = pair.readOid()
    pair.finish()
    return { issuerDomainPolicy, subjectDomainPolicy }
  })
}

export function readPolicyConstraints(value: DerReader): PolicyConstraints {
  const sequence = value.enter(SEQUENCE)
  // "Conforming CAs MUST NOT issue certificates where policy constraints is an empty sequence."
  if (sequence.isDone) throw new DerError('der-truncated', sequence.start)
  const requireExplicitPolicy = readOptionalSkip(sequence, contextPrimitive(0))
  const inhibitPolicyMapping = readOptionalSkip(sequence, contextPrimitive(1))
  sequence.finish()
  return { requireExplicitPolicy, inhibitPolicyMapping }
}

function readOptionalSkip(sequence: DerReader, tag: number): number | undefined {
  return sequence.nextTag === tag ? sequence.readSmallInteger(tag) : undefined
}

export function readInhibitAnyPolicy(value: DerReader): number {
  return value.readSmallInteger()
}

export function readDistributionPoints(value: DerReader): readonly DistributionPoint[] {
  return readSome(value, (sequence) => {
    const point = sequence.enter(SEQUENCE)
    const outer = point.enterOptional(contextConstructed(0))
    const name = outer === undefined ? undefined : readDistributionPointName(outer)
    outer?.finish()
    const reasons =
      point.nextTag === contextPrimitive(1) ? new Set(point.readNamedBits(contextPrimitive(1))) : undefined
    const issuers = point.enterOptional(contextConstructed(2))
    const crlIssuer = issuers === undefined ? undefined : readGeneralNames(issuers)
    point.finish()
    // "A DistributionPoint MUST NOT consist of only the reasons field."
    if (name === undefined && crlIssuer === undefined) throw new DerError('der-truncated', point.start)
    return { name, reasons, crlIssuer }
  })
}

/** Also in the issuing distribution point of a CRL (§5.2.5). */
export function readDistributionPointName(reader: DerReader): DistributionPointName {
  const full = reader.enterOptional(contextConstructed(0))
  if (full !== undefined) return { fullName: readGeneralNames(full), relativeName: undefined }
  const relative = reader.read(contextConstructed(1))
  return { fullName: undefined, relativeName: reader.contentOf(relative) }
}

export function readAuthorityInfoAccess(value: DerReader): readonly AccessDescription[] {
  return readSome(value, (sequence) => {
    const description = sequence.enter(SEQUENCE)
    const method = description.readOid()
    const location = readGeneralName(description)
    description.finish()
    return { method, location }
  })
}

/** `SEQUENCE SIZE (1..MAX) OF`. */
function readSome<T>(value: DerReader, readOne: (sequence: DerReader) => T): readonly T[] {
  const sequence = value.enter(SEQUENCE)
  if (sequence.isDone) throw new DerError('der-truncated', sequence.start)
  const items: T[] = []
  while (!sequence.isDone) items.push(readOne(sequence))
  return items
}
