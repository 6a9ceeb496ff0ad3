import { describe, expect, it } from 'vitest'
import { exchangeOf, plain } from '../../test/exchange.ts'
import { platformVerdict } from './platform-verdict.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('platformVerdict of gcp-alb', () => {
  const read = (changes: Readonly<Record<string, string>>) =>
    platformVerdict({ platform: 'gcp-alb', from: ['10.0.0.1'] }).read(
      exchangeOf({
        peer: plain('10.0.0.1'),
        headers: { 'x-client-cert-present': 'true', 'x-client-cert-chain-verified': 'true', ...changes },
      }),
    )

  it('tells the names that are there, and no others', () => {
    expect(read({})).toEqual({ kind: 'verdict', names: [] })
    expect(read({ 'x-client-cert-spiffe': '', 'x-client-cert-uri-sans': base64('urn:a') })).toEqual({
      kind: 'verdict',
      names: [{ kind: 'uri', value: 'urn:a' }],
    })
    const lists = {
      'x-client-cert-spiffe': 'spiffe://acme.test/a',
      'x-client-cert-dnsname-sans': `${base64('a.test')},${base64('b.test')}`,
    }
    expect(read(lists)).toEqual({
      kind: 'verdict',
      names: [
        { kind: 'uri', value: 'spiffe://acme.test/a' },
        { kind: 'dns', value: 'a.test' },
        { kind: 'dns', value: 'b.test' },
      ],
    })
  })

  it('is nothing without a certificate, and a refusal where Google verified none', () => {
    expect(read({ 'x-client-cert-present': 'false' })).toBeUndefined()
    expect(read({ 'x-client-cert-present': '' })).toMatchObject({ code: 'certificate-withheld' })
    expect(read({ 'x-client-cert-chain-verified': 'false' })).toMatchObject({ code: 'certificate-refused-upstream' })
    expect(read({ 'x-client-cert-error': 'client_cert_expired' })).toMatchObject({
      code: 'certificate-refused-upstream',
    })
    expect(read({ 'x-client-cert-hash': base64('short') })).toMatchObject({ code: 'header-undecodable' })
    expect(read({ 'x-client-cert-uri-sans': '!' })).toMatchObject({ code: 'header-undecodable' })
  })
})
