/** Certificates as RFC 5280 §4 describes them: strict DER, read once, kept as views of the original octets. @module */
import { copyOctets } from '#primitives'
import { encodeHex } from '../bytes/hex.ts'
import { PemError, parsePem } from '../bytes/pem.ts'
import { DerError } from '../der/der-error.ts'
import { type DerElement, DerReader } from '../der/reader.ts'
import { contextConstructed, contextPrimitive, SEQUENCE } from '../der/tags.ts'
import { CertificateError } from './certificate-error.ts'
import { type ExtensionValues, readExtensions } from './certificate-extensions.ts'
import type { Extension } from './extension.ts'
import type {
  AccessDescription,
  AuthorityKeyIdentifier,
  BasicConstraints,
  DistributionPoint,
  KeyUsage,
  NameConstraints,
  PolicyConstraints,
  PolicyMapping,
} from './extension-values.ts'
import type { GeneralName } from './general-name.ts'
import { Name } from './name.ts'
import { type KeyFault, type PublicKey, parsePublicKey } from './public-key.ts'

/** TLS stacks give up at 100 kB for a whole chain; the largest honest certificate (ML-DSA-87 with many names) is below 20 kB. */
const MAX_CERTIFICATE_BYTES = 65_536

/** §4.1.2.2: 20 octets. A 160-bit number with its top bit set takes a sign octet more, and is counted without it. */
const MAX_SERIAL_OCTETS = 20

interface Fields {
  readonly der: Uint8Array
  readonly tbs: Uint8Array
  readonly version: 1 | 2 | 3
  readonly serialNumber: Uint8Array
  readonly signatureAlgorithm: Uint8Array
  readonly signature: Uint8Array
  readonly issuer: Name
  readonly notBefore: number
  readonly notAfter: number
  readonly subject: Name
  readonly publicKey: Uint8Array
  readonly extensions: readonly Extension[]
  readonly values: ExtensionValues
}

/** Made by `parseCertificate` alone, so that a value of this type has passed it. Its octets are its own copy. */
export class Certificate {
  /** The whole certificate. */
  readonly der: Uint8Array
  /** TBSCertificate: what is signed. */
  readonly tbs: Uint8Array
  readonly version: 1 | 2 | 3
  /** Contents of the INTEGER, big-endian, with a sign octet where DER asks for one. */
  readonly serialNumber: Uint8Array
  /** AlgorithmIdentifier, DER; the signed and the outer one are the same. */
  readonly signatureAlgorithm: Uint8Array
  readonly signature: Uint8Array
  readonly issuer: Name
  readonly subject: Name
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array
  readonly extensions: readonly Extension[]
  /**
   * @internal What a verifier remembers of what this certificate, as an anchor, vouches for. Here, because it shall live as
   * long as the certificate.
   */
  memory: unknown
  #key: PublicKey | KeyFault | undefined
  readonly #notBefore: number
  readonly #notAfter: number
  readonly #values: ExtensionValues

  private constructor(fields: Fields) {
    this.der = fields.der
    this.tbs = fields.tbs
    this.version = fields.version
    this.serialNumber = fields.serialNumber
    this.signatureAlgorithm = fields.signatureAlgorithm
    this.signature = fields.signature
    this.issuer = fields.issuer
    this.subject = fields.subject
    this.publicKey = fields.publicKey
    this.extensions = fields.extensions
    this.#notBefore = fields.notBefore
    this.#notAfter = fields.notAfter
    this.#values = fields.values
  }

  /** @internal */
  static read(der: Uint8Array, closed?: ReadonlySet<string>): Certificate {
    return new Certificate(readFields(der, closed))
  }

  get notBefore(): Date {
    return new Date(this.#notBefore)
  }

  get notAfter(): Date {
    return new Date(this.#notAfter)
  }

  /** @internal `publicKey`, read once. */
  get key(): PublicKey | KeyFault {
    this.#key ??= parsePublicKey(this.publicKey)
    return this.#key
  }

  /** Hexadecimal, as openssl writes it: without the sign octet. */
  get serialNumberHex(): string {
    const { serialNumber } = this
    return encodeHex(serialNumber.length > 1 && serialNumber[0] === 0 ? serialNumber.subarray(1) : serialNumber)
  }

  /** Subject and issuer are the same name (§6.1): it does not follow that the key is. */
  get isSelfIssued(): boolean {
    return this.subject.equals(this.issuer)
  }

  get basicConstraints(): BasicConstraints | undefined {
    return this.#values.basicConstraints
  }

  get keyUsage(): ReadonlySet<KeyUsage> | undefined {
    return this.#values.keyUsage
  }

  /** Purposes as object identifiers, dotted decimal. */
  get extendedKeyUsage(): readonly string[] | undefined {
    return this.#values.extendedKeyUsage
  }

  get subjectAltName(): readonly GeneralName[] | undefined {
    return this.#values.subjectAltName
  }

  get issuerAltName(): readonly GeneralName[] | undefined {
    return this.#values.issuerAltName
  }

  get subjectKeyIdentifier(): Uint8Array | undefined {
    return this.#values.subjectKeyIdentifier
  }

  get authorityKeyIdentifier(): AuthorityKeyIdentifier | undefined {
    return this.#values.authorityKeyIdentifier
  }

  get nameConstraints(): NameConstraints | undefined {
    return this.#values.nameConstraints
  }

  get certificatePolicies(): readonly string[] | undefined {
    return this.#values.certificatePolicies
  }

  get policyMappings(): readonly PolicyMapping[] | undefined {
    return this.#values.policyMappings
  }

  get policyConstraints(): PolicyConstraints | undefined {
    return this.#values.policyConstraints
  }

  get inhibitAnyPolicy(): number | undefined {
    return this.#values.inhibitAnyPolicy
  }

  get crlDistributionPoints(): readonly DistributionPoint[] | undefined {
    return this.#values.crlDistributionPoints
  }

  get freshestCrl(): readonly DistributionPoint[] | undefined {
    return this.#values.freshestCrl
  }

  get authorityInfoAccess(): readonly AccessDescription[] | undefined {
    return this.#values.authorityInfoAccess
  }

  /** The issuer publishes no revocation for it (RFC 9608). */
  get noRevAvail(): boolean {
    return this.#values.noRevAvail
  }

  /** The issuer asks not to check the revocation of this OCSP responder (RFC 6960 §4.2.2.2.1). */
  get ocspNoCheck(): boolean {
    return this.#values.ocspNoCheck
  }

  extension(oid: string): Extension | undefined {
    return this.extensions.find((extension) => extension.oid === oid)
  }
}

/**
 * DER octets, or PEM text with exactly one `CERTIFICATE` block. Octets are never taken for PEM.
 * @throws CertificateError
 */
export function parseCertificate(input: Uint8Array | string): Certificate {
  return parseDer(typeof input === 'string' ? onlyBlock(input) : input)
}

/** @internal `closed`: extensions whose contents are not looked at, because nothing is asked of them. */
export function parseDer(der: Uint8Array, index?: number, closed?: ReadonlySet<string>): Certificate {
  if (der.length > MAX_CERTIFICATE_BYTES)
    throw new CertificateError('certificate-too-large', MAX_CERTIFICATE_BYTES, { index })
  try {
    // A copy: what was verified must not change under it, and must not keep a large receive buffer alive.
    return Certificate.read(copyOctets(der), closed)
  } catch (error) {
    if (error instanceof DerError) throw new CertificateError(error.code, error.offset, { index, cause: error })
    if (error instanceof CertificateError && index !== undefined)
      throw new CertificateError(error.code, error.offset, { index, extension: error.extension, cause: error })
    throw error
  }
}

function onlyBlock(text: string): Uint8Array {
  const blocks = readCertificateBlocks(text)
  const [first, second] = blocks
  if (first === undefined) throw new CertificateError('pem-block-missing', 0)
  if (second !== undefined) throw new CertificateError('pem-block-surplus', second.offset)
  return first.bytes
}

/** @internal The blocks of a text in which every block is a certificate. */
export function readCertificateBlocks(text: string): { bytes: Uint8Array; offset: number }[] {
  try {
    return parsePem(text).map(({ label, bytes, offset }) => {
      if (label.endsWith('PRIVATE KEY')) throw new CertificateError('pem-private-key', offset)
      if (label !== 'CERTIFICATE') throw new CertificateError('pem-label-unexpected', offset)
      return { bytes, offset }
    })
  } catch (error) {
    if (error instanceof PemError) throw new CertificateError(error.code, error.offset, { cause: error })
    throw error
  }
}

function readFields(der: Uint8Array, closed: ReadonlySet<string> | undefined): Fields {
  const outer = new DerReader(der)
  const certificate = outer.enter(SEQUENCE)
  outer.finish()
  const tbs = certificate.enter(SEQUENCE)
  const algorithm = certificate.read(SEQUENCE)
  const signature = certificate.readBitStringOctets()
  certificate.finish()

  const version = readVersion(tbs)
  const serialNumber = readSerialNumber(tbs)
  const signed = tbs.read(SEQUENCE)
  if (!isSameRange(der, signed, algorithm)) throw new CertificateError('signature-algorithm-mismatch', signed.start)
  const issuerOffset = tbs.offset
  const issuer = readName(tbs)
  if (issuer.isEmpty) throw new CertificateError('issuer-empty', issuerOffset)
  const validity = tbs.enter(SEQUENCE)
  const notBefore = validity.readTime()
  const notAfter = validity.readTime()
  validity.finish()
  const subject = readName(tbs)
  const publicKey = tbs.encodingOf(tbs.read(SEQUENCE))
  skipUniqueIdentifiers(tbs, version)
  const { extensions, values } = readExtensions(tbs, version, closed)
  tbs.finish()
  return {
    der,
    tbs: der.subarray(tbs.start, tbs.end),
    version,
    serialNumber,
    signatureAlgorithm: certificate.encodingOf(algorithm),
    signature,
    issuer,
    notBefore,
    notAfter,
    subject,
    publicKey,
    extensions,
    values,
  }
}

function isSameRange(der: Uint8Array, a: DerElement, b: DerElement): boolean {
  const length = a.end - a.start
  if (length !== b.end - b.start) return false
  for (let index = 0; index < length; index++) if (der[a.start + index] !== der[b.start + index]) return false
  return true
}

function readVersion(tbs: DerReader): 1 | 2 | 3 {
  const explicit = tbs.enterOptional(contextConstructed(0))
  if (explicit === undefined) return 1
  const version = explicit.readSmallInteger()
  explicit.finish()
  // v1 is the default, and so not encoded (X.690 §11.5).
  if (version === 0) throw new DerError('der-default-encoded', explicit.start)
  if (version > 2) throw new CertificateError('version-unsupported', explicit.start)
  return version === 1 ? 2 : 3
}

/** Zero is left to the verifier: well-known roots have it. */
function readSerialNumber(tbs: DerReader): Uint8Array {
  const { offset } = tbs
  const serial = tbs.readInteger()
  const first = serial[0] as number
  if (first >= 0x80 || serial.length - (first === 0 ? 1 : 0) > MAX_SERIAL_OCTETS)
    throw new CertificateError('serial-number-invalid', offset)
  return serial
}

function readName(tbs: DerReader): Name {
  const { offset } = tbs
  try {
    return Name.read(tbs)
  } catch (error) {
    if (error instanceof DerError && error.code === 'der-length-too-large' && error.offset === offset)
      throw new CertificateError('name-too-long', offset)
    throw error
  }
}

/** §4.1.2.8: allowed in versions 2 and 3, used for nothing. */
function skipUniqueIdentifiers(tbs: DerReader, version: number): void {
  for (const tag of [contextPrimitive(1), contextPrimitive(2)]) {
    if (tbs.nextTag !== tag) continue
    if (version === 1) throw new CertificateError('unique-identifier-unexpected', tbs.offset)
    tbs.readBitString(tag)
  }
}
