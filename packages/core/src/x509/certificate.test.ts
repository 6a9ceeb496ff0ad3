import { createAuthority, createSelfSigned, malformCertificate } from '@countersign/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseCertificate } from './certificate.ts'
import { CertificateError } from './certificate-error.ts'

type Minted = Awaited<ReturnType<typeof createSelfSigned>>

let root: Awaited<ReturnType<typeof createAuthority>>
let full: Minted
let bare: Minted

beforeAll(async () => {
  const clock = () => new Date('2030-01-01T00:00:00Z')
  root = await createAuthority({ name: 'Root', clock, pathLength: 3 })
  full = await root.issueClient({
    name: 'Client',
    serialNumber: 'ff01',
    dns: ['a.example'],
    email: ['ops@a.example'],
    uri: ['spiffe://a.example/x'],
    ip: ['192.0.2.1', '2001:db8::1'],
    alternativeNames: [
      { kind: 'directory', value: [{ type: 'CN', value: 'Other' }] },
      { kind: 'oid', value: '1.2.3' },
      { kind: 'other', oid: '1.2.3.4', value: Uint8Array.of(5, 0) },
    ],
    policies: ['1.2.3.5'],
    crlDistributionPoints: ['http://a.example/ca.crl', { urls: ['http://b.example/'], reasons: ['keyCompromise'] }],
    freshestCrl: ['http://a.example/delta.crl'],
    ocspResponders: ['http://ocsp.a.example/'],
    caIssuers: ['http://a.example/ca.cer'],
    noRevAvail: true,
    extensions: [{ oid: '1.2.3.6', critical: false, value: Uint8Array.of(5, 0) }],
  })
  bare = await createSelfSigned({
    name: 'Bare',
    clock,
    keyUsage: 'none',
    extendedKeyUsage: 'none',
    basicConstraints: 'none',
    omitExtensions: ['subjectKeyIdentifier', 'authorityKeyIdentifier'],
    extensions: [{ oid: '1.2.3.6', value: Uint8Array.of(5, 0) }],
  })
})

/** What it threw, without what only people read. */
function faultOf(run: () => unknown): Partial<CertificateError> | 'nothing' {
  try {
    run()
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error
    const { code, offset, extension, index } = error
    return { code, offset, extension, index }
  }
  return 'nothing'
}

describe('parseCertificate', () => {
  it('reads every field', () => {
    const certificate = parseCertificate(full.certificate.der)
    expect(certificate.version).toBe(3)
    expect(certificate.serialNumber).toEqual(Uint8Array.of(0, 0xff, 1))
    expect(certificate.serialNumberHex).toBe('ff01')
    expect(String(certificate.subject)).toBe('CN=Client')
    expect(String(certificate.issuer)).toBe('CN=Root')
    expect(certificate.notBefore).toEqual(full.notBefore)
    expect(certificate.notAfter).toEqual(full.notAfter)
    expect(certificate.publicKey).toEqual(full.publicKey)
    expect(certificate.isSelfIssued).toBe(false)
    expect(certificate.der).toEqual(full.certificate.der)
    expect(certificate.key).toMatchObject({ kind: 'ec', curve: 'P-256' })
  })

  it('reads every extension', () => {
    const certificate = parseCertificate(full.certificate.der)
    expect(certificate.basicConstraints).toEqual({ ca: false, pathLength: undefined })
    expect(certificate.keyUsage).toEqual(new Set(['digitalSignature']))
    expect(certificate.extendedKeyUsage).toEqual(['1.3.6.1.5.5.7.3.2'])
    expect(certificate.subjectAltName?.map((name) => [name.kind, 'value' in name ? name.value : undefined])).toEqual([
      ['uri', 'spiffe://a.example/x'],
      ['dns', 'a.example'],
      ['email', 'ops@a.example'],
      ['ip', '192.0.2.1'],
      ['ip', '2001:db8::1'],
      ['directory', undefined],
      ['registered-id', '1.2.3'],
      ['other', undefined],
    ])
    expect(certificate.subjectKeyIdentifier).toEqual(full.keyIdentifier)
    expect(certificate.authorityKeyIdentifier?.keyIdentifier).toEqual(root.keyIdentifier)
    expect(certificate.certificatePolicies).toEqual(['1.2.3.5'])
    expect(certificate.crlDistributionPoints).toHaveLength(2)
    expect(certificate.crlDistributionPoints?.[0]?.name?.fullName?.[0]).toMatchObject({
      value: 'http://a.example/ca.crl',
    })
    expect(certificate.crlDistributionPoints?.[1]?.reasons).toEqual(new Set([1]))
    expect(certificate.freshestCrl).toHaveLength(1)
    expect(certificate.authorityInfoAccess?.map(({ method }) => method)).toEqual([
      '1.3.6.1.5.5.7.48.1',
      '1.3.6.1.5.5.7.48.2',
    ])
    expect(certificate.noRevAvail).toBe(true)
    expect(certificate.ocspNoCheck).toBe(false)
    expect(certificate.extension('1.2.3.6')).toMatchObject({ critical: false, value: Uint8Array.of(5, 0) })
    expect(certificate.extension('1.2.3.7')).toBeUndefined()
    expect(parseCertificate(root.certificate.der).basicConstraints).toEqual({ ca: true, pathLength: 3 })
  })

  it('says of what is absent that it is absent', () => {
    const certificate = parseCertificate(bare.certificate.der)
    for (const name of [
      'basicConstraints',
      'keyUsage',
      'extendedKeyUsage',
      'subjectAltName',
      'issuerAltName',
      'subjectKeyIdentifier',
      'authorityKeyIdentifier',
      'nameConstraints',
      'certificatePolicies',
      'policyMappings',
      'policyConstraints',
      'inhibitAnyPolicy',
      'crlDistributionPoints',
      'freshestCrl',
      'authorityInfoAccess',
    ] as const)
      expect(certificate[name]).toBeUndefined()
    expect(certificate.extensions.map(({ oid }) => oid)).toEqual(['1.2.3.6'])
    expect(certificate.isSelfIssued).toBe(true)
  })

  it('keeps its own copy of the octets, and views of it', () => {
    const given = Buffer.from(full.certificate.der)
    const certificate = parseCertificate(given)
    given.fill(0)
    expect(certificate.der).toEqual(full.certificate.der)
    expect(certificate.tbs.buffer).toBe(certificate.der.buffer)
    expect(Buffer.isBuffer(certificate.der)).toBe(false)
  })

  it('reads PEM text with exactly one certificate', () => {
    const { pem } = full.certificate
    expect(parseCertificate(`a note\n${pem}`).der).toEqual(full.certificate.der)
    expect(faultOf(() => parseCertificate(''))).toMatchObject({ code: 'pem-block-missing' })
    expect(faultOf(() => parseCertificate(pem + pem))).toMatchObject({ code: 'pem-block-surplus', offset: pem.length })
    expect(faultOf(() => parseCertificate(full.privateKeyPem))).toMatchObject({ code: 'pem-private-key', offset: 0 })
    const relabelled = pem.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE')
    expect(faultOf(() => parseCertificate(relabelled))).toMatchObject({ code: 'pem-label-unexpected' })
    expect(faultOf(() => parseCertificate(pem.slice(0, 90)))).toMatchObject({ code: 'pem-block-unfinished' })
  })

  it('takes no PEM for octets', () => {
    expect(faultOf(() => parseCertificate(new TextEncoder().encode(full.certificate.pem)))).not.toBe('nothing')
  })

  it('says where it stopped, and in which extension', async () => {
    const malformed = await malformCertificate(full, 'five-octet-address')
    const fault = faultOf(() => parseCertificate(malformed.certificate.der))
    expect(fault).toMatchObject({ code: 'extension-malformed', extension: '2.5.29.17' })
    expect((fault as CertificateError).offset).toBeGreaterThan(100)
    expect(faultOf(() => parseCertificate(Uint8Array.of(0x30, 0x80, 0, 0)))).toMatchObject({
      code: 'der-length-indefinite',
      offset: 0,
    })
  })

  it('refuses by size before it looks', () => {
    const started = performance.now()
    expect(faultOf(() => parseCertificate(new Uint8Array(100_000_000)))).toMatchObject({
      code: 'certificate-too-large',
    })
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
