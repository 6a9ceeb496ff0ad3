import { X509Certificate } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { childrenOf, readElement } from '../der/read.ts'
import { toHex } from '../der/text.ts'
import { partsOf } from '../pki/assemble.ts'
import { type Authority, createAuthority } from '../pki/authority.ts'
import type { IssuedCertificate } from '../pki/certificate.ts'
import { MALFORMATIONS, type Malformation, malformCertificate } from './malformations.ts'
import { malleateSignature } from './malleate-signature.ts'
import { mutateCertificate } from './mutate-certificate.ts'

let root: Authority
let alice: IssuedCertificate
beforeAll(async () => {
  root = await createAuthority({ name: 'Root' })
  alice = await root.issueClient({ name: 'Alice', spiffe: 'spiffe://acme.test/a' })
})

const rootKey = () => new X509Certificate(root.certificate.der).publicKey
const verifies = (certificate: Uint8Array) => new X509Certificate(certificate).verify(rootKey())

/** OpenSSL decodes leniently; these it can read, and so it can say whether the signature was made anew. */
const READ_BY_OPENSSL: readonly Malformation[] = [
  'trailing-bytes',
  'two-certificates',
  'default-encoded',
  'deep-nesting',
  'version-2-with-extensions',
  'version-5',
  'negative-serial',
  'zero-serial',
  'forty-octet-serial',
  'empty-issuer',
  'fractional-seconds',
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
]

describe('malformCertificate', () => {
  it.each(MALFORMATIONS)('makes another certificate: %s', async (malformation) => {
    const malformed = await malformCertificate(alice, malformation)
    expect(toHex(malformed.certificate.der)).not.toBe(toHex(alice.certificate.der))
    expect(malformed.fingerprint).not.toBe(alice.fingerprint)
    expect(malformed.tls.key).toBe(alice.tls.key)
    expect(malformed.tls.cert).toBe(malformed.chainPem)
  })

  it.each(READ_BY_OPENSSL)('is signed anew: %s', async (malformation) => {
    expect(verifies((await malformCertificate(alice, malformation)).certificate.der)).toBe(true)
  })

  it('breaks the signature alone where that is the point', async () => {
    const { certificate } = await malformCertificate(alice, 'broken-signature')
    expect(verifies(certificate.der)).toBe(false)
    expect(new X509Certificate(certificate.der).subject).toBe('CN=Alice')
  })

  it('nests to the depth it says', async () => {
    const { certificate } = await malformCertificate(alice, 'deep-nesting')
    const added = partsOf(certificate.der).extensions?.at(-1) ?? new Uint8Array()
    let rest = childrenOf(added).at(-1)?.contents ?? new Uint8Array()
    let depth = 0
    for (; rest.length > 0; depth++) rest = readElement(rest).contents
    expect(depth).toBe(15_000)
  })
})

describe('mutateCertificate', () => {
  it('replaces the pieces it is told to and signs with another key on request', async () => {
    const mallory = await createAuthority({ name: 'Root' })
    const forged = await mutateCertificate(alice, { parts: () => ({ subject: root.subject }) }, mallory)
    expect(new X509Certificate(forged.certificate.der).subject).toBe('CN=Root')
    expect(forged.subject).toEqual(root.subject)
    expect(verifies(forged.certificate.der)).toBe(false)
    expect(
      new X509Certificate(forged.certificate.der).verify(new X509Certificate(mallory.certificate.der).publicKey),
    ).toBe(true)
  })

  it('leaves everything as it is when nothing is to change, but for the signature', async () => {
    const copy = await mutateCertificate(alice, {})
    expect(childrenOf(copy.certificate.der)[0]?.encoding).toEqual(childrenOf(alice.certificate.der)[0]?.encoding)
    expect(copy.serialNumber).toBe(alice.serialNumber)
    expect(copy.publicKeyHash).toBe(alice.publicKeyHash)
  })
})

describe('malleateSignature', () => {
  it.each(['P-256', 'P-384', 'P-521'] as const)('finds the other signature of %s', async (algorithm) => {
    const authority = await createAuthority({ algorithm })
    const client = await authority.issueClient()
    const other = await malleateSignature(client)
    expect(other.fingerprint).not.toBe(client.fingerprint)
    expect(
      new X509Certificate(other.certificate.der).verify(new X509Certificate(authority.certificate.der).publicKey),
    ).toBe(true)
  })

  it('says so where there is no other', async () => {
    const authority = await createAuthority({ algorithm: 'Ed25519' })
    await expect(malleateSignature(await authority.issueClient())).rejects.toThrow('elliptic curve')
  })
})
