/** A catalogue of malformed certificates: each breaks one rule of X.690 or RFC 5280 and is right in all else. @module */
import { childrenOf, readElement } from '../der/read.ts'
import * as der from '../der/write.ts'
import type { IssuedCertificate } from '../pki/certificate.ts'
import { encodeExtension } from '../pki/extensions.ts'
import { type CertificateMutation, mutateCertificate } from './mutate-certificate.ts'

/** A copy of `original` that breaks the named rule, signed so that only this rule can be what it is refused for. */
export function malformCertificate(
  original: IssuedCertificate,
  malformation: Malformation,
): Promise<IssuedCertificate> {
  return mutateCertificate(original, MUTATIONS[malformation])
}

/** The name of each entry of the catalogue, for tests that go through all of it. */
export const MALFORMATIONS = [
  'trailing-bytes',
  'trailing-bytes-in-signed-part',
  'two-certificates',
  'truncated',
  'non-minimal-length',
  'indefinite-length',
  'non-minimal-integer',
  'boolean-not-ff',
  'default-encoded',
  'unused-signature-bits',
  'deep-nesting',
  'version-absent-with-extensions',
  'version-2-with-extensions',
  'version-5',
  'negative-serial',
  'zero-serial',
  'forty-octet-serial',
  'inner-algorithm-differs',
  'algorithm-parameters-added',
  'unknown-algorithm',
  'empty-issuer',
  'fractional-seconds',
  'seconds-absent',
  'offset-instead-of-zulu',
  'generalized-time-before-2050',
  'empty-extensions',
  'duplicate-extension',
  'unknown-critical-extension',
  'extension-with-trailing-bytes',
  'undecodable-extension',
  'empty-alternative-names',
  'five-octet-address',
  'undecodable-public-key',
  'unknown-public-key-algorithm',
  'rsa-key-of-16384-bits',
  'rsa-exponent-of-one',
  'rsa-even-modulus',
  'unique-identifier-after-extensions',
  'broken-signature',
  'empty-signature',
] as const

export type Malformation = (typeof MALFORMATIONS)[number]

/** An arc for private use that nobody can understand. */
const UNKNOWN_OID = '1.3.6.1.4.1.99999.1'

/** No key of ours signs with it. */
const ECDSA_WITH_SHA224 = '1.2.840.10045.4.3.1'

const BASIC_CONSTRAINTS = '2.5.29.19'
const SUBJECT_ALT_NAME = '2.5.29.17'

const MUTATIONS: Readonly<Record<Malformation, CertificateMutation>> = {
  'trailing-bytes': { certificate: (bytes) => der.concatBytes(bytes, Uint8Array.of(0)) },
  'trailing-bytes-in-signed-part': { parts: () => ({ further: [der.nullValue()] }) },
  'two-certificates': { certificate: (bytes) => der.concatBytes(bytes, bytes) },
  truncated: { certificate: (bytes) => bytes.subarray(0, -1) },
  'non-minimal-length': { signedPart: (bytes) => withLength(bytes, paddedLength) },
  'indefinite-length': {
    signedPart: (bytes) => der.concatBytes(Uint8Array.of(0x30, 0x80), readElement(bytes).contents, new Uint8Array(2)),
  },
  'non-minimal-integer': {
    parts: ({ serialNumber }) => ({
      serialNumber: der.integer(der.concatBytes(Uint8Array.of(0, 0), readElement(serialNumber).contents)),
    }),
  },
  'boolean-not-ff': { parts: replaceExtension(BASIC_CONSTRAINTS, rawBasicConstraints([], 0x01)) },
  'default-encoded': { parts: replaceExtension(BASIC_CONSTRAINTS, rawBasicConstraints([der.boolean(false)])) },
  'unused-signature-bits': {
    signatureElement: (bytes) => der.element(0x03, Uint8Array.of(1), readElement(bytes).contents.subarray(1)),
  },
  'deep-nesting': { parts: addExtension({ oid: UNKNOWN_OID, value: nested(15_000) }) },
  'version-absent-with-extensions': { parts: () => ({ version: undefined }) },
  'version-2-with-extensions': { parts: () => ({ version: der.context(0, 'constructed', der.integer(1)) }) },
  'version-5': { parts: () => ({ version: der.context(0, 'constructed', der.integer(4)) }) },
  'negative-serial': { parts: () => ({ serialNumber: der.integer(-5) }) },
  'zero-serial': { parts: () => ({ serialNumber: der.integer(0) }) },
  'forty-octet-serial': { parts: () => ({ serialNumber: der.integer(new Uint8Array(40).fill(0x5a)) }) },
  'inner-algorithm-differs': {
    parts: () => ({ innerAlgorithm: der.sequence(der.objectIdentifier(ECDSA_WITH_SHA224)) }),
  },
  'algorithm-parameters-added': {
    parts: ({ innerAlgorithm }) => {
      const changed = der.sequence(readElement(readElement(innerAlgorithm).contents).encoding, der.octetString())
      return { innerAlgorithm: changed, outerAlgorithm: changed }
    },
  },
  'unknown-algorithm': {
    parts: () => {
      const changed = der.sequence(der.objectIdentifier(UNKNOWN_OID))
      return { innerAlgorithm: changed, outerAlgorithm: changed }
    },
  },
  'empty-issuer': { parts: () => ({ issuer: der.sequence() }) },
  'fractional-seconds': { parts: notBeforeAs((digits) => der.element(0x18, ascii(`${digits}.5Z`))) },
  'seconds-absent': { parts: notBeforeAs((digits) => der.element(0x17, ascii(`${digits.slice(2, -2)}Z`))) },
  'offset-instead-of-zulu': { parts: notBeforeAs((digits) => der.element(0x17, ascii(`${digits.slice(2)}+0000`))) },
  'generalized-time-before-2050': { parts: notBeforeAs((digits) => der.element(0x18, ascii(`${digits}Z`))) },
  'empty-extensions': { parts: () => ({ extensions: [] }) },
  'duplicate-extension': {
    parts: ({ extensions = [] }) => ({ extensions: [...extensions, ...extensions.slice(0, 1)] }),
  },
  'unknown-critical-extension': {
    parts: addExtension({ oid: UNKNOWN_OID, critical: true, value: der.nullValue() }),
  },
  'extension-with-trailing-bytes': {
    parts: replaceExtension(
      BASIC_CONSTRAINTS,
      encodeExtension({ oid: BASIC_CONSTRAINTS, value: der.concatBytes(der.sequence(), Uint8Array.of(0)) }),
    ),
  },
  'undecodable-extension': {
    parts: replaceExtension(
      BASIC_CONSTRAINTS,
      encodeExtension({ oid: BASIC_CONSTRAINTS, critical: true, value: Uint8Array.of(0x30, 0x7f) }),
    ),
  },
  'empty-alternative-names': {
    parts: replaceExtension(SUBJECT_ALT_NAME, encodeExtension({ oid: SUBJECT_ALT_NAME, value: der.sequence() })),
  },
  'five-octet-address': {
    parts: replaceExtension(
      SUBJECT_ALT_NAME,
      encodeExtension({
        oid: SUBJECT_ALT_NAME,
        value: der.sequence(der.context(7, 'primitive', Uint8Array.of(127, 0, 0, 1, 1))),
      }),
    ),
  },
  'undecodable-public-key': {
    parts: ({ publicKey }) => ({
      publicKey: der.sequence(
        readElement(readElement(publicKey).contents).encoding,
        der.bitString(Uint8Array.of(4, 1)),
      ),
    }),
  },
  'unknown-public-key-algorithm': {
    parts: ({ publicKey }) => ({
      publicKey: der.sequence(
        der.sequence(der.objectIdentifier(UNKNOWN_OID)),
        childrenOf(publicKey)[1]?.encoding ?? der.nullValue(),
      ),
    }),
  },
  'rsa-key-of-16384-bits': { parts: () => ({ publicKey: rsaPublicKey(modulusOf(16_384, 1), 2n ** 64n - 1n) }) },
  'rsa-exponent-of-one': { parts: () => ({ publicKey: rsaPublicKey(modulusOf(2048, 1), 1n) }) },
  'rsa-even-modulus': { parts: () => ({ publicKey: rsaPublicKey(modulusOf(2048, 0), 65_537n) }) },
  'unique-identifier-after-extensions': {
    parts: () => ({ further: [der.context(2, 'primitive', Uint8Array.of(0, 1))] }),
  },
  'broken-signature': { signature: withLastBitFlipped },
  'empty-signature': { signature: () => new Uint8Array() },
}

type PartsMutation = NonNullable<CertificateMutation['parts']>

function addExtension(added: Parameters<typeof encodeExtension>[0]): PartsMutation {
  return ({ extensions = [] }) => ({ extensions: [...extensions, encodeExtension(added)] })
}

/** Puts `replacement` where the extension with that OID is, or at the end. */
function replaceExtension(oid: string, replacement: Uint8Array): PartsMutation {
  const wanted = der.objectIdentifier(oid)
  return ({ extensions = [] }) => ({
    extensions: [...extensions.filter((one) => !startsWith(readElement(one).contents, wanted)), replacement],
  })
}

/** basicConstraints with `critical` as the given octet, and the given fields inside. */
function rawBasicConstraints(fields: readonly Uint8Array[], criticalOctet = 0xff): Uint8Array {
  return der.sequence(
    der.objectIdentifier(BASIC_CONSTRAINTS),
    der.element(0x01, Uint8Array.of(criticalOctet)),
    der.octetString(der.sequence(...fields)),
  )
}

/** notBefore in another spelling of the same time, from its digits `YYYYMMDDHHMMSS`. */
function notBeforeAs(write: (digits: string) => Uint8Array): PartsMutation {
  return ({ validity }) => {
    const [notBefore, notAfter] = childrenOf(validity)
    if (notBefore === undefined || notAfter === undefined) throw new TypeError('not a certificate')
    const digits = new TextDecoder().decode(notBefore.contents).slice(0, -1)
    const century = notBefore.tag === 0x18 ? '' : Number(digits.slice(0, 2)) < 50 ? '20' : '19'
    return { validity: der.sequence(write(century + digits), notAfter.encoding) }
  }
}

/** Sequences within sequences, written from the inside out so that the time grows with the depth alone. */
function nested(depth: number): Uint8Array {
  const octets: number[] = []
  for (let i = 0; i < depth; i++) octets.push(...der.lengthOctets(octets.length).toReversed(), 0x30)
  return Uint8Array.from(octets.reverse())
}

/** SubjectPublicKeyInfo of an RSA key (RFC 8017 §A.1.1) from magnitudes. */
function rsaPublicKey(modulus: Uint8Array, exponent: bigint): Uint8Array {
  return der.sequence(
    der.sequence(der.objectIdentifier('1.2.840.113549.1.1.1'), der.nullValue()),
    der.bitString(der.sequence(der.integer(der.concatBytes(Uint8Array.of(0), modulus)), der.integer(exponent))),
  )
}

/** A modulus of that many bits and no known factors; `lowest` decides whether it is odd. */
function modulusOf(bits: number, lowest: 0 | 1): Uint8Array {
  const octets = crypto.getRandomValues(new Uint8Array(bits / 8))
  octets[0] = (octets[0] ?? 0) | 0x80
  octets[octets.length - 1] = ((octets[octets.length - 1] ?? 0) & 0xfe) | lowest
  return octets
}

function withLength(bytes: Uint8Array, octetsOf: (length: number) => readonly number[]): Uint8Array {
  const { tag, contents } = readElement(bytes)
  return der.concatBytes(Uint8Array.of(tag, ...octetsOf(contents.length)), contents)
}

/** Four length octets where fewer would do. */
function paddedLength(length: number): readonly number[] {
  return [0x84, (length >>> 24) & 0xff, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff]
}

function withLastBitFlipped(octets: Uint8Array): Uint8Array {
  const changed = octets.slice()
  changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1
  return changed
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.every((octet, i) => bytes[i] === octet)
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
