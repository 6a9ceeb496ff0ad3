/** SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) of the kinds that can sign, read far enough to bound what a signature check costs. @module */

import { concatBytes } from '../bytes/concat.ts'
import { decodeHex } from '../bytes/hex.ts'
import { DerError } from '../der/der-error.ts'
import { DerReader } from '../der/reader.ts'
import { BIT_STRING, OBJECT_IDENTIFIER, SEQUENCE } from '../der/tags.ts'
import type { AlgorithmPolicy } from './algorithm-policy.ts'
import { type PssParameters, readPssParameters } from './pss-parameters.ts'

export type Curve = 'P-256' | 'P-384' | 'P-521'

export type PublicKey =
  | {
      readonly kind: 'rsa'
      /** Length of the modulus. */
      readonly bits: number
      /** Infinite above 2^53. */
      readonly exponent: number
      /** An id-RSASSA-PSS key signs with PSS alone, and with these parameters if it names any (RFC 4055 §1.2). */
      readonly pss: PssParameters | 'any' | undefined
      /** Labelled rsaEncryption, the one form that every runtime imports. */
      readonly spki: Uint8Array
    }
  | { readonly kind: 'ec'; readonly curve: Curve; readonly spki: Uint8Array }
  | { readonly kind: 'ed25519'; readonly spki: Uint8Array }
  | {
      readonly kind: 'ml-dsa'
      readonly parameterSet: 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87'
      readonly spki: Uint8Array
    }

/** Why a key is not taken: what it is, or what of it is out of bounds. */
export type KeyFault =
  | { readonly fault: 'malformed' }
  | { readonly fault: 'algorithm'; readonly algorithm: string }
  | { readonly fault: 'curve'; readonly curve: string }
  | { readonly fault: 'rsa-modulus'; readonly bits: number }
  | { readonly fault: 'rsa-exponent' }

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1'
const RSASSA_PSS = '1.2.840.113549.1.1.10'
const EC_PUBLIC_KEY = '1.2.840.10045.2.1'
const ED25519 = '1.3.101.112'

/** The first octet of a point (SEC 1 §2.3.3). */
const UNCOMPRESSED = 0x04

const CURVES: Readonly<Record<string, { readonly curve: Curve; readonly pointBytes: number }>> = {
  '1.2.840.10045.3.1.7': { curve: 'P-256', pointBytes: 65 },
  '1.3.132.0.34': { curve: 'P-384', pointBytes: 97 },
  '1.3.132.0.35': { curve: 'P-521', pointBytes: 133 },
}

const ML_DSA: Readonly<
  Record<string, { readonly parameterSet: 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87'; readonly keyBytes: number }>
> = {
  '2.16.840.1.101.3.4.3.17': { parameterSet: 'ML-DSA-44', keyBytes: 1312 },
  '2.16.840.1.101.3.4.3.18': { parameterSet: 'ML-DSA-65', keyBytes: 1952 },
  '2.16.840.1.101.3.4.3.19': { parameterSet: 'ML-DSA-87', keyBytes: 2592 },
}

/** All of an encoded key on a named curve but the coordinates: found by comparing some two dozen octets, without reading them. */
const USUAL_EC_KEYS = (
  [
    ['P-256', '3059301306072a8648ce3d020106082a8648ce3d03010703420004', 64],
    ['P-384', '3076301006072a8648ce3d020106052b8104002203620004', 96],
    ['P-521', '30819b301006072a8648ce3d020106052b810400230381860004', 132],
  ] as const
).map(([curve, hex, coordinates]) => {
  const head = decodeHex(hex) as Uint8Array
  return { curve, head, length: head.length + coordinates }
})

/** AlgorithmIdentifier of rsaEncryption with NULL. */
const RSA_IDENTIFIER = decodeHex('300d06092a864886f70d0101010500') as Uint8Array

export function parsePublicKey(spki: Uint8Array): PublicKey | KeyFault {
  for (const { curve, head, length } of USUAL_EC_KEYS)
    if (spki.length === length && startsWith(spki, head)) return { kind: 'ec', curve, spki }
  try {
    return readPublicKey(spki)
  } catch (error) {
    if (error instanceof DerError) return { fault: 'malformed' }
    throw error
  }
}

/** A reason not to take the key under this policy: for a leaf too, whose key proves possession in the handshake. */
export function checkPublicKey(key: PublicKey, policy: AlgorithmPolicy): KeyFault | undefined {
  switch (key.kind) {
    case 'rsa':
      if (!allowsSome(policy, 'rsa-')) return { fault: 'algorithm', algorithm: 'rsa' }
      if (key.bits < policy.rsaBits.min || key.bits > policy.rsaBits.max)
        return { fault: 'rsa-modulus', bits: key.bits }
      // Odd, as it must have an inverse; at most 32 bits, or each check is as slow as a signature.
      return key.exponent >= 3 && key.exponent < 2 ** 32 && key.exponent % 2 === 1
        ? undefined
        : { fault: 'rsa-exponent' }
    case 'ec':
      return allowsSome(policy, `ecdsa-p${key.curve.slice(2)}-`) ? undefined : { fault: 'curve', curve: key.curve }
    case 'ed25519':
      return allowsSome(policy, 'ed25519') ? undefined : { fault: 'algorithm', algorithm: 'ed25519' }
    case 'ml-dsa': {
      const algorithm = key.parameterSet.toLowerCase()
      return allowsSome(policy, algorithm) ? undefined : { fault: 'algorithm', algorithm }
    }
  }
}

/** @param begin of the names of all algorithms that keys of a kind sign with */
function allowsSome({ signatures }: AlgorithmPolicy, begin: string): boolean {
  return signatures.some((name) => name.startsWith(begin))
}

function startsWith(octets: Uint8Array, head: Uint8Array): boolean {
  for (let index = 0; index < head.length; index++) if (octets[index] !== head[index]) return false
  return true
}

function readPublicKey(spki: Uint8Array): PublicKey | KeyFault {
  const outer = new DerReader(spki)
  const sequence = outer.enter(SEQUENCE)
  outer.finish()
  const algorithm = sequence.enter(SEQUENCE)
  const oid = algorithm.readOid()
  const key = sequence.readBitStringOctets()
  sequence.finish()
  switch (oid) {
    case RSA_ENCRYPTION:
      algorithm.readNull()
      algorithm.finish()
      return readRsaKey(key, undefined, spki)
    case RSASSA_PSS: {
      const pss = algorithm.isDone ? 'any' : readPssParameters(algorithm)
      algorithm.finish()
      if (pss === undefined) return { fault: 'algorithm', algorithm: oid }
      return readRsaKey(key, pss, relabel(key))
    }
    case EC_PUBLIC_KEY: {
      // Explicit curve parameters (RFC 3279) let the key choose its own group; RFC 5480 §2.1.1 forbids them.
      if (algorithm.nextTag !== OBJECT_IDENTIFIER) return { fault: 'curve', curve: 'explicit' }
      const curveOid = algorithm.readOid()
      algorithm.finish()
      return readEcKey(key, curveOid, spki)
    }
    case ED25519:
      // RFC 8410 §3: no parameters.
      algorithm.finish()
      return key.length === 32 ? { kind: 'ed25519', spki } : { fault: 'malformed' }
    default: {
      const mlDsa = ML_DSA[oid]
      if (mlDsa === undefined) return { fault: 'algorithm', algorithm: oid }
      // RFC 9881 §2: no parameters.
      algorithm.finish()
      return key.length === mlDsa.keyBytes
        ? { kind: 'ml-dsa', parameterSet: mlDsa.parameterSet, spki }
        : { fault: 'malformed' }
    }
  }
}

/** RFC 8017 appendix A.1.1. The bounds are the policy's. */
function readRsaKey(key: Uint8Array, pss: PssParameters | 'any' | undefined, spki: Uint8Array): PublicKey | KeyFault {
  const outer = new DerReader(key)
  const sequence = outer.enter(SEQUENCE)
  outer.finish()
  const modulus = sequence.readInteger()
  const exponent = sequence.readInteger()
  sequence.finish()
  const bits = bitLength(modulus)
  if (bits === 0 || ((modulus[modulus.length - 1] as number) & 1) === 0) return { fault: 'malformed' }
  const exponentBits = bitLength(exponent)
  if (exponentBits > 53) return { kind: 'rsa', bits, exponent: Number.POSITIVE_INFINITY, pss, spki }
  const value = exponentBits === 0 ? 0 : exponent.reduce((sum, octet) => sum * 256 + octet, 0)
  return { kind: 'rsa', bits, exponent: value, pss, spki }
}

/** Uncompressed points only: RFC 5480 §2.2 makes the compressed form optional, and runtimes differ on it. */
function readEcKey(point: Uint8Array, curveOid: string, spki: Uint8Array): PublicKey | KeyFault {
  const known = CURVES[curveOid]
  if (known === undefined) return { fault: 'curve', curve: curveOid }
  if (point[0] !== UNCOMPRESSED || point.length !== known.pointBytes) return { fault: 'malformed' }
  return { kind: 'ec', curve: known.curve, spki }
}

/** Bits of a positive INTEGER; 0 for zero and for a negative one. */
function bitLength(integer: Uint8Array): number {
  const first = integer[0] as number
  if (first >= 0x80) return 0
  const start = first === 0 ? 1 : 0
  const top = integer[start]
  return top === undefined ? 0 : 8 * (integer.length - start) - Math.clz32(top) + 24
}

function relabel(key: Uint8Array): Uint8Array {
  const bitString = concatBytes(header(BIT_STRING, key.length + 1), Uint8Array.of(0), key)
  return concatBytes(header(SEQUENCE, RSA_IDENTIFIER.length + bitString.length), RSA_IDENTIFIER, bitString)
}

function header(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length)
  return length < 0x100 ? Uint8Array.of(tag, 0x81, length) : Uint8Array.of(tag, 0x82, length >> 8, length & 0xff)
}
