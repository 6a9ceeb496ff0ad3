import { type Authority, createAuthority, createOcspResponse, type OcspResponseOptions } from '@countersign/testing'
import { context, fromHex, integer, objectIdentifier, octetString, sequence, toHex } from '@countersign/testing/der'
import { beforeAll, describe, expect, it } from 'vitest'
import { filled, lengthened } from '../../test/der-variants.ts'
import { DerReader } from '../der/reader.ts'
import { SEQUENCE } from '../der/tags.ts'
import { OcspError, parseOcspResponse } from './ocsp-response.ts'

const EXTENSION = { oid: '1.3.6.1.4.1.55555.7', critical: false, value: integer(1) }
const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'))

let ca: Authority
/** With all that a response may have. */
let full: Uint8Array

beforeAll(async () => {
  ca = await createAuthority()
  full = await response({
    status: 'revoked',
    reason: 'superseded',
    responderId: 'name',
    nonce: new Uint8Array(32).fill(7),
    extensions: [EXTENSION],
    signedPart: (data) => withVersion(0, data),
  })
})

describe('parseOcspResponse', () => {
  it('refuses an element more, whatever holds it, but in what somebody else reads', async () => {
    const others = [toHex(octetString(EXTENSION.value)), toHex(ECDSA_WITH_SHA256)]
    for (const octets of [full, await response({ responderId: 'key' }), await response({ status: 'unknown' })])
      for (const { at, der } of lengthened(octets))
        if (!others.includes(at)) expect(() => parseOcspResponse(der), at).toThrow(OcspError)
  })

  it('refuses an element more beside certificates, and passes over a certificate that has one', async () => {
    const delegate = await ca.issueOcspDelegate()
    const list = sequence(delegate.certificate.der)
    const around = [toHex(list), toHex(context(0, 'constructed', list))]
    const variants = lengthened(await response({ delegate }))
    for (const { at, der } of variants.filter((variant) => around.includes(variant.at)))
      expect(() => parseOcspResponse(der), at).toThrow(OcspError)
    const [inCertificate] = variants.filter(({ at }) => at === toHex(delegate.certificate.der))
    expect(parseOcspResponse(inCertificate?.der ?? full)).toMatchObject({ basic: { certificates: [] } })
  })

  it('refuses more certificates than anybody needs to find the responder', async () => {
    const certificates = Array.from({ length: 9 }, () => ca)
    expect(parseOcspResponse(await response({ certificates: certificates.slice(1) }))).toMatchObject({
      status: 'successful',
    })
    const octets = await response({ certificates })
    expect(() => parseOcspResponse(octets)).toThrow(expect.objectContaining({ code: 'ocsp-oversized' }))
  })

  it('refuses a status good or unknown that says more', async () => {
    for (const status of ['good', 'unknown'] as const)
      for (const { at, der } of filled(await response({ status })))
        expect(() => parseOcspResponse(der), at).toThrow(
          expect.objectContaining({ code: 'ocsp-malformed', offset: expect.any(Number) }),
        )
  })

  it.each<[string, string, string]>([
    ['a reason that does not exist', 'a0030a0104', 'a0030a0107'],
    ['a reason of another type', 'a0030a0104', 'a003020104'],
    ['a response of another type', '06092b0601050507300101', '06092b0601050507300102'],
    ['a status that does not exist', '0a0100', '0a0104'],
    ['a version beside the first', 'a003020100', 'a003020101'],
  ])('refuses %s', (_, before, after) => {
    expect(() => parseOcspResponse(replaced(full, before, after))).toThrow(
      expect.objectContaining({ code: 'ocsp-malformed' }),
    )
  })
})

async function response(options: Partial<OcspResponseOptions>): Promise<Uint8Array> {
  return createOcspResponse(ca, { for: await ca.issueClient(), ...options })
}

function withVersion(version: number, data: Uint8Array): Uint8Array {
  const reader = new DerReader(data)
  return sequence(context(0, 'constructed', integer(version)), reader.contentOf(reader.read(SEQUENCE)))
}

function replaced(octets: Uint8Array, before: string, after: string): Uint8Array {
  return fromHex(toHex(octets).replace(before, after))
}
