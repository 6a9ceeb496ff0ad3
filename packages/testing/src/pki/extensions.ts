/** Certificate extensions (RFC 5280 §4.2) from plain options to DER. @module */
import * as der from '../der/write.ts'
import { encodeGeneralName, type GeneralName } from './names.ts'

/** An extension as it stands in a certificate, a CRL or an OCSP response; `value` is the DER inside the OCTET STRING. */
export interface RawExtension {
  readonly oid: string
  readonly critical?: boolean
  readonly value: Uint8Array
}

export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly'

/** A purpose by its name in RFC 5280, or as a dotted object identifier. */
export type ExtendedKeyUsage =
  | 'serverAuth'
  | 'clientAuth'
  | 'codeSigning'
  | 'emailProtection'
  | 'timeStamping'
  | 'OCSPSigning'
  | 'any'
  | (string & {})

export interface BasicConstraints {
  readonly ca: boolean
  readonly pathLength?: number
  /** Default: true for a CA, false otherwise. */
  readonly critical?: boolean
}

export interface NameConstraints {
  readonly permitted?: readonly GeneralName[]
  readonly excluded?: readonly GeneralName[]
  /** Default: true (RFC 5280 §4.2.1.10). */
  readonly critical?: boolean
}

/** One distribution point; a bare URL stands for a point with that URL alone. */
export type DistributionPoint =
  | string
  | {
      readonly urls?: readonly string[]
      readonly reasons?: readonly RevocationReason[]
      /** The name of the CRL's issuer where that is not the certificate's own. */
      readonly crlIssuer?: readonly GeneralName[]
    }

/** Reasons of revocation by their names in RFC 5280 §5.3.1. */
export type RevocationReason =
  | 'unspecified'
  | 'keyCompromise'
  | 'cACompromise'
  | 'affiliationChanged'
  | 'superseded'
  | 'cessationOfOperation'
  | 'certificateHold'
  | 'removeFromCRL'
  | 'privilegeWithdrawn'
  | 'aACompromise'

/** The object identifiers of the extensions this package writes, by their names in RFC 5280. */
export const EXTENSION_OIDS = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  cRLNumber: '2.5.29.20',
  cRLReason: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCRLIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  certificateIssuer: '2.5.29.29',
  nameConstraints: '2.5.29.30',
  cRLDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  freshestCRL: '2.5.29.46',
  noRevAvail: '2.5.29.56',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  ocspNonce: '1.3.6.1.5.5.7.48.1.2',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
} as const

export type ExtensionName = keyof typeof EXTENSION_OIDS

/** CRLReason (RFC 5280 §5.3.1); 7 is not used. */
export const REASON_CODES: Readonly<Record<RevocationReason, number>> = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
}

export function extension(name: ExtensionName, critical: boolean, value: Uint8Array): RawExtension {
  return { oid: EXTENSION_OIDS[name], critical, value }
}

/** Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue }. */
export function encodeExtension({ oid, critical = false, value }: RawExtension): Uint8Array<ArrayBuffer> {
  const flag = critical ? [der.boolean(true)] : []
  return der.sequence(der.objectIdentifier(oid), ...flag, der.octetString(value))
}

export function encodeExtensions(extensions: readonly RawExtension[]): Uint8Array<ArrayBuffer> {
  return der.sequence(...extensions.map((one) => encodeExtension(one)))
}

export function basicConstraintsValue({ ca, pathLength }: BasicConstraints): Uint8Array {
  const flag = ca ? [der.boolean(true)] : []
  const limit = pathLength === undefined ? [] : [der.integer(pathLength)]
  return der.sequence(...flag, ...limit)
}

export function keyUsageValue(usages: readonly KeyUsage[]): Uint8Array {
  return der.namedBits(usages.map((usage) => KEY_USAGE_BITS.indexOf(usage)))
}

export function extendedKeyUsageValue(purposes: readonly ExtendedKeyUsage[]): Uint8Array {
  return der.sequence(...purposes.map((purpose) => der.objectIdentifier(PURPOSE_OIDS[purpose] ?? purpose)))
}

export function generalNamesValue(names: readonly GeneralName[]): Uint8Array {
  return der.sequence(...names.map((name) => encodeGeneralName(name)))
}

export function nameConstraintsValue({ permitted = [], excluded = [] }: NameConstraints): Uint8Array {
  return der.sequence(...subtrees(0, permitted), ...subtrees(1, excluded))
}

export function distributionPointsValue(points: readonly DistributionPoint[]): Uint8Array {
  return der.sequence(...points.map((point) => encodeDistributionPoint(point)))
}

/** DistributionPointName as `[0] { fullName [0] GeneralNames }` (RFC 5280 §4.2.1.13), also used in a CRL's scope. */
export function distributionPointName(urls: readonly string[]): Uint8Array {
  const names = urls.map((value) => encodeGeneralName({ kind: 'uri', value }))
  return der.context(0, 'constructed', der.context(0, 'constructed', ...names))
}

/** ReasonFlags: bit 0 is unused, bits 7 and 8 differ from the codes of CRLReason (RFC 5280 §4.2.1.13). */
export function reasonFlags(tagNumber: number, reasons: readonly RevocationReason[]): Uint8Array {
  const bits = der.namedBits(reasons.map((reason) => REASON_FLAG_BITS[reason] ?? 0))
  return der.context(tagNumber, 'primitive', bits.subarray(2))
}

export function authorityInfoAccessValue(ocspResponders: readonly string[], caIssuers: readonly string[]): Uint8Array {
  const describe = (method: string, value: string) =>
    der.sequence(der.objectIdentifier(method), encodeGeneralName({ kind: 'uri', value }))
  return der.sequence(
    ...ocspResponders.map((url) => describe('1.3.6.1.5.5.7.48.1', url)),
    ...caIssuers.map((url) => describe('1.3.6.1.5.5.7.48.2', url)),
  )
}

export function policiesValue(oids: readonly string[]): Uint8Array {
  return der.sequence(...oids.map((oid) => der.sequence(der.objectIdentifier(oid))))
}

/** AuthorityKeyIdentifier with a key identifier alone. */
export function authorityKeyIdentifierValue(keyIdentifier: Uint8Array): Uint8Array {
  return der.sequence(der.context(0, 'primitive', keyIdentifier))
}

const KEY_USAGE_BITS: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
]

const PURPOSE_OIDS: Readonly<Record<string, string>> = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  OCSPSigning: '1.3.6.1.5.5.7.3.9',
  any: '2.5.29.37.0',
}

const REASON_FLAG_BITS: Readonly<Partial<Record<RevocationReason, number>>> = {
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  privilegeWithdrawn: 7,
  aACompromise: 8,
}

function subtrees(tagNumber: number, names: readonly GeneralName[]): Uint8Array[] {
  if (names.length === 0) return []
  return [der.context(tagNumber, 'constructed', ...names.map((name) => der.sequence(encodeGeneralName(name))))]
}

function encodeDistributionPoint(point: DistributionPoint): Uint8Array {
  const { urls, reasons, crlIssuer } =
    typeof point === 'string' ? { urls: [point], reasons: undefined, crlIssuer: undefined } : point
  return der.sequence(
    ...(urls === undefined ? [] : [distributionPointName(urls)]),
    ...(reasons === undefined ? [] : [reasonFlags(1, reasons)]),
    ...(crlIssuer === undefined
      ? []
      : [der.context(2, 'constructed', ...crlIssuer.map((name) => encodeGeneralName(name)))]),
  )
}
