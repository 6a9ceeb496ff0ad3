import { createHash } from 'node:crypto'
import { createAuthority, forwardAs, type IssuedCertificate } from '@countersign/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { primitives } from '#primitives'
import { exchangeOf, plain, tls } from '../../test/exchange.ts'
import { createAuthenticator } from '../authenticate/create-authenticator.ts'
import type { Peer } from '../exchange/exchange.ts'
import { memoryRegistry } from '../registry/memory-registry.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { type ForwardedOptions, forwarded } from './forwarded.ts'
import type { ForwardedPreset } from './presets.ts'
import { createCertificateReader } from './read-certificate.ts'

const from = ['10.0.0.0/8']
const hop = plain('10.0.0.1')

describe('forwarded', () => {
  it.each([
    ['aws-nlb', /network load balancer.*tlsPeer/],
    ['fly', /raw TCP service.*tlsPeer/],
    ['heroku', /proxy of your own/],
    ['traefik-info', /text about a certificate.*'traefik'/],
    ['kong-mtls-auth', /'kong-metadata'/],
    ['kong-header-cert-auth', /writes none/],
    ['cloudflare-managed-transform', /platformVerdict/],
    ['cloudflare-workers', /cloudflareWorkers\(\)/],
    ['aws-api-gateway-rest', /apiGateway\(\)/],
    ['aws-api-gateway-http', /apiGateway\(\)/],
    ['zuplo', /zuplo\(\)/],
    ['node-tls', /tlsPeer\(\)/],
  ])('throws for %s, which has no field that carries a certificate, and says what to do', (name, says) => {
    expect(() => forwarded(name as ForwardedPreset, { from })).toThrow(TypeError)
    expect(() => forwarded(name as ForwardedPreset, { from })).toThrow(says)
  })

  it.each<[string, ForwardedPreset, unknown, RegExp]>([
    ['a name that is not known', 'ngnix' as ForwardedPreset, { from }, /nothing is known of "ngnix".*nginx/],
    ['a name of Object.prototype', 'toString' as ForwardedPreset, { from }, /nothing is known/],
    ['no options', 'nginx', undefined, /nginx/],
    ['no hop', 'nginx', { from: [] }, /nginx: from/],
    ['every address', 'nginx', { from: ['0.0.0.0/0'] }, /every address/],
    [
      'a field that the row has not',
      'nginx',
      { from, headers: { chain: 'x-chain' } },
      /headers\.chain: it has no such field/,
    ],
    ['a name that is no field name', 'nginx', { from, headers: { certificate: 'x_cert' } }, /headers\.certificate/],
    ['two fields of one name', 'haproxy', { from, headers: { chain: 'x-ssl-client-der' } }, /two fields of one name/],
    ['a verdict where none is sent', 'azure-app-service', { from, verdict: 'require' }, /sends none/],
    ['a word for the verdict that is none', 'nginx', { from, verdict: true }, /'ignore' or 'require'/],
    ['elements where there are none', 'nginx', { from, elements: 2 }, /elements/],
    ['no elements', 'envoy', { from, elements: 0 }, /1 to 8/],
    ['a field whose name only the operator knows', 'azure-api-management', { from }, /name the field/],
  ])('throws for %s', (_, preset, options, says) => {
    expect(() => forwarded(preset, options as ForwardedOptions)).toThrow(TypeError)
    expect(() => forwarded(preset, options as ForwardedOptions)).toThrow(says)
  })

  it('names the fields that only a hop may send, the secret among them', () => {
    const secret = { header: 'X-Hop', value: 'a secret of more than thirty-two characters' }
    expect(forwarded('nginx', { from, secret }).headers).toEqual(['x-ssl-client-cert', 'x-hop'])
    expect(forwarded('nginx', { from, verdict: 'require' }).headers).toEqual([
      'x-ssl-client-cert',
      'x-ssl-client-verify',
    ])
  })
})

describe('a hop with a certificate of its own', () => {
  let client: IssuedCertificate
  let proxy: IssuedCertificate
  beforeAll(async () => {
    const authority = await createAuthority()
    client = await authority.issueClient()
    proxy = await authority.issueClient({ name: 'proxy' })
  })

  const read = (options: ForwardedOptions, peer: Peer, extra: Record<string, string> = {}) =>
    createCertificateReader(forwarded('rfc9440', options))(
      exchangeOf({ headers: { 'client-cert': forwardAs('rfc9440', client)['Client-Cert'] as string, ...extra }, peer }),
    )
  const fromHop = (): Peer => ({ ...tls(proxy.certificate.der), address: '10.0.0.1' }) as Peer

  it('is a conflict while only its address is known: a client may stand there', () => {
    expect(read({ from }, fromHop())).toEqual({ code: 'source-conflict', sources: ['tls', 'rfc9440'] })
  })

  it('is a hop that proved itself, once its key is named', () => {
    const publicKey = createHash('sha256').update(parseCertificate(proxy.certificate.der).publicKey).digest('hex')
    expect(read({ from: [{ publicKey }] }, fromHop())).toMatchObject({ leaf: client.certificate.der })
    expect(read({ from: [...from, { publicKey }] }, fromHop())).toMatchObject({ leaf: client.certificate.der })
    expect(read({ from: [{ publicKey: '0'.repeat(64) }] }, fromHop())).toMatchObject({ code: 'source-untrusted' })
  })

  it('is a hop that proved itself, where a secret is asked for and was sent', () => {
    const secret = { header: 'x-hop', value: 'a secret of more than thirty-two characters' }
    expect(read({ from, secret }, fromHop(), { 'x-hop': secret.value })).toMatchObject({ leaf: client.certificate.der })
    expect(read({ from, secret }, fromHop())).toMatchObject({ code: 'source-untrusted' })
  })
})

describe('a certificate that was forwarded before', () => {
  it('is the same object, unless it is too long to be kept', async () => {
    const authority = await createAuthority()
    const short = await authority.issueClient()
    const dns = Array.from({ length: 400 }, (_, index) => `host-${index}.some-long-domain.example`)
    const long = await authority.issueClient({ dns })
    const source = forwarded('rfc9440', { from })
    const read = ({ certificate }: IssuedCertificate) => {
      const field = `:${Buffer.from(certificate.der).toString('base64')}:`
      return source.read(exchangeOf({ headers: { 'client-cert': field }, peer: hop }))
    }
    expect(read(short)).toBe(read(short))
    expect(read(long)).toMatchObject({ kind: 'certificate', leaf: long.certificate.der })
    expect(read(long)).not.toBe(read(long))
  })

  it('is decoded, parsed and verified once, however often it comes', async () => {
    const authority = await createAuthority()
    const issuing = await authority.issueAuthority()
    const client = await issuing.issueClient({ spiffe: 'spiffe://acme.example/orders' })
    const registry = memoryRegistry()
    await registry.createPartner({ id: 'acme', rules: [{ kind: 'san-uri', value: 'spiffe://acme.example/orders' }] })
    const { key } = await registry.issueKey({ partnerId: 'acme' })
    let signatures = 0
    let digests = 0
    const { authenticate } = createAuthenticator({
      certificate: {
        anchors: authority.certificate.pem,
        revocation: 'unchecked',
        source: forwarded('envoy', { from }),
      },
      key: { registry },
      primitives: {
        ...primitives,
        verifySignature: (check) => {
          signatures++
          return primitives.verifySignature(check)
        },
        digest: (algorithm, data) => {
          digests++
          return primitives.digest(algorithm, data)
        },
      },
    })
    const ask = (fields: Readonly<Record<string, string>>) => {
      const headers = Object.fromEntries(
        Object.entries(fields).map(([name, value]) => [name.toLowerCase(), Buffer.from(value).toString('latin1')]),
      )
      return authenticate(exchangeOf({ headers: { ...headers, authorization: `Bearer ${key}` }, peer: hop }))
    }
    const fields = forwardAs('envoy-xfcc', client)

    expect(await ask(fields)).toMatchObject({ ok: true })
    const after = { signatures, digests }
    expect(after.signatures).toBeGreaterThan(0)
    for (let count = 0; count < 100; count++) expect(ask(fields)).toMatchObject({ ok: true })
    expect(signatures).toBe(after.signatures)
    // One for the key that each request brings.
    expect(digests - after.digests).toBeLessThanOrEqual(100)
  })
})
