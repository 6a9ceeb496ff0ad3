import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import * as der from '@countersign/testing/der'
import { describe, expect, it } from 'vitest'
import { runFlow } from '../primitives/flow.ts'
import { createNodePrimitives } from '../primitives/node.ts'
import type { Primitives, SignatureVerdict } from '../primitives/primitives.ts'
import { DEFAULT_ALGORITHMS } from './algorithm-policy.ts'
import { checkSignature, type SignatureFault, signatureWork } from './verify-signature.ts'

const data = new TextEncoder().encode('signed')
const spkiOf = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ format: 'der', type: 'spki' }))
const identifier = (oid: string, ...parameters: Uint8Array[]): Uint8Array =>
  der.sequence(der.objectIdentifier(oid), ...parameters)
const field = (number: number, value: Uint8Array): Uint8Array => der.context(number, 'constructed', value)

function pss(hash: string, saltLength: number): Uint8Array {
  const one = identifier(hash, der.nullValue())
  const mask = identifier('1.2.840.113549.1.1.8', one)
  return identifier(
    '1.2.840.113549.1.1.10',
    der.sequence(field(0, one), field(1, mask), field(2, der.integer(saltLength))),
  )
}

const SHA256 = '2.16.840.1.101.3.4.2.1'
const ECDSA_SHA256 = identifier('1.2.840.10045.4.3.2')
const PKCS1_SHA256 = identifier('1.2.840.113549.1.1.11', der.nullValue())

async function faultOf(
  key: KeyObject,
  signatureAlgorithm: Uint8Array,
  signature: Uint8Array,
  options: { primitives?: Primitives; work?: number } = {},
): Promise<SignatureFault | undefined> {
  const { primitives = createNodePrimitives(), work = 128 } = options
  let left = work
  const spend = (cost: number): boolean => {
    left -= cost
    return left >= 0
  }
  const context = { algorithms: DEFAULT_ALGORITHMS, primitives, spend }
  return runFlow(checkSignature({ data, signatureAlgorithm, signature }, spkiOf(key), context))
}

const answering = (verdict: SignatureVerdict): Primitives => ({
  ...createNodePrimitives(),
  name: 'test',
  verifySignature: () => verdict,
})

describe('checkSignature', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ecSignature = sign('sha256', data, ec.privateKey)

  it('finds nothing wrong with a good one', async () => {
    expect(await faultOf(ec.publicKey, ECDSA_SHA256, ecSignature)).toBeUndefined()
    expect(await faultOf(rsa.publicKey, PKCS1_SHA256, sign('sha256', data, rsa.privateKey))).toBeUndefined()
  })

  it('tells a wrong signature, a wrong key and a wrong algorithm apart', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(await faultOf(other.publicKey, ECDSA_SHA256, ecSignature)).toEqual({ code: 'signature-invalid' })
    expect(await faultOf(rsa.publicKey, ECDSA_SHA256, ecSignature)).toEqual({
      code: 'algorithm-mismatch',
      algorithm: 'ecdsa-sha256',
      key: 'rsa',
    })
    expect(await faultOf(ec.publicKey, identifier('1.2.840.10045.4.1'), ecSignature)).toEqual({
      code: 'algorithm-refused',
      algorithm: 'ecdsa-p256-sha1',
    })
    expect(await faultOf(ec.publicKey, identifier('1.2.3'), ecSignature)).toEqual({
      code: 'algorithm-refused',
      algorithm: '1.2.3',
    })
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
    expect(await faultOf(short.publicKey, PKCS1_SHA256, new Uint8Array(128))).toMatchObject({ code: 'key-refused' })
  })

  it('holds a PSS key to what it is bound to (RFC 4055 §3.3)', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa-pss', {
      modulusLength: 2048,
      hashAlgorithm: 'sha256',
      mgf1HashAlgorithm: 'sha256',
      saltLength: 32 as unknown as string, // The types are wrong here.
    })
    const signature = sign('sha256', data, { key: privateKey, saltLength: 32 })
    expect(await faultOf(publicKey, pss(SHA256, 32), signature)).toBeUndefined()
    expect(await faultOf(publicKey, pss(SHA256, 20), signature)).toMatchObject({ code: 'algorithm-mismatch' })
    expect(await faultOf(publicKey, pss('2.16.840.1.101.3.4.2.3', 64), signature)).toMatchObject({
      code: 'algorithm-mismatch',
    })
    expect(await faultOf(publicKey, PKCS1_SHA256, signature)).toEqual({
      code: 'algorithm-mismatch',
      algorithm: 'rsa-pkcs1-sha256',
      key: 'rsa-pss',
    })
  })

  it('says that a runtime lacks an algorithm, and which runtime', async () => {
    const fault = await faultOf(ec.publicKey, ECDSA_SHA256, ecSignature, { primitives: answering('unsupported') })
    expect(fault).toEqual({ code: 'algorithm-unsupported', algorithm: 'ecdsa-p256-sha256', runtime: 'test' })
  })

  it('computes nothing that the budget does not allow', async () => {
    const never = { ...createNodePrimitives(), verifySignature: () => expect.unreachable() }
    expect(await faultOf(ec.publicKey, ECDSA_SHA256, ecSignature, { primitives: never, work: 0 })).toEqual({
      code: 'budget-exhausted',
      limit: 'work',
    })
  })
})

it('costs in P-256 verifications', () => {
  const spki = new Uint8Array()
  const cost = (curve: 'P-256' | 'P-384' | 'P-521'): number => signatureWork({ kind: 'ec', curve, spki })
  expect([cost('P-256'), cost('P-384'), cost('P-521')]).toEqual([1, 10, 30])
  const rsa = (bits: number, exponent = 65_537): number =>
    signatureWork({ kind: 'rsa', bits, exponent, pss: undefined, spki })
  expect([rsa(2048), rsa(3072), rsa(4096), rsa(8192), rsa(8192, 2 ** 32 - 1)]).toEqual([1, 2, 2, 8, 24])
  expect(signatureWork({ kind: 'ed25519', spki })).toBe(2)
  expect(signatureWork({ kind: 'ml-dsa', parameterSet: 'ML-DSA-87', spki })).toBe(6)
})
