import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createAuthority, createSelfSigned } from './authority.ts'
import type { IssuedCertificate } from './certificate.ts'
import type { KeyAlgorithm } from './key-pair.ts'

const NOON = new Date('2031-05-06T12:00:00.500Z')

const parsed = ({ certificate }: IssuedCertificate) => new X509Certificate(certificate.der)

describe('createAuthority', () => {
  it('is a self-signed CA that signs what it issues', async () => {
    const root = await createAuthority({ name: 'Partner CA' })
    const issuing = await root.issueAuthority({ name: 'Issuing CA', pathLength: 0 })
    const alice = await issuing.issueClient({ name: 'Alice', spiffe: 'spiffe://acme.test/orders' })

    expect(parsed(root).ca).toBe(true)
    expect(parsed(root).subject).toBe('CN=Partner CA')
    expect(parsed(root).verify(parsed(root).publicKey)).toBe(true)
    expect(parsed(issuing).ca).toBe(true)
    expect(parsed(issuing).checkIssued(parsed(root))).toBe(true)
    expect(parsed(issuing).verify(parsed(root).publicKey)).toBe(true)
    expect(parsed(alice).ca).toBe(false)
    expect(parsed(alice).checkIssued(parsed(issuing))).toBe(true)
    expect(parsed(alice).verify(parsed(issuing).publicKey)).toBe(true)
    expect(parsed(alice).subjectAltName).toBe('URI:spiffe://acme.test/orders')
    expect(parsed(alice).keyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
  })

  it('hands the leaf, its intermediates, and never the root to a peer', async () => {
    const root = await createAuthority()
    const issuing = await root.issueAuthority({ name: 'Outer' })
    const nested = await issuing.issueAuthority({ name: 'Inner' })
    const client = await nested.issueClient()

    expect(client.chainPem).toBe(client.certificate.pem + nested.certificate.pem + issuing.certificate.pem)
    expect(client.tls).toEqual({ cert: client.chainPem, key: client.privateKeyPem })
    expect((await root.issueClient()).intermediates).toEqual([])
  })

  it('counts every date from the injected clock, which those it issues share', async () => {
    let now = NOON
    const root = await createAuthority({ clock: () => now, days: 10 })
    expect(root.notBefore).toEqual(new Date('2031-05-06T11:55:00Z'))
    expect(root.notAfter).toEqual(new Date('2031-05-16T12:00:00Z'))

    now = new Date('2031-05-07T12:00:00Z')
    const issuing = await root.issueAuthority()
    const client = await issuing.issueClient({ days: 1 })
    expect(client.notAfter).toEqual(new Date('2031-05-08T12:00:00Z'))
    expect(new Date(parsed(client).validTo)).toEqual(client.notAfter)
  })

  it('describes a certificate as Node reads it', async () => {
    const client = await (await createAuthority()).issueClient({ name: 'Bob' })
    const certificate = parsed(client)

    expect(client.serialNumber).toBe(certificate.serialNumber.toLowerCase())
    expect(client.fingerprint).toBe(certificate.fingerprint256.replaceAll(':', '').toLowerCase())
    expect(client.publicKey).toEqual(new Uint8Array(certificate.publicKey.export({ type: 'spki', format: 'der' })))
    expect(client.publicKeyHash).toHaveLength(64)
    expect(new Date(certificate.validFrom)).toEqual(client.notBefore)
    expect(new X509Certificate(client.certificate.pem).raw).toEqual(certificate.raw)
  })

  it.each<KeyAlgorithm>(['P-256', 'P-384', 'P-521', 'RSA-2048', 'RSA-PSS-2048', 'Ed25519'])(
    'signs with %s',
    async (algorithm) => {
      const root = await createAuthority({ algorithm })
      const client = await root.issueClient({ algorithm })
      expect(parsed(client).verify(parsed(root).publicKey)).toBe(true)
      expect(client.privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
      expect(parsed(client).checkPrivateKey((await import('node:crypto')).createPrivateKey(client.privateKeyPem))).toBe(
        true,
      )
    },
  )
})

describe('issueServer', () => {
  it('names the loopback unless it is told another name', async () => {
    const root = await createAuthority()
    expect(parsed(await root.issueServer()).subjectAltName).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    )
    expect(parsed(await root.issueServer({ dns: ['api.acme.test'] })).subjectAltName).toBe('DNS:api.acme.test')
  })
})

describe('createSelfSigned', () => {
  it('vouches for itself alone', async () => {
    const lone = await createSelfSigned({ name: 'Lone' })
    expect(parsed(lone).verify(parsed(lone).publicKey)).toBe(true)
    expect(parsed(lone).ca).toBe(false)
    expect(lone.chainPem).toBe(lone.certificate.pem)
    expect(lone.issuer).toBeUndefined()
  })
})
