import 'reflect-metadata/lite'
import * as peculiar from '@peculiar/x509'
import { beforeAll, describe, expect, it } from 'vitest'
import { refusalByOpenSsl } from '../../test/handshake.ts'
import { childrenOf, readElement } from '../der/read.ts'
import { toHex } from '../der/text.ts'
import * as der from '../der/write.ts'
import { type Authority, createAuthority } from '../pki/authority.ts'
import type { IssuedCertificate } from '../pki/certificate.ts'
import { createManualClock } from '../pki/manual-clock.ts'
import { createCrl } from './crl.ts'

let root: Authority
let server: IssuedCertificate
let alice: IssuedCertificate
let bob: IssuedCertificate
beforeAll(async () => {
  root = await createAuthority({ name: 'Root' })
  ;[server, alice, bob] = await Promise.all([
    root.issueServer(),
    root.issueClient({ name: 'Alice' }),
    root.issueClient({ name: 'Bob' }),
  ])
})

const refusal = (client: IssuedCertificate, crl: string) =>
  refusalByOpenSsl(client.tls, server, { ca: root.certificate.pem, crl })

describe('Authority.crl', () => {
  it('revokes whom it names, by OpenSSL’s reading', async () => {
    const list = await root.crl({ revoked: [alice, { serialNumber: 5n, reason: 'keyCompromise' }] })
    expect(await refusal(alice, list.pem)).toBe('CERT_REVOKED')
    expect(await refusal(bob, list.pem)).toBeUndefined()
  })

  it('is refused by OpenSSL for what is wrong with it', async () => {
    const past = new Date(Date.now() - 60_000)
    const other = await createAuthority({ name: 'Root' })
    expect(await refusal(bob, (await root.crl({ nextUpdate: past })).pem)).toBe('CRL_HAS_EXPIRED')
    expect(await refusal(bob, (await root.crl({ thisUpdate: new Date(Date.now() + 60_000) })).pem)).toBe(
      'CRL_NOT_YET_VALID',
    )
    expect(await refusal(bob, (await root.crl({ signature: 'broken' })).pem)).toBe('CRL_SIGNATURE_FAILURE')
    expect(await refusal(bob, (await root.crl({ signedBy: other })).pem)).toBe('CRL_SIGNATURE_FAILURE')
    const unknown = { oid: '1.3.6.1.4.1.99999.1', critical: true, value: der.nullValue() }
    expect(await refusal(bob, (await root.crl({ extensions: [unknown] })).pem)).toBe('UNSPECIFIED')
  })

  it.each(['P-384', 'P-521', 'RSA-2048', 'RSA-PSS-2048', 'Ed25519'] as const)(
    'is signed with %s',
    async (algorithm) => {
      const authority = await createAuthority({ algorithm })
      const client = await authority.issueClient()
      const anchor = { ca: authority.certificate.pem }
      const good = { ...anchor, crl: (await authority.crl()).pem }
      const bad = { ...anchor, crl: (await authority.crl({ signature: 'broken' })).pem }
      expect(await refusalByOpenSsl(client.tls, server, good)).toBeUndefined()
      expect(await refusalByOpenSsl(client.tls, server, bad)).toBe('CRL_SIGNATURE_FAILURE')
    },
  )

  it('counts up its number and dates itself from the clock', async () => {
    const clock = createManualClock(new Date('2031-01-01T00:00:00Z'))
    const authority = await createAuthority({ clock })
    const first = new peculiar.X509Crl((await authority.crl()).der)
    clock.advance({ days: 1 })
    const second = new peculiar.X509Crl((await authority.crl({ days: 2 })).der)
    expect(numberOf(first)).toBe('020101')
    expect(numberOf(second)).toBe('020102')
    expect(second.thisUpdate).toEqual(new Date('2031-01-02T00:00:00Z'))
    expect(second.nextUpdate).toEqual(new Date('2031-01-04T00:00:00Z'))
    expect(numberOf(new peculiar.X509Crl((await authority.crl({ number: 10 })).der))).toBe('02010a')
    expect(numberOf(new peculiar.X509Crl((await authority.crl()).der))).toBe('02010b')
  })

  it('writes entries with reason, dates and extensions', async () => {
    const at = new Date('2026-03-04T05:06:07Z')
    const list = new peculiar.X509Crl(
      (
        await root.crl({
          revoked: [
            { serialNumber: 'ff', at, reason: 'certificateHold', invalidityDate: at },
            {
              serialNumber: '0100',
              extensions: [{ oid: '1.3.6.1.4.1.99999.1', critical: true, value: der.nullValue() }],
            },
          ],
        })
      ).der,
    )
    const [held, odd] = list.entries
    expect(held?.serialNumber).toBe('ff')
    expect(held?.revocationDate).toEqual(at)
    expect(held?.reason).toBe(peculiar.X509CrlReason.certificateHold)
    expect(held?.invalidity).toEqual(at)
    expect(odd?.serialNumber).toBe('0100')
    expect(odd?.extensions[0]?.critical).toBe(true)
  })

  it('has a version 1 without extensions, and a list without nextUpdate', async () => {
    const tbs = fieldsOf((await root.crl({ version: 1, nextUpdate: 'absent', revoked: [alice] })).der)
    expect(tbs.map(({ tag }) => tag)).toEqual([0x30, 0x30, 0x17, 0x30])
  })

  it('states its scope, base and deltas', async () => {
    const list = await root.crl({
      issuingDistributionPoint: {
        urls: ['http://crl.acme.test/a'],
        onlyUserCertificates: true,
        onlySomeReasons: ['keyCompromise', 'superseded'],
        indirect: true,
      },
      deltaBase: 3,
      freshestCrl: ['http://crl.acme.test/delta'],
      authorityKeyIdentifier: 'absent',
    })
    const extensions = new peculiar.X509Crl(list.der).extensions
    expect(extensions.map(({ type, critical }) => [type, critical])).toEqual([
      ['2.5.29.20', false],
      ['2.5.29.27', true],
      ['2.5.29.28', true],
      ['2.5.29.46', false],
    ])
    const scope = childrenOf(new Uint8Array(extensions[2]?.value ?? new ArrayBuffer()))
    expect(scope.map(({ encoding }) => toHex(encoding))).toEqual([
      `a01aa018${toHex(der.element(0x86, new TextEncoder().encode('http://crl.acme.test/a')))}`,
      '8101ff',
      '83020348',
      '8401ff',
    ])
  })

  it('names the issuer of entries in an indirect list', async () => {
    const crlIssuer = await root.issueClient({ name: 'CRL issuer', keyUsage: ['cRLSign'], extendedKeyUsage: 'none' })
    const list = await createCrl(crlIssuer, {
      issuingDistributionPoint: { indirect: true },
      revoked: [{ serialNumber: alice.serialNumber, certificateIssuer: root }],
    })
    expect(toHex(list.der)).toContain(toHex(der.sequence(der.context(4, 'constructed', root.subject))))
    expect(toHex(fieldsOf(list.der)[2]?.encoding ?? new Uint8Array())).toBe(toHex(crlIssuer.subject))
  })

  it('signs what a test made of the signed part', async () => {
    const list = await root.crl({ signedPart: (bytes) => der.sequence(readElement(bytes).contents, der.nullValue()) })
    expect(fieldsOf(list.der).at(-1)?.tag).toBe(0x05)
  })
})

function fieldsOf(list: Uint8Array) {
  return childrenOf(readElement(list).contents)
}

function numberOf(list: peculiar.X509Crl): string {
  const extension = list.extensions.find(({ type }) => type === '2.5.29.20')
  return toHex(new Uint8Array(extension?.value ?? new ArrayBuffer()))
}
