import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { primitives as chosen } from '#primitives'
import { createNodePrimitives, openChannel } from './node.ts'
import type { SignatureScheme } from './primitives.ts'
import { createWebPrimitives, openChannel as openNoChannel } from './web.ts'

interface Signer {
  readonly scheme: SignatureScheme
  readonly publicKey: KeyObject
  readonly sign: (data: Uint8Array) => Uint8Array
}

const signers: Signer[] = [
  ...(['P-256', 'P-384', 'P-521'] as const).map((curve): Signer => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: curve })
    const scheme = { kind: 'ecdsa', curve, hash: 'SHA-384' } as const
    return { scheme, publicKey, sign: (data) => sign('sha384', data, privateKey) }
  }),
  ed25519(),
  ...rsa(),
]

function ed25519(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return { scheme: { kind: 'ed25519' }, publicKey, sign: (data) => sign(null, data, privateKey) }
}

function rsa(): Signer[] {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return [
    { scheme: { kind: 'rsa-pkcs1', hash: 'SHA-256' }, publicKey, sign: (data) => sign('sha256', data, privateKey) },
    {
      scheme: { kind: 'rsa-pss', hash: 'SHA-512', saltLength: 17 },
      publicKey,
      sign: (data) => sign('sha512', data, { key: privateKey, padding: 6, saltLength: 17 }),
    },
  ]
}

const data = new TextEncoder().encode('what is signed')

describe.each([createNodePrimitives(), createWebPrimitives()])('the $name primitives', (primitives) => {
  const spki = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ format: 'der', type: 'spki' }))

  it.each(signers)('verify $scheme', async ({ scheme, publicKey, sign: signData }) => {
    const check = { scheme, publicKey: spki(publicKey), data, signature: signData(data) }
    expect(await primitives.verifySignature(check)).toBe('valid')
    // The second time with the key that was kept.
    expect(await primitives.verifySignature(check)).toBe('valid')
    expect(await primitives.verifySignature({ ...check, data: data.subarray(1) })).toBe('invalid')
    expect(await primitives.verifySignature({ ...check, signature: new Uint8Array() })).toBe('invalid')
    expect(await primitives.verifySignature({ ...check, signature: check.signature.subarray(1) })).toBe('invalid')
  })

  it('take a key of another kind, and no key at all, for an invalid signature', async () => {
    for (const { scheme, sign: signData } of signers) {
      const signature = signData(data)
      for (const publicKey of [
        ...signers
          .filter(
            (other) =>
              other.scheme.kind !== scheme.kind &&
              !(other.scheme.kind.startsWith('rsa') && scheme.kind.startsWith('rsa')),
          )
          .map((other) => spki(other.publicKey)),
        new Uint8Array(),
        Uint8Array.of(0x30, 0),
      ])
        expect(await primitives.verifySignature({ scheme, publicKey, data, signature })).toBe('invalid')
    }
  })

  it('hold a PSS salt to its length', async () => {
    const signer = signers.find(({ scheme }) => scheme.kind === 'rsa-pss') as Signer
    const scheme = { kind: 'rsa-pss', hash: 'SHA-512', saltLength: 18 } as const
    expect(
      await primitives.verifySignature({
        scheme,
        publicKey: spki(signer.publicKey),
        data,
        signature: signer.sign(data),
      }),
    ).toBe('invalid')
  })

  it('digest', async () => {
    const hex = async (algorithm: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'): Promise<string> =>
      Buffer.from(await primitives.digest(algorithm, new TextEncoder().encode('abc'))).toString('hex')
    // FIPS 180-4 examples
    expect(await hex('SHA-1')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d')
    expect(await hex('SHA-256')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect((await hex('SHA-384')).slice(0, 16)).toBe('cb00753f45a35e8b')
    expect((await hex('SHA-512')).slice(0, 16)).toBe('ddaf35a193617aba')
  })

  it('authenticate with HMAC-SHA-256, an empty key included', async () => {
    const mac = async (key: Uint8Array, text: string): Promise<string> =>
      Buffer.from(await primitives.hmacSha256(key, new TextEncoder().encode(text))).toString('hex')
    // RFC 4231 §4.2
    expect(await mac(new Uint8Array(20).fill(0x0b), 'Hi There')).toBe(
      'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    )
    expect(await mac(new Uint8Array(), '')).toBe('b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad')
  })

  it('compare and draw octets', () => {
    expect(primitives.timingSafeEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true)
    expect(primitives.timingSafeEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false)
    expect(primitives.timingSafeEqual(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false)
    expect(primitives.randomBytes(0)).toHaveLength(0)
    expect(primitives.randomBytes(32)).not.toEqual(primitives.randomBytes(32))
    expect(new Set(primitives.randomBytes(70_000)).size).toBe(256)
  })
})

it('are native where node:crypto is', () => {
  expect(chosen.name).toBe('node')
  expect(openChannel('countersign:test')?.hasSubscribers).toBe(false)
  expect(openNoChannel('countersign:test')).toBeUndefined()
})
