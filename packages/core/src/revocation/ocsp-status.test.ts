import {
  type Authority,
  type CertificateOptions,
  createAuthority,
  createOcspResponse,
  type IssuedCertificate,
  type OcspResponseOptions,
} from '@countersign/testing'
import { integer } from '@countersign/testing/der'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseCertificate } from '../x509/certificate.ts'
import { certificateStatus, type GivenAnswers } from './check-revocation.ts'
import { OcspError, parseOcspResponse } from './ocsp-response.ts'
import type { RevocationStatus } from './revocation-status.ts'

const NOW = new Date('2031-05-06T07:08:09Z')
const DAY = 86_400_000

let ca: Authority
let client: IssuedCertificate
let other: IssuedCertificate

beforeAll(async () => {
  ca = await createAuthority({ clock: () => NOW })
  client = await ca.issueClient()
  other = await ca.issueClient()
})

describe('ocspStatus', () => {
  it('is what the issuer says', async () => {
    expect(await status({})).toEqual({ status: 'good', by: 'given', until: after(DAY) })
    expect(await status({ status: 'revoked', revokedAt: after(-DAY), reason: 'keyCompromise' })).toEqual({
      status: 'revoked',
      by: 'given',
      at: after(-DAY),
      reason: 'keyCompromise',
    })
    expect(await status({ status: 'revoked' })).toMatchObject({ reason: 'unspecified' })
    expect(await status({ status: 'unknown' })).toEqual({ status: 'unknown', by: 'given', cause: 'responder-unknown' })
  })

  describe('the certificate', () => {
    it('is named by either hash, with parameters or without', async () => {
      for (const certIdHash of ['SHA-1', 'SHA-256'] as const) {
        for (const certIdParameters of ['null', 'absent'] as const) {
          expect(await status({ certIdHash, certIdParameters })).toMatchObject({ status: 'good' })
        }
      }
    })

    it('is not another one, nor one of another issuer', async () => {
      expect(await status({ for: other })).toMatchObject({ status: 'unknown', cause: 'ocsp-certificate' })
      const twin = await createAuthority({ clock: () => NOW })
      expect(await status({ certIdIssuer: twin })).toMatchObject({ cause: 'ocsp-certificate' })
      const stranger = await createAuthority({ name: 'Stranger', keys: ca.keys, clock: () => NOW })
      expect(await status({ certIdIssuer: stranger })).toMatchObject({ cause: 'ocsp-certificate' })
    })

    it('may stand beside others', async () => {
      expect(await status({ for: other, status: 'revoked', also: [{ for: client }] })).toMatchObject({ status: 'good' })
    })
  })

  describe('contradictions', () => {
    it('are decided for revoked, then for unknown', async () => {
      const revoked = { for: client, status: 'revoked' as const }
      const unknown = { for: client, status: 'unknown' as const }
      expect(await status({ also: [revoked] })).toMatchObject({ status: 'revoked' })
      expect(await status({ status: 'revoked', also: [{ for: client }] })).toMatchObject({ status: 'revoked' })
      expect(await status({ also: [unknown] })).toMatchObject({ cause: 'responder-unknown' })
      const responses = [await response({}), await response({ status: 'revoked' })]
      for (const ocspResponses of [responses, responses.toReversed()]) {
        expect(await given({ ocspResponses })).toMatchObject({ status: 'revoked' })
      }
    })

    it('between OCSP and CRL are decided for revoked', async () => {
      const [good, bad] = [await ca.crl(), await ca.crl({ revoked: [client] })]
      expect(await given({ crls: [good.der], ocspResponses: [await response({ status: 'revoked' })] })).toMatchObject({
        status: 'revoked',
      })
      expect(await given({ crls: [bad.der], ocspResponses: [await response({})] })).toMatchObject({ status: 'revoked' })
      expect(await given({ crls: [good.der], ocspResponses: [await response({ status: 'unknown' })] })).toMatchObject({
        status: 'good',
      })
    })
  })

  describe('the responder', () => {
    const delegateOf = (issuer: Authority, options: CertificateOptions = {}) => issuer.issueOcspDelegate(options)

    it('is the issuer, by key or by name', async () => {
      expect(await status({ responderId: 'key' })).toMatchObject({ status: 'good' })
      expect(await status({ responderId: 'name' })).toMatchObject({ status: 'good' })
    })

    it('is a delegate that the issuer certified for it', async () => {
      const delegate = await delegateOf(ca)
      for (const responderId of ['key', 'name'] as const)
        expect(await status({ delegate, responderId })).toMatchObject({ status: 'good' })
      expect(await status({ delegate, certificates: [other, delegate] })).toMatchObject({ status: 'good' })
    })

    it('is that delegate also where another one of the same name is sent along', async () => {
      const [delegate, namesake] = [await delegateOf(ca), await delegateOf(ca)]
      for (const certificates of [
        [delegate, namesake],
        [namesake, delegate],
      ])
        expect(await status({ delegate, certificates, responderId: 'name' })).toMatchObject({ status: 'good' })
    })

    it.each<[string, () => Promise<Partial<OcspResponseOptions>>]>([
      ['a delegate whose certificate is not there', async () => ({ delegate: await delegateOf(ca), certificates: [] })],
      [
        'a delegate without the purpose',
        async () => ({ delegate: await delegateOf(ca, { extendedKeyUsage: ['clientAuth'] }) }),
      ],
      ['a delegate for any purpose', async () => ({ delegate: await delegateOf(ca, { extendedKeyUsage: ['any'] }) })],
      [
        'a delegate without any purpose named',
        async () => ({ delegate: await delegateOf(ca, { extendedKeyUsage: 'none' }) }),
      ],
      [
        'a delegate that may not sign',
        async () => ({ delegate: await delegateOf(ca, { keyUsage: ['keyEncipherment'] }) }),
      ],
      [
        'a delegate that has expired',
        async () => ({ delegate: await delegateOf(ca, { notBefore: after(-2 * DAY), notAfter: after(-DAY) }) }),
      ],
      ['a delegate that is not yet valid', async () => ({ delegate: await delegateOf(ca, { notBefore: after(DAY) }) })],
      [
        'a delegate with an unknown critical extension',
        async () => ({
          delegate: await delegateOf(ca, {
            extensions: [{ oid: '1.3.6.1.4.1.55555.7', critical: true, value: integer(1) }],
          }),
        }),
      ],
      [
        'a delegate of another CA',
        async () => ({ delegate: await delegateOf(await createAuthority({ name: 'Other', clock: () => NOW })) }),
      ],
      [
        'a delegate of another CA of the same name',
        async () => ({ delegate: await delegateOf(await createAuthority({ clock: () => NOW })) }),
      ],
      [
        'a delegate of a delegate',
        async () => ({ delegate: await delegateOf(await ca.issueAuthority({ name: 'Authority' })) }),
      ],
      ['a certificate that the issuer issued for something else', async () => ({ delegate: other })],
      ['somebody who signs in the name of the issuer', async () => ({ signedBy: other })],
      [
        'somebody who signs in the name of a delegate',
        async () => ({ delegate: await delegateOf(ca), signedBy: other }),
      ],
      ['a delegate that names another one', async () => ({ delegate: await delegateOf(ca), responder: other })],
    ])('is not %s', async (_, envelope) => {
      expect((await status(await envelope())).status).toBe('unknown')
      expect((await status({ ...(await envelope()), status: 'revoked' })).status).toBe('unknown')
    })

    it('must have signed', async () => {
      expect(await status({ signature: 'broken' })).toMatchObject({ cause: 'ocsp-signature' })
      expect(await status({ delegate: await delegateOf(ca), signature: 'broken' })).toMatchObject({
        cause: 'ocsp-signature',
      })
    })
  })

  describe('dates', () => {
    it('count from thisUpdate, give or take a clock, to nextUpdate', async () => {
      const dates = { thisUpdate: NOW, nextUpdate: after(DAY), producedAt: NOW }
      expect(await status(dates, { at: after(DAY) })).toMatchObject({ status: 'good' })
      expect(await status(dates, { at: after(DAY + 1) })).toMatchObject({ cause: 'ocsp-expired' })
      expect(await status(dates, { at: after(-60_000) })).toMatchObject({ status: 'good' })
      expect(await status(dates, { at: after(-61_000) })).toMatchObject({ cause: 'ocsp-not-yet-valid' })
      expect(await status({ ...dates, producedAt: after(61_000) })).toMatchObject({ cause: 'ocsp-not-yet-valid' })
      expect(await status(dates, { at: after(DAY + 5000), graceSeconds: 5 })).toMatchObject({ status: 'good' })
    })

    it('do not count for ever without nextUpdate', async () => {
      expect(await status({ nextUpdate: 'absent' })).toMatchObject({ cause: 'ocsp-without-next-update' })
      expect(await status({ nextUpdate: 'absent' }, { maxAgeSeconds: 60 })).toMatchObject({
        status: 'good',
        until: after(60_000),
      })
      expect(await status({ nextUpdate: 'absent', thisUpdate: after(-61_000) }, { maxAgeSeconds: 60 })).toMatchObject({
        cause: 'ocsp-expired',
      })
    })

    it('do not end a revocation', async () => {
      expect(await status({ status: 'revoked', thisUpdate: after(-2 * DAY), nextUpdate: after(-DAY) })).toMatchObject({
        status: 'revoked',
      })
    })
  })

  it('is unknown with a critical extension that is not understood', async () => {
    const extension = { oid: '1.3.6.1.4.1.55555.7', critical: true, value: integer(1) }
    expect(await status({ responseExtensions: [extension] })).toMatchObject({ cause: 'ocsp-critical-extension' })
    expect(await status({ extensions: [extension] })).toMatchObject({ cause: 'ocsp-critical-extension' })
    expect(await status({ responseExtensions: [{ ...extension, critical: false }] })).toMatchObject({ status: 'good' })
  })

  it.each(['malformedRequest', 'internalError', 'tryLater', 'sigRequired', 'unauthorized'] as const)(
    'is unknown if the responder says %s',
    async (responseStatus) => expect(await status({ responseStatus })).toMatchObject({ cause: 'ocsp-refused' }),
  )

  it('does not depend on a nonce where nobody asked with one', async () => {
    expect(await status({ nonce: new Uint8Array(32).fill(7) })).toMatchObject({ status: 'good' })
  })

  it('is unknown if nothing parses', async () => {
    expect(await given({ ocspResponses: [Uint8Array.of(0x30, 0x03, 0x0a, 0x01, 0x04)] })).toMatchObject({
      cause: 'ocsp-malformed',
    })
  })
})

describe('parseOcspResponse', () => {
  it('throws nothing but an OcspError, for whatever is cut off, added or changed', async () => {
    const octets = await response({ delegate: await ca.issueOcspDelegate(), status: 'revoked', reason: 'superseded' })
    for (let end = 0; end < octets.length; end++)
      expect(() => parseOcspResponse(octets.subarray(0, end))).toThrow(OcspError)
    expect(() => parseOcspResponse(new Uint8Array([...octets, 0]))).toThrow(OcspError)
    for (let at = 0; at < octets.length; at++) {
      const changed = octets.slice()
      changed[at] = (changed[at] ?? 0) ^ 0xff
      try {
        parseOcspResponse(changed)
      } catch (error) {
        expect(error).toBeInstanceOf(OcspError)
      }
    }
  })

  it('refuses what is too large before it reads it', () => {
    expect(() => parseOcspResponse(new Uint8Array(70_000))).toThrow(expect.objectContaining({ code: 'ocsp-oversized' }))
  })

  it('refuses more answers than anybody asked for', async () => {
    const also = Array.from({ length: 64 }, () => ({ for: other }))
    expect(parseOcspResponse(await response({ also: also.slice(1) })).status).toBe('successful')
    expect(() => parseOcspResponse(new Uint8Array())).toThrow(OcspError)
    const octets = await response({ also })
    expect(() => parseOcspResponse(octets)).toThrow(expect.objectContaining({ code: 'ocsp-oversized' }))
  })
})

async function status(
  options: Partial<OcspResponseOptions>,
  answers: Partial<GivenAnswers> = {},
): Promise<RevocationStatus> {
  return given({ ocspResponses: [await response(options)], ...answers })
}

function given(answers: Partial<GivenAnswers>): Promise<RevocationStatus> {
  const [certificate, issuer] = [parseCertificate(client.certificate.der), parseCertificate(ca.certificate.der)]
  return Promise.resolve(certificateStatus(certificate, issuer, { at: NOW, ...answers }))
}

function response(options: Partial<OcspResponseOptions>): Promise<Uint8Array> {
  return createOcspResponse(ca, { for: client, ...options })
}

function after(milliseconds: number): Date {
  return new Date(NOW.getTime() + milliseconds)
}
