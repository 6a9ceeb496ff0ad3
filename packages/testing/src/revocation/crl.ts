/** Certificate revocation lists, right and wrong ones, signed by a CA or in its name (RFC 5280 §5). @module */
import { fromHex } from '../der/text.ts'
import * as der from '../der/write.ts'
import { DAY_MILLISECONDS, type Encoded, encodedAs, type IssuedCertificate } from '../pki/certificate.ts'
import {
  authorityKeyIdentifierValue,
  type DistributionPoint,
  distributionPointName,
  distributionPointsValue,
  encodeExtensions,
  extension,
  generalNamesValue,
  type RawExtension,
  REASON_CODES,
  type RevocationReason,
  reasonFlags,
} from '../pki/extensions.ts'
import { schemeOf, sign } from '../pki/key-pair.ts'
import type { GeneralName } from '../pki/names.ts'

/** An entry: whose certificate, or which serial number, since when and why. */
export interface RevokedEntry {
  /** Hexadecimal, or a number (also a negative one), or the INTEGER's content octets as they are. */
  readonly serialNumber: string | bigint | Uint8Array
  /** Default: `thisUpdate` of the list. */
  readonly at?: Date
  /** Default: no reason code. */
  readonly reason?: RevocationReason
  readonly invalidityDate?: Date
  /** For indirect lists: the CA whose certificate this entry and those after it mean (RFC 5280 §5.3.3). */
  readonly certificateIssuer?: IssuedCertificate | readonly GeneralName[]
  readonly extensions?: readonly RawExtension[]
}

export type Revoked = IssuedCertificate | string | bigint | RevokedEntry

/** The scope of a list (RFC 5280 §5.2.5). */
export interface IssuingDistributionPoint {
  readonly urls?: readonly string[]
  readonly onlyUserCertificates?: boolean
  readonly onlyCaCertificates?: boolean
  readonly onlyAttributeCertificates?: boolean
  readonly onlySomeReasons?: readonly RevocationReason[]
  readonly indirect?: boolean
  /** Default: true. */
  readonly critical?: boolean
}

export interface CrlOptions {
  readonly revoked?: readonly Revoked[]
  /** The CRL number. Default: one more than that of this CA's last list. */
  readonly number?: number | bigint | 'absent'
  /** Default: the clock's now. */
  readonly thisUpdate?: Date
  /** Default: `days` after `thisUpdate`. */
  readonly nextUpdate?: Date | 'absent'
  /** Default: 7. */
  readonly days?: number
  /** 1 leaves out the version and every extension that is not given in `extensions`. Default: 2. */
  readonly version?: 1 | 2
  readonly issuingDistributionPoint?: IssuingDistributionPoint
  /** Makes a delta list: the CRL number of the base it adds to. */
  readonly deltaBase?: number | bigint
  /** Where this list's deltas are (freshestCRL). */
  readonly freshestCrl?: readonly DistributionPoint[]
  readonly authorityKeyIdentifier?: 'absent'
  /** Further extensions of the list, after ours. */
  readonly extensions?: readonly RawExtension[]
  /** Signs with another's key and leaves the issuer's name as it is. */
  readonly signedBy?: IssuedCertificate
  /** Changes the DER of the signed part before it is signed. */
  readonly signedPart?: (bytes: Uint8Array) => Uint8Array
  /** `broken` flips a bit of the signature. */
  readonly signature?: 'valid' | 'broken'
}

/** A list in the name of `issuer`, which may also be a CRL issuer that is no CA. */
export async function createCrl(issuer: IssuedCertificate, options: CrlOptions = {}): Promise<Encoded> {
  const thisUpdate = options.thisUpdate ?? issuer.clock()
  const entries = encodeEntries(options.revoked ?? [], thisUpdate)
  return signCrl(issuer, entries.length === 0 ? [] : [der.sequence(entries)], options, thisUpdate)
}

/** The entries one after another, without the SEQUENCE around them. */
export function encodeEntries(revoked: readonly Revoked[], thisUpdate: Date): Uint8Array<ArrayBuffer> {
  return der.concatBytes(...revoked.map((one) => encodeEntry(entryOf(one), thisUpdate)))
}

/** Signs a list whose `revokedCertificates`, none or one SEQUENCE, is written already. */
export async function signCrl(
  issuer: IssuedCertificate,
  revokedCertificates: readonly Uint8Array[],
  options: CrlOptions,
  thisUpdate: Date,
): Promise<Encoded> {
  const signer = options.signedBy ?? issuer
  const scheme = schemeOf(signer.keys, signer.signatureHash)
  const { version = 2, days = 7, nextUpdate = new Date(thisUpdate.getTime() + days * DAY_MILLISECONDS) } = options
  const extensions = extensionsOf(issuer, options)
  const { signedPart = (bytes: Uint8Array) => bytes } = options
  const tbs = signedPart(
    der.sequence(
      ...(version === 1 ? [] : [der.integer(1)]),
      scheme.identifier,
      issuer.subject,
      der.time(thisUpdate),
      ...(nextUpdate === 'absent' ? [] : [der.time(nextUpdate)]),
      ...revokedCertificates,
      ...(extensions.length === 0 ? [] : [der.context(0, 'constructed', encodeExtensions(extensions))]),
    ),
  )
  const signature = await sign(signer.keys, scheme, tbs)
  if (options.signature === 'broken') flipLastBit(signature)
  return encodedAs('X509 CRL', der.sequence(tbs, scheme.identifier, der.bitString(signature)))
}

/** Content octets of a serial number: hexadecimal is a magnitude and gets a leading zero where it needs one. */
export function serialOctets(serialNumber: string | bigint | Uint8Array): Uint8Array {
  if (serialNumber instanceof Uint8Array) return serialNumber
  if (typeof serialNumber === 'bigint') return der.integerOctets(serialNumber)
  const magnitude = fromHex(serialNumber)
  return (magnitude[0] ?? 0) >= 0x80 ? der.concatBytes(Uint8Array.of(0), magnitude) : magnitude
}

/** A signature stays decodable in its structure and no longer fits. */
export function flipLastBit(signature: Uint8Array): void {
  signature[signature.length - 1] = (signature[signature.length - 1] ?? 0) ^ 1
}

function entryOf(revoked: Revoked): RevokedEntry {
  if (typeof revoked === 'string' || typeof revoked === 'bigint') return { serialNumber: revoked }
  return 'certificate' in revoked ? { serialNumber: revoked.serialNumber } : revoked
}

function encodeEntry(entry: RevokedEntry, thisUpdate: Date): Uint8Array {
  const extensions: RawExtension[] = []
  if (entry.reason !== undefined) {
    extensions.push(extension('cRLReason', false, der.enumerated(REASON_CODES[entry.reason])))
  }
  if (entry.invalidityDate !== undefined) {
    extensions.push(extension('invalidityDate', false, der.generalizedTime(entry.invalidityDate)))
  }
  if (entry.certificateIssuer !== undefined) {
    const { certificateIssuer } = entry
    const names: readonly GeneralName[] =
      'certificate' in certificateIssuer ? [{ kind: 'directory', value: certificateIssuer.subject }] : certificateIssuer
    extensions.push(extension('certificateIssuer', true, generalNamesValue(names)))
  }
  extensions.push(...(entry.extensions ?? []))
  return der.sequence(
    der.integer(serialOctets(entry.serialNumber)),
    der.time(entry.at ?? thisUpdate),
    ...(extensions.length === 0 ? [] : [encodeExtensions(extensions)]),
  )
}

function extensionsOf(issuer: IssuedCertificate, options: CrlOptions): readonly RawExtension[] {
  const given = options.extensions ?? []
  if (options.version === 1) return given
  const { number = 1, deltaBase, issuingDistributionPoint, freshestCrl } = options
  const ours: RawExtension[] = []
  if (options.authorityKeyIdentifier !== 'absent') {
    ours.push(extension('authorityKeyIdentifier', false, authorityKeyIdentifierValue(issuer.keyIdentifier)))
  }
  if (number !== 'absent') ours.push(extension('cRLNumber', false, der.integer(number)))
  if (deltaBase !== undefined) ours.push(extension('deltaCRLIndicator', true, der.integer(deltaBase)))
  if (issuingDistributionPoint !== undefined) {
    const { critical = true } = issuingDistributionPoint
    ours.push(extension('issuingDistributionPoint', critical, scopeValue(issuingDistributionPoint)))
  }
  if (freshestCrl !== undefined) ours.push(extension('freshestCRL', false, distributionPointsValue(freshestCrl)))
  return [...ours, ...given]
}

function scopeValue(scope: IssuingDistributionPoint): Uint8Array {
  const flag = (tagNumber: number, set: boolean | undefined) =>
    set === true ? [der.context(tagNumber, 'primitive', Uint8Array.of(0xff))] : []
  return der.sequence(
    ...(scope.urls === undefined ? [] : [distributionPointName(scope.urls)]),
    ...flag(1, scope.onlyUserCertificates),
    ...flag(2, scope.onlyCaCertificates),
    ...(scope.onlySomeReasons === undefined ? [] : [reasonFlags(3, scope.onlySomeReasons)]),
    ...flag(4, scope.indirect),
    ...flag(5, scope.onlyAttributeCertificates),
  )
}
