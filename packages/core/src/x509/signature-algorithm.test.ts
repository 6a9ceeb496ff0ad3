import * as der from '@countersign/testing/der'
import { describe, expect, it } from 'vitest'
import { parseSignatureAlgorithm } from './signature-algorithm.ts'

const oid = der.objectIdentifier
const identifier = (algorithm: string, ...parameters: Uint8Array[]): Uint8Array =>
  der.sequence(oid(algorithm), ...parameters)

const SHA256 = '2.16.840.1.101.3.4.2.1'
const SHA384 = '2.16.840.1.101.3.4.2.2'
const PSS = '1.2.840.113549.1.1.10'
const hash = (algorithm: string, ...parameters: Uint8Array[]): Uint8Array => identifier(algorithm, ...parameters)
const mask = (of: Uint8Array): Uint8Array => identifier('1.2.840.113549.1.1.8', of)
const field = (number: number, value: Uint8Array): Uint8Array => der.context(number, 'constructed', value)

describe('parseSignatureAlgorithm', () => {
  it.each([
    ['1.2.840.10045.4.3.2', { kind: 'ecdsa', hash: 'SHA-256' }],
    ['1.2.840.10045.4.3.4', { kind: 'ecdsa', hash: 'SHA-512' }],
    ['1.3.101.112', { kind: 'ed25519' }],
    ['2.16.840.1.101.3.4.3.18', { kind: 'ml-dsa', parameterSet: 'ML-DSA-65' }],
  ])('%s has no parameters', (algorithm, expected) => {
    expect(parseSignatureAlgorithm(identifier(algorithm))).toEqual(expected)
    expect(parseSignatureAlgorithm(identifier(algorithm, der.nullValue()))).toEqual({ kind: 'unknown', oid: algorithm })
  })

  it('reads PKCS #1 with NULL and without (RFC 4055 §5)', () => {
    const expected = { kind: 'rsa-pkcs1', hash: 'SHA-256' }
    expect(parseSignatureAlgorithm(identifier('1.2.840.113549.1.1.11', der.nullValue()))).toEqual(expected)
    expect(parseSignatureAlgorithm(identifier('1.2.840.113549.1.1.11'))).toEqual(expected)
    expect(parseSignatureAlgorithm(identifier('1.2.840.113549.1.1.11', der.sequence()))).toMatchObject({
      kind: 'unknown',
    })
  })

  it('knows no MD5, no SHA-224, and nothing that is not an AlgorithmIdentifier', () => {
    for (const algorithm of ['1.2.840.113549.1.1.4', '1.2.840.10045.4.3.1', '1.2.3'])
      expect(parseSignatureAlgorithm(identifier(algorithm))).toEqual({ kind: 'unknown', oid: algorithm })
    for (const octets of [new Uint8Array(), Uint8Array.of(0x30, 0), Uint8Array.of(0x30, 0x80, 0, 0), der.nullValue()])
      expect(parseSignatureAlgorithm(octets)).toEqual({ kind: 'unknown', oid: '' })
  })
})

describe('RSASSA-PSS', () => {
  const sha256 = hash(SHA256, der.nullValue())
  const pss = (...fields: Uint8Array[]): unknown => parseSignatureAlgorithm(identifier(PSS, der.sequence(...fields)))

  it('takes hash, mask and salt from its parameters', () => {
    const fields = [field(0, sha256), field(1, mask(sha256)), field(2, der.integer(32))]
    expect(pss(...fields)).toEqual({ kind: 'rsa-pss', hash: 'SHA-256', saltLength: 32 })
    expect(pss(field(0, hash(SHA256)), field(1, mask(hash(SHA256))), field(2, der.integer(0)))).toMatchObject({
      saltLength: 0,
    })
    // The trailer's default is not written in DER, but means itself where it is.
    expect(pss(...fields, field(3, der.integer(1)))).toMatchObject({ hash: 'SHA-256' })
  })

  it('stands for SHA-1 where they are absent (RFC 4055 §3.1)', () => {
    expect(pss()).toEqual({ kind: 'rsa-pss', hash: 'SHA-1', saltLength: 20 })
  })

  it.each([
    ['no parameters', identifier(PSS)],
    ['NULL for parameters', identifier(PSS, der.nullValue())],
    ['a mask of another hash', identifier(PSS, der.sequence(field(0, sha256), field(1, mask(hash(SHA384)))))],
    ['the default mask', identifier(PSS, der.sequence(field(0, sha256)))],
    ['another mask function', identifier(PSS, der.sequence(field(0, sha256), field(1, identifier('1.2.3', sha256))))],
    ['an unknown hash', identifier(PSS, der.sequence(field(0, hash('1.2.3')), field(1, mask(hash('1.2.3')))))],
    [
      'another trailer',
      identifier(PSS, der.sequence(field(0, sha256), field(1, mask(sha256)), field(3, der.integer(2)))),
    ],
    [
      'an endless salt',
      identifier(PSS, der.sequence(field(0, sha256), field(1, mask(sha256)), field(2, der.integer(100_000)))),
    ],
    [
      'a negative salt',
      identifier(PSS, der.sequence(field(0, sha256), field(1, mask(sha256)), field(2, der.integer(-1)))),
    ],
    ['fields out of order', identifier(PSS, der.sequence(field(1, mask(sha256)), field(0, sha256)))],
  ])('refuses %s', (_, octets) => {
    expect(parseSignatureAlgorithm(octets)).toMatchObject({ kind: 'unknown' })
  })
})
