import { createHash } from 'node:crypto'
import { createAuthority } from '@countersign/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { exchangeOf, plain, tls } from '../../test/exchange.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { firstOf } from './first-of.ts'
import { createCertificateReader } from './read-certificate.ts'
import { rfc9440 } from './rfc9440.ts'
import { tlsPeer } from './tls-peer.ts'

let one: Uint8Array
let two: Uint8Array

beforeAll(async () => {
  const authority = await createAuthority({ name: 'Root' })
  one = (await authority.issueClient({ name: 'one' })).certificate.der
  two = (await authority.issueClient({ name: 'two' })).certificate.der
})

const field = (bytes: Uint8Array) => `:${Buffer.from(bytes).toString('base64')}:`

describe('firstOf', () => {
  const source = () => createCertificateReader(firstOf(rfc9440({ from: ['10.0.0.0/8'] }), tlsPeer()))

  it('takes the header from a hop and the connection from everybody else', () => {
    expect(source()(exchangeOf({ peer: plain('10.0.0.1'), headers: { 'client-cert': field(one) } }))).toMatchObject({
      leaf: one,
    })
    expect(source()(exchangeOf({ peer: tls(two) }))).toMatchObject({ leaf: two })
  })

  it('does not take a hop for its clients: behind it, the certificate of the connection is the hop’s own', () => {
    const publicKey = createHash('sha256').update(parseCertificate(two).publicKey).digest('hex')
    const read = createCertificateReader(firstOf(rfc9440({ from: [{ publicKey }] }), tlsPeer()))
    expect(read(exchangeOf({ peer: tls(two) }))).toBeUndefined()
    expect(read(exchangeOf({ peer: tls(two), headers: { 'client-cert': field(one) } }))).toMatchObject({ leaf: one })
    expect(read(exchangeOf({ peer: tls(one) }))).toMatchObject({ leaf: one })
  })

  it('refuses the header from a peer that is no hop, although another source would have a certificate', () => {
    expect(source()(exchangeOf({ peer: tls(two), headers: { 'client-cert': field(one) } }))).toMatchObject({
      code: 'source-untrusted',
    })
  })

  it('refuses two sources that disagree, and takes two that agree', () => {
    const fixed = (name: string, leaf: () => Uint8Array) => ({
      name,
      read: () => ({ kind: 'certificate', leaf: leaf(), chain: [] }) as const,
    })
    const disagreeing = createCertificateReader(
      firstOf(
        fixed('a', () => one),
        fixed('b', () => two),
      ),
    )
    expect(disagreeing(exchangeOf())).toEqual({ code: 'source-conflict', sources: ['a', 'b'] })
    const agreeing = createCertificateReader(
      firstOf(
        fixed('a', () => one),
        fixed('b', () => one.slice()),
      ),
    )
    expect(agreeing(exchangeOf())).toMatchObject({ leaf: one })
  })

  it('refuses two of which one has no certificate to compare', () => {
    const certificate = { name: 'a', read: () => ({ kind: 'certificate', leaf: one, chain: [] }) as const }
    const verdict = { name: 'b', read: () => ({ kind: 'verdict', names: [] }) as const }
    for (const sources of [
      [certificate, verdict],
      [verdict, certificate],
      [verdict, verdict],
    ])
      expect(createCertificateReader(firstOf(...sources))(exchangeOf())).toMatchObject({ code: 'source-conflict' })
  })

  it('throws without a source', () => {
    expect(() => firstOf()).toThrow(TypeError)
  })
})

describe('createCertificateReader', () => {
  it('refuses the standard fields whatever is configured, because nobody may send them to a TLS listener', () => {
    const reader = createCertificateReader(tlsPeer())
    for (const header of ['client-cert', 'client-cert-chain', 'x-forwarded-client-cert']) {
      expect(reader(exchangeOf({ peer: tls(one), headers: { [header]: '' } }))).toMatchObject({
        code: 'source-untrusted',
        header,
      })
    }
  })

  it('turns what a source throws into a reason that quotes nothing', () => {
    const source = {
      name: 'broken',
      read: () => {
        throw new RangeError('secret detail')
      },
    }
    expect(createCertificateReader(source)(exchangeOf())).toEqual({
      code: 'source-failed',
      source: 'broken',
      cause: 'RangeError',
    })
  })

  it('refuses a certificate that is larger than any certificate has reason to be', () => {
    const source = {
      name: 'fixed',
      read: () => ({ kind: 'certificate', leaf: new Uint8Array(16_385), chain: [] }) as const,
    }
    expect(createCertificateReader(source)(exchangeOf())).toMatchObject({ code: 'certificates-oversized' })
  })
})
