import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import * as der from '@countersign/testing/der'
import { describe, expect, it } from 'vitest'
import { DEFAULT_ALGORITHMS } from './algorithm-policy.ts'
import { checkPublicKey, type PublicKey, parsePublicKey } from './public-key.ts'

const spkiOf = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ format: 'der', type: 'spki' }))

/** SubjectPublicKeyInfo from its parts. */
function spki(algorithm: Uint8Array[], key: Uint8Array, unusedBits = 0): Uint8Array {
  return der.sequence(der.sequence(...algorithm), der.bitString(key, unusedBits))
}

const oid = der.objectIdentifier
const RSA = [oid('1.2.840.113549.1.1.1'), der.nullValue()]
const rsaKey = (modulus: bigint, exponent: bigint): Uint8Array =>
  der.sequence(der.integer(modulus), der.integer(exponent))
const MODULUS = (1n << 2047n) + 1n

function faultOf(octets: Uint8Array): unknown {
  const key = parsePublicKey(octets)
  return 'fault' in key ? key : checkPublicKey(key, DEFAULT_ALGORITHMS)
}

describe('parsePublicKey', () => {
  it.each(['P-256', 'P-384', 'P-521'] as const)('reads %s', (curve) => {
    const octets = spkiOf(generateKeyPairSync('ec', { namedCurve: curve }).publicKey)
    expect(parsePublicKey(octets)).toEqual({ kind: 'ec', curve, spki: octets })
    expect(faultOf(octets)).toBeUndefined()
  })

  it('reads Ed25519 and RSA', () => {
    expect(parsePublicKey(spkiOf(generateKeyPairSync('ed25519').publicKey))).toMatchObject({ kind: 'ed25519' })
    const rsa = spkiOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)
    expect(parsePublicKey(rsa)).toEqual({ kind: 'rsa', bits: 2048, exponent: 65_537, pss: undefined, spki: rsa })
  })

  it('relabels an id-RSASSA-PSS key, and keeps what it is bound to', () => {
    const { publicKey } = generateKeyPairSync('rsa-pss', {
      modulusLength: 2048,
      hashAlgorithm: 'sha256',
      mgf1HashAlgorithm: 'sha256',
      saltLength: 32 as unknown as string, // The types are wrong here.
    })
    const key = parsePublicKey(spkiOf(publicKey)) as PublicKey & { kind: 'rsa' }
    expect(key).toMatchObject({ kind: 'rsa', bits: 2048, pss: { hash: 'SHA-256', saltLength: 32 } })
    expect(parsePublicKey(key.spki)).toMatchObject({ kind: 'rsa', bits: 2048, pss: undefined })
    const unbound = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey
    expect(parsePublicKey(spkiOf(unbound))).toMatchObject({ pss: 'any' })
  })

  it.each([
    ['an unknown algorithm', spki([oid('1.2.3')], new Uint8Array(4)), { fault: 'algorithm', algorithm: '1.2.3' }],
    ['Ed448', spki([oid('1.3.101.113')], new Uint8Array(57)), { fault: 'algorithm', algorithm: '1.3.101.113' }],
    [
      'DSA',
      spki([oid('1.2.840.10040.4.1')], new Uint8Array(4)),
      { fault: 'algorithm', algorithm: '1.2.840.10040.4.1' },
    ],
    [
      'another curve',
      spki([oid('1.2.840.10045.2.1'), oid('1.3.132.0.10')], new Uint8Array(65)),
      { fault: 'curve', curve: '1.3.132.0.10' },
    ],
    [
      'a curve spelled out',
      spki([oid('1.2.840.10045.2.1'), der.sequence()], new Uint8Array(65)),
      { fault: 'curve', curve: 'explicit' },
    ],
    [
      'a compressed point',
      spki([oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')], Uint8Array.of(2, ...new Uint8Array(32))),
      { fault: 'malformed' },
    ],
    [
      'a short point',
      spki([oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')], Uint8Array.of(4, ...new Uint8Array(63))),
      { fault: 'malformed' },
    ],
    ['a short Ed25519 key', spki([oid('1.3.101.112')], new Uint8Array(31)), { fault: 'malformed' }],
    [
      'Ed25519 with parameters',
      spki([oid('1.3.101.112'), der.nullValue()], new Uint8Array(32)),
      { fault: 'malformed' },
    ],
    ['a short ML-DSA key', spki([oid('2.16.840.1.101.3.4.3.17')], new Uint8Array(1311)), { fault: 'malformed' }],
    [
      'rsaEncryption without NULL',
      spki([oid('1.2.840.113549.1.1.1')], rsaKey(MODULUS, 65_537n)),
      { fault: 'malformed' },
    ],
    ['an even modulus', spki(RSA, rsaKey(MODULUS - 1n, 65_537n)), { fault: 'malformed' }],
    ['a negative modulus', spki(RSA, rsaKey(-MODULUS, 65_537n)), { fault: 'malformed' }],
    ['a short modulus', spki(RSA, rsaKey((1n << 2046n) + 1n, 65_537n)), { fault: 'rsa-modulus', bits: 2047 }],
    ['a long modulus', spki(RSA, rsaKey((1n << 16_383n) + 1n, 65_537n)), { fault: 'rsa-modulus', bits: 16_384 }],
    ['exponent 1', spki(RSA, rsaKey(MODULUS, 1n)), { fault: 'rsa-exponent' }],
    ['an even exponent', spki(RSA, rsaKey(MODULUS, 4n)), { fault: 'rsa-exponent' }],
    ['a negative exponent', spki(RSA, rsaKey(MODULUS, -3n)), { fault: 'rsa-exponent' }],
    ['an exponent of 33 bits', spki(RSA, rsaKey(MODULUS, (1n << 32n) + 1n)), { fault: 'rsa-exponent' }],
    ['an exponent of 64 bits', spki(RSA, rsaKey(MODULUS, (1n << 64n) - 1n)), { fault: 'rsa-exponent' }],
    ['octets after the key', spki(RSA, Uint8Array.of(...rsaKey(MODULUS, 3n), 0)), { fault: 'malformed' }],
    ['bits that are no octets', spki(RSA, Uint8Array.of(0x30, 0), 1), { fault: 'malformed' }],
    ['nothing', new Uint8Array(), { fault: 'malformed' }],
  ])('refuses %s', (_, octets, fault) => {
    expect(faultOf(octets)).toEqual(fault)
  })

  it('takes small and large exponents that are in use', () => {
    for (const exponent of [3n, 17n, 65_537n, (1n << 32n) - 1n])
      expect(faultOf(spki(RSA, rsaKey(MODULUS, exponent)))).toBeUndefined()
  })
})

it('is a matter of policy', () => {
  const only = (name: 'ed25519' | 'rsa-pss-sha256') => ({ signatures: [name], rsaBits: { min: 1024, max: 2048 } })
  const p256 = parsePublicKey(spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)) as PublicKey
  const rsa = parsePublicKey(spki(RSA, rsaKey((1n << 1023n) + 1n, 3n))) as PublicKey
  const ed25519 = parsePublicKey(spkiOf(generateKeyPairSync('ed25519').publicKey)) as PublicKey
  expect(checkPublicKey(p256, only('ed25519'))).toEqual({ fault: 'curve', curve: 'P-256' })
  expect(checkPublicKey(ed25519, only('rsa-pss-sha256'))).toEqual({ fault: 'algorithm', algorithm: 'ed25519' })
  expect(checkPublicKey(rsa, only('rsa-pss-sha256'))).toBeUndefined()
  expect(checkPublicKey(rsa, only('ed25519'))).toEqual({ fault: 'algorithm', algorithm: 'rsa' })
})
