import 'reflect-metadata/lite'
import { X509Certificate } from 'node:crypto'
import * as peculiar from '@peculiar/x509'
import { beforeAll, describe, expect, it } from 'vitest'
import { refusalByOpenSsl } from '../../test/handshake.ts'
import { toHex } from '../der/text.ts'
import * as der from '../der/write.ts'
import { type Authority, createAuthority } from './authority.ts'
import type { IssuedCertificate } from './certificate.ts'

const parsed = ({ certificate }: IssuedCertificate) => new X509Certificate(certificate.der)
const extensionsOf = ({ certificate }: IssuedCertificate) => new peculiar.X509Certificate(certificate.der).extensions
const extensionOf = (issued: IssuedCertificate, oid: string) =>
  extensionsOf(issued).find((extension) => extension.type === oid)

let root: Authority
let server: IssuedCertificate
beforeAll(async () => {
  root = await createAuthority({ name: 'Root' })
  server = await root.issueServer()
})

describe('names', () => {
  it('writes every kind of alternative name', async () => {
    const client = await root.issueClient({
      spiffe: ['spiffe://acme.test/a', 'spiffe://acme.test/b'],
      uri: ['https://acme.test/'],
      dns: ['*.acme.test'],
      email: ['ops@acme.test'],
      ip: ['192.0.2.7', '2001:db8::1', '::ffff:192.0.2.1'],
      alternativeNames: [
        { kind: 'directory', value: [{ type: 'CN', value: 'x' }] },
        { kind: 'oid', value: '1.2.3.4' },
      ],
    })
    expect(parsed(client).subjectAltName?.split(', ')).toEqual([
      'URI:spiffe://acme.test/a',
      'URI:spiffe://acme.test/b',
      'URI:https://acme.test/',
      'DNS:*.acme.test',
      'email:ops@acme.test',
      'IP Address:192.0.2.7',
      'IP Address:2001:DB8:0:0:0:0:0:1',
      'IP Address:0:0:0:0:0:FFFF:C000:201',
      'DirName:CN=x',
      'Registered ID:1.2.3.4',
    ])
    expect(extensionOf(client, '2.5.29.17')?.critical).toBe(false)
  })

  it('makes the alternative names critical when the subject is empty', async () => {
    const client = await root.issueClient({ name: '', spiffe: 'spiffe://acme.test/a' })
    expect(client.subject).toEqual(Uint8Array.of(0x30, 0))
    expect(extensionOf(client, '2.5.29.17')?.critical).toBe(true)
  })

  it('keeps the subject exactly as it is given: order, string types, several attributes in one name', async () => {
    const client = await root.issueClient({
      subject: [
        { type: 'C', value: 'DE' },
        { type: 'O', value: 'Acme, Inc.', as: 'bmp' },
        [
          { type: 'OU', value: 'Ops' },
          { type: '2.5.4.97', value: 'VATDE-1' },
        ],
        { type: 'CN', value: 'line\nbreak\0nul', as: 'teletex' },
        { type: 'CN', value: Uint8Array.of(0xff, 0xfe) },
      ],
    })
    const bytes = toHex(client.certificate.der)
    expect(bytes).toContain(toHex(client.subject))
    expect(bytes).toContain(toHex(der.element(0x1e, new TextEncoder().encode('\0A\0c\0m\0e'))).slice(4))
    expect(bytes).toContain(toHex(der.element(0x14, new TextEncoder().encode('line\nbreak\0nul'))))
    expect(bytes).toContain('0c02fffe')
  })

  it('refuses an address that is none', async () => {
    for (const ip of ['256.0.0.1', '1.2.3', '1:2', '::1::', 'g::1', '1.2.3.4/33', '']) {
      await expect(root.issueClient({ ip: [ip] }), ip).rejects.toThrow(TypeError)
    }
  })
})

describe('options', () => {
  it('marks purposes and usages as told, or leaves them out', async () => {
    const odd = await root.issueClient({
      extendedKeyUsage: ['emailProtection', 'any', '1.3.6.1.4.1.99999.7'],
      keyUsage: ['keyEncipherment', 'decipherOnly'],
    })
    expect(parsed(odd).keyUsage).toEqual(['1.3.6.1.5.5.7.3.4', '2.5.29.37.0', '1.3.6.1.4.1.99999.7'])
    const usages = extensionOf(odd, '2.5.29.15') as peculiar.KeyUsagesExtension
    expect(usages.usages).toBe(peculiar.KeyUsageFlags.keyEncipherment | peculiar.KeyUsageFlags.decipherOnly)

    const bare = await root.issueClient({ extendedKeyUsage: 'none', keyUsage: 'none', basicConstraints: 'none' })
    expect(extensionsOf(bare).map(({ type }) => type)).toEqual(['2.5.29.14', '2.5.29.35'])
  })

  it('points to where revocation is published', async () => {
    const client = await root.issueClient({
      crlDistributionPoints: [
        'http://crl.acme.test/a.crl',
        {
          urls: ['http://b.test/'],
          reasons: ['keyCompromise', 'aACompromise'],
          crlIssuer: [{ kind: 'directory', value: root.subject }],
        },
      ],
      ocspResponders: ['http://ocsp.acme.test'],
      caIssuers: ['http://ca.acme.test/ca.cer'],
      noRevAvail: true,
    })
    const points = (extensionOf(client, '2.5.29.31') as peculiar.CRLDistributionPointsExtension).distributionPoints
    expect(points.map((point) => point.distributionPoint?.fullName?.[0]?.uniformResourceIdentifier)).toEqual([
      'http://crl.acme.test/a.crl',
      'http://b.test/',
    ])
    expect(points[1]?.reasons?.toJSON().toSorted()).toEqual(['aACompromise', 'keyCompromise'])
    expect(points[1]?.cRLIssuer).toHaveLength(1)
    expect(parsed(client).infoAccess).toBe(
      'OCSP - URI:http://ocsp.acme.test\nCA Issuers - URI:http://ca.acme.test/ca.cer',
    )
    expect(toHex(new Uint8Array(extensionOf(client, '2.5.29.56')?.value ?? new ArrayBuffer()))).toBe('0500')
  })

  it('takes raw extensions, in place of ours where the identifier is the same', async () => {
    const client = await root.issueClient({
      extensions: [
        { oid: '2.5.29.19', critical: true, value: der.sequence(der.boolean(true)) },
        { oid: '1.3.6.1.4.1.99999.1', value: der.utf8String('hello') },
        { oid: '1.3.6.1.4.1.99999.1', value: der.utf8String('again') },
      ],
      omitExtensions: ['subjectKeyIdentifier', 'authorityKeyIdentifier'],
    })
    expect((extensionOf(client, '2.5.29.19') as peculiar.BasicConstraintsExtension).ca).toBe(true)
    expect(extensionsOf(client).map(({ type }) => type)).toEqual([
      '2.5.29.15',
      '2.5.29.37',
      '2.5.29.19',
      '1.3.6.1.4.1.99999.1',
      '1.3.6.1.4.1.99999.1',
    ])
  })

  it('sets the serial number, which must be positive', async () => {
    expect(parsed(await root.issueClient({ serialNumber: 'ff00' })).serialNumber).toBe('FF00')
    expect((await root.issueClient({ serialNumber: 7n })).serialNumber).toBe('07')
    await expect(root.issueClient({ serialNumber: 0n })).rejects.toThrow('serialNumber')
    await expect(root.issueClient({ serialNumber: '-1' })).rejects.toThrow(SyntaxError)
  })

  it('writes dates from 2050 on as GeneralizedTime', async () => {
    const client = await root.issueClient({
      notBefore: new Date('2049-12-31T23:59:59Z'),
      notAfter: new Date('9999-12-31T23:59:59Z'),
    })
    const text = new TextDecoder('latin1').decode(client.certificate.der)
    expect(text).toContain('\x17\x0d491231235959Z\x18\x0f99991231235959Z')
  })
})

describe('keys', () => {
  it('renews a certificate with the key it had', async () => {
    const first = await root.issueClient({ name: 'Alice' })
    const second = await root.issueClient({ name: 'Alice', keys: first.keys })
    expect(second.publicKeyHash).toBe(first.publicKeyHash)
    expect(second.privateKeyPem).toBe(first.privateKeyPem)
    expect(second.fingerprint).not.toBe(first.fingerprint)
    expect(second.serialNumber).not.toBe(first.serialNumber)
  })

  it('cross-certifies a CA under another root', async () => {
    const other = await createAuthority({ name: 'Other root' })
    const issuing = await root.issueAuthority({ name: 'Issuing' })
    const crossed = await other.issueAuthority({ name: 'Issuing', keys: issuing.keys })
    const client = await issuing.issueClient()
    expect(parsed(client).checkIssued(parsed(crossed))).toBe(true)
    expect(parsed(client).verify(parsed(crossed).publicKey)).toBe(true)
  })

  it('signs with ML-DSA where the runtime can, and says so where it cannot', async () => {
    const minted = createAuthority({ algorithm: 'ML-DSA-44' })
    const available = await crypto.subtle.generateKey('ML-DSA-44' as 'Ed25519', true, ['sign']).then(
      () => true,
      () => false,
    )
    if (!available) return expect(minted).rejects.toThrow()
    const authority = await minted
    expect(parsed(await authority.issueClient()).verify(parsed(authority).publicKey)).toBe(true)
    expect(toHex((await authority.crl()).der)).toContain(toHex(der.objectIdentifier('2.16.840.1.101.3.4.3.17')))
  })

  it('signs with another hash where a test wants one', async () => {
    const weak = await createAuthority({ signatureHash: 'SHA-1' })
    const client = await weak.issueClient()
    expect(new peculiar.X509Certificate(client.certificate.der).signatureAlgorithm.hash.name).toBe('SHA-1')
    expect(parsed(client).verify(parsed(weak).publicKey)).toBe(true)
  })
})

describe('over TLS', () => {
  it('is accepted by OpenSSL, and refused for what is wrong with it', async () => {
    const issuing = await root.issueAuthority({ pathLength: 0, name: 'Issuing' })
    const below = await issuing.issueAuthority({ name: 'One too many' })
    const narrow = await root.issueAuthority({
      name: 'Narrow',
      nameConstraints: {
        permitted: [{ kind: 'dns', value: 'acme.test' }],
        excluded: [{ kind: 'ip', value: '10.0.0.0/8' }],
      },
    })
    const refusal = async (client: IssuedCertificate) =>
      refusalByOpenSsl(client.tls, server, { ca: root.certificate.pem })

    expect(await refusal(await issuing.issueClient())).toBeUndefined()
    expect(await refusal(await root.issueClient({ algorithm: 'RSA-PSS-2048' }))).toBeUndefined()
    expect(await refusal(await root.issueClient({ algorithm: 'Ed25519' }))).toBeUndefined()
    expect(await refusal(await root.issueClient({ notAfter: new Date(Date.now() - 1000) }))).toBe('CERT_HAS_EXPIRED')
    expect(await refusal(await root.issueClient({ extendedKeyUsage: ['serverAuth'] }))).toBe('INVALID_PURPOSE')
    expect(await refusal(await below.issueClient())).toBe('PATH_LENGTH_EXCEEDED')
    expect(await refusal(await narrow.issueClient({ dns: ['a.acme.test'] }))).toBeUndefined()
    // X509_V_ERR_PERMITTED_VIOLATION and its like have no name in Node.
    expect(await refusal(await narrow.issueClient({ dns: ['other.test'] }))).toBe('UNSPECIFIED')
    expect(await refusal(await narrow.issueClient({ ip: ['10.1.2.3'] }))).toBe('UNSPECIFIED')
    const stranger = await createAuthority({ name: 'Stranger' })
    expect(await refusal(await stranger.issueClient())).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  })
})
