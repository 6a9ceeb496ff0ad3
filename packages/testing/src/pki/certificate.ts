/** One certificate, minted: options to a signed X.509 v3 certificate (RFC 5280 §4) with its keys. @module */
import 'reflect-metadata/lite'
import { Extension, Name, X509CertificateGenerator } from '@peculiar/x509'
import { toHex, toPem } from '../der/text.ts'
import * as der from '../der/write.ts'
import { partsOf, signedPartOf } from './assemble.ts'
import {
  authorityInfoAccessValue,
  authorityKeyIdentifierValue,
  type BasicConstraints,
  basicConstraintsValue,
  type DistributionPoint,
  distributionPointsValue,
  EXTENSION_OIDS,
  type ExtendedKeyUsage,
  type ExtensionName,
  encodeExtension,
  extendedKeyUsageValue,
  extension,
  generalNamesValue,
  type KeyUsage,
  keyUsageValue,
  type NameConstraints,
  nameConstraintsValue,
  policiesValue,
  type RawExtension,
} from './extensions.ts'
import {
  generateKeyPair,
  type KeyAlgorithm,
  type KeyPair,
  type SignatureHash,
  type SignatureScheme,
  schemeOf,
  sign,
} from './key-pair.ts'
import { encodeSubject, type GeneralName, type Subject } from './names.ts'

/** Every lifetime is counted from this clock. */
export type Clock = () => Date

/** A certificate, CRL or other signed structure in both its encodings. */
export interface Encoded {
  readonly der: Uint8Array<ArrayBuffer>
  readonly pem: string
}

export interface CertificateOptions {
  /** The common name. Default: a word for the kind of certificate. `''` makes the subject empty. */
  readonly name?: string
  /** The whole subject, instead of `name`. */
  readonly subject?: Subject

  /** URI SANs with the scheme `spiffe`. More than one is what a verifier must refuse. */
  readonly spiffe?: string | readonly string[]
  readonly dns?: readonly string[]
  readonly email?: readonly string[]
  readonly ip?: readonly string[]
  readonly uri?: readonly string[]
  /** Further alternative names of any kind, after those above. */
  readonly alternativeNames?: readonly GeneralName[]
  /** Default: true exactly when the subject is empty (RFC 5280 §4.2.1.6). */
  readonly alternativeNamesCritical?: boolean

  /** Default: five minutes before the clock's now. */
  readonly notBefore?: Date
  /** Default: `days` after the clock's now. */
  readonly notAfter?: Date
  /** Default: 3650 for a CA, 90 otherwise. */
  readonly days?: number

  /** The algorithm of a new key pair. Default: P-256. */
  readonly algorithm?: KeyAlgorithm
  /** The hash that this certificate's key signs with (RSA: bound to the key). Default: what is customary for the key. */
  readonly signatureHash?: SignatureHash
  /** An existing key pair: a renewal, a roll-over, a cross-certificate. */
  readonly keys?: KeyPair

  /** Hexadecimal or a positive number. Default: 16 random octets. */
  readonly serialNumber?: string | bigint
  /** Default: `digitalSignature`; for a CA `keyCertSign` and `cRLSign`. */
  readonly keyUsage?: readonly KeyUsage[] | 'none'
  /** Default: `clientAuth` for a client, `serverAuth` for a server, none for a CA. */
  readonly extendedKeyUsage?: readonly ExtendedKeyUsage[] | 'none'
  /** Default: `{ ca: false }`; for a CA `{ ca: true }` with its `pathLength`. */
  readonly basicConstraints?: BasicConstraints | 'none'
  readonly nameConstraints?: NameConstraints
  /** Certificate policies, as dotted object identifiers without qualifiers. */
  readonly policies?: readonly string[]
  readonly crlDistributionPoints?: readonly DistributionPoint[]
  /** Where the issuer's delta CRLs are (freshestCRL). */
  readonly freshestCrl?: readonly DistributionPoint[]
  readonly ocspResponders?: readonly string[]
  readonly caIssuers?: readonly string[]
  /** Declares that no revocation information will ever be published (RFC 9608). */
  readonly noRevAvail?: boolean
  /** Extensions as they are; one with the OID of an extension that would be written anyway takes its place. */
  readonly extensions?: readonly RawExtension[]
  /** Extensions to leave out, the key identifiers for instance. */
  readonly omitExtensions?: readonly ExtensionName[]
}

/** A certificate with everything a test wants to know of it; all hexadecimal is in lower case. */
export interface IssuedCertificate {
  readonly certificate: Encoded
  /** Undefined for a self-signed certificate. */
  readonly issuer: IssuedCertificate | undefined
  /** Where dates of what this certificate's key signs are counted from. */
  readonly clock: Clock
  /** The CAs between this certificate and its root, nearest first; the root is not among them. */
  readonly intermediates: readonly Encoded[]
  /** The certificate and its intermediates, as a TLS client or server sends them. */
  readonly chainPem: string
  /** PKCS #8. */
  readonly privateKeyPem: string
  /** For `https.request`, `tls.connect`, `https.createServer` and the like. */
  readonly tls: { readonly cert: string; readonly key: string }
  readonly keys: KeyPair
  readonly signatureHash: SignatureHash | undefined
  /** The subject's Name in DER. */
  readonly subject: Uint8Array<ArrayBuffer>
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array<ArrayBuffer>
  /** The octets of the subject key identifier: the first 20 of `publicKeyHash` (RFC 7093 §2). */
  readonly keyIdentifier: Uint8Array<ArrayBuffer>
  /** Without leading zeros. */
  readonly serialNumber: string
  /** SHA-256 of the certificate's DER. */
  readonly fingerprint: string
  /** SHA-256 of `publicKey`. */
  readonly publicKeyHash: string
  readonly notBefore: Date
  readonly notAfter: Date
}

/** What a kind of certificate has where the caller's options are silent. */
export interface CertificateDefaults {
  readonly name: string
  readonly days: number
  readonly keyUsage: readonly KeyUsage[]
  readonly extendedKeyUsage: readonly ExtendedKeyUsage[] | 'none'
  readonly basicConstraints: BasicConstraints
  readonly extensions?: readonly RawExtension[]
}

/** A certificate of the issuer's, or self-signed if `issuer` is undefined. */
export async function mintCertificate(
  options: CertificateOptions,
  defaults: CertificateDefaults,
  issuer: IssuedCertificate | undefined,
  clock: Clock = issuer?.clock ?? systemClock,
): Promise<IssuedCertificate> {
  const keys = options.keys ?? (await generateKeyPair(options.algorithm ?? 'P-256', options.signatureHash))
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('spki', keys.publicKey))
  const publicKeyDigest = await sha256(publicKey)
  const keyIdentifier = publicKeyDigest.slice(0, 20)

  const subject = encodeSubject(options.subject ?? commonName(options.name ?? defaults.name))
  const serialNumber = serialNumberHex(options.serialNumber)
  const now = clock().getTime()
  const notBefore = wholeSeconds(options.notBefore ?? new Date(now - BACKDATED_MILLISECONDS))
  const notAfter = wholeSeconds(options.notAfter ?? new Date(now + (options.days ?? defaults.days) * DAY_MILLISECONDS))

  const signingKeys = issuer?.keys ?? keys
  const scheme = schemeOf(signingKeys, issuer === undefined ? options.signatureHash : issuer.signatureHash)
  const authorityKeyIdentifier = issuer?.keyIdentifier ?? keyIdentifier
  const extensions = extensionsOf(options, defaults, subject, keyIdentifier, authorityKeyIdentifier)
  const issuerName = issuer?.subject ?? subject
  const minted = await X509CertificateGenerator.create({
    serialNumber,
    subject: new Name(subject),
    issuer: new Name(issuerName),
    notBefore,
    notAfter,
    publicKey,
    signingKey: signingKeys.privateKey,
    signingAlgorithm: scheme.webCrypto,
    extensions: extensions.map((one) => new Extension(encodeExtension(one))),
  })

  const whole = await withExactNames(new Uint8Array(minted.rawData), subject, issuerName, signingKeys, scheme)
  const certificate = encodedAs('CERTIFICATE', whole)
  const intermediates = issuer?.issuer === undefined ? [] : [issuer.certificate, ...issuer.intermediates]
  const chainPem = [certificate, ...intermediates].map(({ pem }) => pem).join('')
  const privateKeyPem = toPem('PRIVATE KEY', new Uint8Array(await crypto.subtle.exportKey('pkcs8', keys.privateKey)))
  return {
    certificate,
    issuer,
    clock,
    intermediates,
    chainPem,
    privateKeyPem,
    tls: { cert: chainPem, key: privateKeyPem },
    keys,
    signatureHash: options.signatureHash,
    subject,
    publicKey,
    keyIdentifier,
    serialNumber,
    fingerprint: toHex(await sha256(certificate.der)),
    publicKeyHash: toHex(publicKeyDigest),
    notBefore,
    notAfter,
  }
}

/** The PEM is made when it is first asked for: that of a large list costs more than the list. */
export function encodedAs(label: string, bytes: Uint8Array<ArrayBuffer>): Encoded {
  let pem: string | undefined
  return {
    der: bytes,
    get pem() {
      pem ??= toPem(label, bytes)
      return pem
    },
  }
}

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

/** Certificates and CRLs carry no fractions of a second (RFC 5280 §4.1.2.5). */
function wholeSeconds(date: Date): Date {
  if (Number.isNaN(date.getTime())) throw new TypeError('not a date')
  return new Date(Math.floor(date.getTime() / 1000) * 1000)
}

export const DAY_MILLISECONDS = 86_400_000

/** Room for peers whose clocks run late, as public CAs leave it. */
const BACKDATED_MILLISECONDS = 300_000

/** The generator decodes names and encodes them anew, and so mends those that a test broke on purpose. */
async function withExactNames(
  certificate: Uint8Array<ArrayBuffer>,
  subject: Uint8Array,
  issuer: Uint8Array,
  keys: KeyPair,
  scheme: SignatureScheme,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts = partsOf(certificate)
  if (equalBytes(parts.subject, subject) && equalBytes(parts.issuer, issuer)) return certificate
  const signedPart = signedPartOf({ ...parts, subject, issuer })
  return der.sequence(signedPart, parts.outerAlgorithm, der.bitString(await sign(keys, scheme, signedPart)))
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i])
}

function systemClock(): Date {
  return new Date()
}

function commonName(name: string): Subject {
  return name === '' ? [] : [{ type: 'CN', value: name }]
}

function serialNumberHex(serialNumber: string | bigint | undefined): string {
  if (serialNumber === undefined) {
    const octets = crypto.getRandomValues(new Uint8Array(16))
    octets[0] = ((octets[0] ?? 0) & 0x3f) | 0x40
    return toHex(octets)
  }
  const value = typeof serialNumber === 'bigint' ? serialNumber : BigInt(`0x${serialNumber}`)
  if (value <= 0n) throw new TypeError('serialNumber: not positive; make one with mutateCertificate()')
  const hex = value.toString(16)
  return hex.padStart(hex.length + (hex.length % 2), '0')
}

function extensionsOf(
  options: CertificateOptions,
  defaults: CertificateDefaults,
  subject: Uint8Array,
  keyIdentifier: Uint8Array,
  authorityKeyIdentifier: Uint8Array,
): RawExtension[] {
  const names = alternativeNames(options)
  const keyUsage = options.keyUsage ?? defaults.keyUsage
  const extendedKeyUsage = options.extendedKeyUsage ?? defaults.extendedKeyUsage
  const basicConstraints = options.basicConstraints ?? defaults.basicConstraints
  const { nameConstraints, policies, crlDistributionPoints, freshestCrl, ocspResponders = [], caIssuers = [] } = options

  const ours: RawExtension[] = []
  if (basicConstraints !== 'none') {
    const critical = basicConstraints.critical ?? basicConstraints.ca
    ours.push(extension('basicConstraints', critical, basicConstraintsValue(basicConstraints)))
  }
  if (keyUsage !== 'none') ours.push(extension('keyUsage', true, keyUsageValue(keyUsage)))
  if (extendedKeyUsage !== 'none') {
    ours.push(extension('extendedKeyUsage', false, extendedKeyUsageValue(extendedKeyUsage)))
  }
  if (names.length > 0) {
    const critical = options.alternativeNamesCritical ?? subject.length === EMPTY_NAME_LENGTH
    ours.push(extension('subjectAltName', critical, generalNamesValue(names)))
  }
  ours.push(extension('subjectKeyIdentifier', false, der.octetString(keyIdentifier)))
  ours.push(extension('authorityKeyIdentifier', false, authorityKeyIdentifierValue(authorityKeyIdentifier)))
  if (nameConstraints !== undefined) {
    ours.push(extension('nameConstraints', nameConstraints.critical ?? true, nameConstraintsValue(nameConstraints)))
  }
  if (policies !== undefined) ours.push(extension('certificatePolicies', false, policiesValue(policies)))
  if (crlDistributionPoints !== undefined) {
    ours.push(extension('cRLDistributionPoints', false, distributionPointsValue(crlDistributionPoints)))
  }
  if (freshestCrl !== undefined) ours.push(extension('freshestCRL', false, distributionPointsValue(freshestCrl)))
  if (ocspResponders.length + caIssuers.length > 0) {
    ours.push(extension('authorityInfoAccess', false, authorityInfoAccessValue(ocspResponders, caIssuers)))
  }
  if (options.noRevAvail === true) ours.push(extension('noRevAvail', false, der.nullValue()))
  ours.push(...(defaults.extensions ?? []))

  const given = options.extensions ?? []
  const omitted = new Set<string>(options.omitExtensions?.map((name) => EXTENSION_OIDS[name]))
  for (const { oid } of given) omitted.add(oid)
  return [...ours.filter(({ oid }) => !omitted.has(oid)), ...given]
}

function alternativeNames(options: CertificateOptions): GeneralName[] {
  const { spiffe = [], dns = [], email = [], ip = [], uri = [], alternativeNames: further = [] } = options
  const uris = [...(typeof spiffe === 'string' ? [spiffe] : spiffe), ...uri]
  return [
    ...uris.map((value) => ({ kind: 'uri' as const, value })),
    ...dns.map((value) => ({ kind: 'dns' as const, value })),
    ...email.map((value) => ({ kind: 'email' as const, value })),
    ...ip.map((value) => ({ kind: 'ip' as const, value })),
    ...further,
  ]
}

/** An empty SEQUENCE: tag and length. */
const EMPTY_NAME_LENGTH = 2
