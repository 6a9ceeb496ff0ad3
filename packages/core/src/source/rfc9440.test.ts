import { createAuthority } from '@countersign/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { exchangeOf, plain, tls } from '../../test/exchange.ts'
import { createCertificateReader } from './read-certificate.ts'
import { rfc9440 } from './rfc9440.ts'

const hop = plain('10.1.2.3')
const from = ['10.0.0.0/8']
let leaf: Uint8Array
let issuing: Uint8Array
let root: Uint8Array

beforeAll(async () => {
  const authority = await createAuthority({ name: 'Root' })
  const intermediate = await authority.issueAuthority({ name: 'Issuing' })
  leaf = (await intermediate.issueClient({ name: 'Acme' })).certificate.der
  issuing = intermediate.certificate.der
  root = authority.certificate.der
})

const field = (bytes: Uint8Array) => `:${Buffer.from(bytes).toString('base64')}:`
const read = (headers: Record<string, string | string[]>, peer = hop) =>
  createCertificateReader(rfc9440({ from }))(exchangeOf({ headers, peer }))

describe('rfc9440', () => {
  it('reads the leaf, and the chain from one line or several', () => {
    expect(read({ 'client-cert': field(leaf) })).toEqual({ kind: 'certificate', leaf, chain: [] })
    const expected = { kind: 'certificate', leaf, chain: [issuing, root] }
    expect(read({ 'client-cert': field(leaf), 'client-cert-chain': `${field(issuing)}, ${field(root)}` })).toEqual(
      expected,
    )
    expect(read({ 'client-cert': field(leaf), 'client-cert-chain': [field(issuing), field(root)] })).toEqual(expected)
  })

  it('gives the same object for the same value, so that its digest is taken once', () => {
    const reader = createCertificateReader(rfc9440({ from }))
    const exchange = exchangeOf({ headers: { 'client-cert': field(leaf) }, peer: hop })
    expect(reader(exchange)).toBe(reader(exchange))
  })

  it('finds nothing where the field is absent', () => {
    expect(read({})).toBeUndefined()
    expect(read({ 'client-cert-chain': '' })).toBeUndefined()
  })

  it('takes an empty field for a certificate that was not handed on, never for none: edges empty it when it is too large', () => {
    expect(read({ 'client-cert': '' })).toMatchObject({ code: 'certificate-withheld', header: 'client-cert' })
  })

  it.each<[string, () => Record<string, string | string[]>, string]>([
    ['two lines', () => ({ 'client-cert': [field(leaf), field(leaf)] }), 'header-duplicated'],
    ['a list', () => ({ 'client-cert': `${field(leaf)}, ${field(leaf)}` }), 'header-duplicated'],
    ['PEM inside', () => ({ 'client-cert': field(Buffer.from('-----BEGIN CERTIFICATE-----')) }), 'header-undecodable'],
    ['a cut certificate', () => ({ 'client-cert': field(leaf.slice(0, -1)) }), 'header-undecodable'],
    ['two certificates in one', () => ({ 'client-cert': field(Buffer.concat([leaf, leaf])) }), 'header-undecodable'],
    ['no colons', () => ({ 'client-cert': Buffer.from(leaf).toString('base64') }), 'header-undecodable'],
    ['a chain without a leaf', () => ({ 'client-cert-chain': field(issuing) }), 'header-undecodable'],
    ['a broken chain', () => ({ 'client-cert': field(leaf), 'client-cert-chain': 'nonsense' }), 'header-undecodable'],
    ['an underscore alias', () => ({ 'client-cert': field(leaf), client_cert: field(leaf) }), 'header-alias'],
    [
      'an underscore alias of the chain',
      () => ({ 'client-cert': field(leaf), client_cert_chain: field(root) }),
      'header-alias',
    ],
    [
      'a nomination of the chain',
      () => ({ 'client-cert': field(leaf), 'client-cert-chain': field(root), connection: 'close, Client-Cert-Chain' }),
      'header-nominated',
    ],
    ['a nomination', () => ({ 'client-cert': field(leaf), connection: 'client-cert' }), 'header-nominated'],
    [
      'nine certificates',
      () => ({ 'client-cert': field(leaf), 'client-cert-chain': Array(8).fill(field(root)) }),
      'certificates-oversized',
    ],
    [
      'ten certificates',
      () => ({ 'client-cert': field(leaf), 'client-cert-chain': Array(9).fill(field(root)) }),
      'certificates-oversized',
    ],
  ])('refuses %s', (_, headers, code) => {
    expect(read(headers())).toMatchObject({ code })
  })

  it('refuses the field from any other peer, and its alias too', () => {
    for (const peer of [plain('11.0.0.1'), tls(), { kind: 'unix' } as const, { kind: 'unknown' } as const]) {
      expect(read({ 'client-cert': field(leaf) }, peer)).toMatchObject({
        code: 'source-untrusted',
        header: 'client-cert',
      })
      expect(read({ client_cert: '' }, peer)).toMatchObject({ code: 'source-untrusted' })
    }
  })

  it('refuses X-Forwarded-Client-Cert, which it does not read, from its own hop too', () => {
    expect(read({ 'x-forwarded-client-cert': 'Hash=00' })).toMatchObject({ code: 'source-untrusted' })
  })

  it('reads from an IPv4-mapped address of the range', () => {
    expect(read({ 'client-cert': field(leaf) }, plain('::ffff:10.1.2.3'))).toMatchObject({ kind: 'certificate' })
  })

  it('may ask for a secret in addition, and never instead', () => {
    const value = 'a secret of more than thirty-two characters'
    const source = rfc9440({ from, secret: { header: 'x-hop-secret', value } })
    const say = (secret: string | undefined, peer = hop) =>
      createCertificateReader(source)(
        exchangeOf({
          peer,
          headers: { 'client-cert': field(leaf), ...(secret === undefined ? {} : { 'x-hop-secret': secret }) },
        }),
      )
    expect(say(value)).toMatchObject({ kind: 'certificate' })
    expect(say(undefined)).toMatchObject({ code: 'source-untrusted' })
    expect(say(`${value}!`)).toMatchObject({ code: 'source-untrusted' })
    expect(say(value, plain('11.0.0.1'))).toMatchObject({ code: 'source-untrusted' })
  })

  it('knows a hop by the key of its own TLS certificate', async () => {
    const proxy = await (await createAuthority({ name: 'Hops' })).issueClient({ name: 'proxy' })
    const source = rfc9440({ from: [{ publicKey: proxy.publicKeyHash }] })
    const headers = { 'client-cert': field(leaf) }
    expect(createCertificateReader(source)(exchangeOf({ headers, peer: tls(proxy.certificate.der) }))).toMatchObject({
      kind: 'certificate',
    })
    expect(createCertificateReader(source)(exchangeOf({ headers, peer: tls(leaf) }))).toMatchObject({
      code: 'source-untrusted',
    })
    expect(createCertificateReader(source)(exchangeOf({ headers, peer: tls() }))).toMatchObject({
      code: 'source-untrusted',
    })
  })

  it.each([
    [undefined, /from/],
    [[], /at least one hop/],
    [['0.0.0.0/0'], /every address/],
    [['::/0'], /every address/],
    [['10.0.0.0/40'], /CIDR/],
    [['proxy.internal'], /CIDR/],
    [[{ publicKey: 'abc' }], /SHA-256/],
    [[42], /SHA-256/],
  ])('throws a TypeError for from: %j', (hops, message) => {
    expect(() => rfc9440({ from: hops as never })).toThrow(TypeError)
    expect(() => rfc9440({ from: hops as never })).toThrow(message)
  })

  it('throws for a secret that could be guessed, without quoting it', () => {
    expect(() => rfc9440({ from, secret: { header: 'x-hop', value: 'hunter2' } })).toThrow(/at least 32 characters/)
    expect(() => rfc9440({ from, secret: { header: 'x-hop', value: 'hunter2' } })).not.toThrow(/hunter2/)
  })
})
