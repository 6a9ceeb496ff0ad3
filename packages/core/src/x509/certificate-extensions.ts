/**
 * The extensions of a certificate (RFC 5280 §4.2): which of them are read, and what becomes of the rest.
 * @module
 */
import { checkDer } from '../der/check-der.ts'
import { DerError } from '../der/der-error.ts'
import { DerReader } from '../der/reader.ts'
import { contextConstructed, SEQUENCE } from '../der/tags.ts'
import { CertificateError } from './certificate-error.ts'
import { type Extension, readExtension } from './extension.ts'
import {
  type AccessDescription,
  type AuthorityKeyIdentifier,
  type BasicConstraints,
  type DistributionPoint,
  type KeyUsage,
  type NameConstraints,
  type PolicyConstraints,
  type PolicyMapping,
  readAuthorityInfoAccess,
  readAuthorityKeyIdentifier,
  readBasicConstraints,
  readCertificatePolicies,
  readDistributionPoints,
  readExtendedKeyUsage,
  readInhibitAnyPolicy,
  readKeyUsage,
  readNameConstraints,
  readPolicyConstraints,
  readPolicyMappings,
  readSubjectAltName,
} from './extension-values.ts'
import type { GeneralName } from './general-name.ts'
import { EXTENSION } from './oids.ts'

/** More than any profile defines; bounds the search for duplicates. */
const MAX_EXTENSIONS = 64

/** What a certificate says in its extensions; `undefined` where the extension is absent. */
export interface ExtensionValues {
  basicConstraints: BasicConstraints | undefined
  keyUsage: ReadonlySet<KeyUsage> | undefined
  extendedKeyUsage: readonly string[] | undefined
  subjectAltName: readonly GeneralName[] | undefined
  issuerAltName: readonly GeneralName[] | undefined
  subjectKeyIdentifier: Uint8Array | undefined
  authorityKeyIdentifier: AuthorityKeyIdentifier | undefined
  nameConstraints: NameConstraints | undefined
  certificatePolicies: readonly string[] | undefined
  policyMappings: readonly PolicyMapping[] | undefined
  policyConstraints: PolicyConstraints | undefined
  inhibitAnyPolicy: number | undefined
  crlDistributionPoints: readonly DistributionPoint[] | undefined
  freshestCrl: readonly DistributionPoint[] | undefined
  authorityInfoAccess: readonly AccessDescription[] | undefined
  noRevAvail: boolean
  ocspNoCheck: boolean
}

/** @param closed extensions whose contents are not looked at */
export function readExtensions(
  tbs: DerReader,
  version: number,
  closed: ReadonlySet<string> | undefined,
): { extensions: readonly Extension[]; values: ExtensionValues } {
  const values = noValues()
  const explicit = tbs.enterOptional(contextConstructed(3))
  if (explicit === undefined) return { extensions: [], values }
  if (version !== 3) throw new CertificateError('extensions-unexpected', explicit.start)
  const list = explicit.enter(SEQUENCE)
  explicit.finish()
  if (list.isDone) throw new DerError('der-truncated', list.start)
  const extensions: Extension[] = []
  while (!list.isDone) {
    const start = list.offset
    if (extensions.length === MAX_EXTENSIONS) throw new CertificateError('extensions-too-many', start)
    const extension = readExtension(list)
    for (const { oid } of extensions)
      if (oid === extension.oid) throw new CertificateError('extension-duplicate', start, { extension: oid })
    extensions.push(extension)
    if (closed?.has(extension.oid) !== true) readValue(list.bytes, extension, values)
  }
  return { extensions, values }
}

function noValues(): ExtensionValues {
  return {
    basicConstraints: undefined,
    keyUsage: undefined,
    extendedKeyUsage: undefined,
    subjectAltName: undefined,
    issuerAltName: undefined,
    subjectKeyIdentifier: undefined,
    authorityKeyIdentifier: undefined,
    nameConstraints: undefined,
    certificatePolicies: undefined,
    policyMappings: undefined,
    policyConstraints: undefined,
    inhibitAnyPolicy: undefined,
    crlDistributionPoints: undefined,
    freshestCrl: undefined,
    authorityInfoAccess: undefined,
    noRevAvail: false,
    ocspNoCheck: false,
  }
}

/** A known extension is read at once, so that no getter ever throws; an unknown one stays closed. */
function readValue(bytes: Uint8Array, { oid, offset, end }: Extension, values: ExtensionValues): void {
  const reader = new DerReader(bytes, offset, end)
  try {
    const readKnown = VALUE_READERS.get(oid)
    if (readKnown === undefined) refuseNesting(bytes, offset, end)
    else {
      readKnown(reader, values)
      reader.finish()
    }
  } catch (error) {
    if (error instanceof DerError)
      throw new CertificateError('extension-malformed', error.offset, { extension: oid, cause: error })
    throw error
  }
}

/** What is not DER is none of our business here; what is, and nests without end, would be some recursive reader's. */
function refuseNesting(bytes: Uint8Array, start: number, end: number): void {
  try {
    checkDer(bytes, start, end)
  } catch (error) {
    if (error instanceof DerError && error.code === 'der-too-deep') throw error
  }
}

type ValueReader = (reader: DerReader, values: ExtensionValues) => void

/** A map, not a switch: identifiers are made at run time, and comparing each with every case costs more than reading the value. */
const VALUE_READERS: ReadonlyMap<string, ValueReader> = new Map<string, ValueReader>([
  [EXTENSION.basicConstraints, (reader, values) => (values.basicConstraints = readBasicConstraints(reader))],
  [EXTENSION.keyUsage, (reader, values) => (values.keyUsage = readKeyUsage(reader))],
  [EXTENSION.extendedKeyUsage, (reader, values) => (values.extendedKeyUsage = readExtendedKeyUsage(reader))],
  [EXTENSION.subjectAltName, (reader, values) => (values.subjectAltName = readSubjectAltName(reader))],
  [EXTENSION.issuerAltName, (reader, values) => (values.issuerAltName = readSubjectAltName(reader))],
  [EXTENSION.subjectKeyIdentifier, (reader, values) => (values.subjectKeyIdentifier = reader.readOctetString())],
  [
    EXTENSION.authorityKeyIdentifier,
    (reader, values) => (values.authorityKeyIdentifier = readAuthorityKeyIdentifier(reader)),
  ],
  [EXTENSION.nameConstraints, (reader, values) => (values.nameConstraints = readNameConstraints(reader))],
  [EXTENSION.certificatePolicies, (reader, values) => (values.certificatePolicies = readCertificatePolicies(reader))],
  [EXTENSION.policyMappings, (reader, values) => (values.policyMappings = readPolicyMappings(reader))],
  [EXTENSION.policyConstraints, (reader, values) => (values.policyConstraints = readPolicyConstraints(reader))],
  [EXTENSION.inhibitAnyPolicy, (reader, values) => (values.inhibitAnyPolicy = readInhibitAnyPolicy(reader))],
  [
    EXTENSION.crlDistributionPoints,
    (reader, values) => (values.crlDistributionPoints = readDistributionPoints(reader)),
  ],
  [EXTENSION.freshestCrl, (reader, values) => (values.freshestCrl = readDistributionPoints(reader))],
  [EXTENSION.authorityInfoAccess, (reader, values) => (values.authorityInfoAccess = readAuthorityInfoAccess(reader))],
  [
    EXTENSION.noRevAvail,
    (reader, values) => {
      reader.readNull()
      values.noRevAvail = true
    },
  ],
  [
    EXTENSION.ocspNoCheck,
    (reader, values) => {
      reader.readNull()
      values.ocspNoCheck = true
    },
  ],
])
