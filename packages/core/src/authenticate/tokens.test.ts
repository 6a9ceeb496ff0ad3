import { createAuthority, type IssuedCertificate } from '@countersign/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { exchangeOf, plain, tls } from '../../test/exchange.ts'
import type { CountersignEvent } from '../events/events.ts'
import { memoryRegistry } from '../registry/memory-registry.ts'
import type { RegistryAdmin } from '../registry/registry.ts'
import { tokenVerifier } from '../token/create-token-verifier.ts'
import { type SigningKey, signingKey } from '../token/signing-key.ts'
import { tokenIssuer } from '../token/token-issuer.ts'
import { createAuthenticator } from './create-authenticator.ts'

const issuer = 'https://issuer.test'
const audience = 'https://orders.test'

let anchors: string
let acme: IssuedCertificate
let globex: IssuedCertificate
let registry: RegistryAdmin
let key: { readonly text: string; readonly id: string }
let signing: SigningKey

beforeAll(async () => {
  const authority = await createAuthority({ name: 'Partners' })
  anchors = authority.certificate.pem
  acme = await authority.issueClient({ name: 'acme' })
  globex = await authority.issueClient({ name: 'globex' })
  registry = memoryRegistry()
  for (const [id, { publicKeyHash }] of [
    ['acme', acme],
    ['globex', globex],
  ] as const) {
    await registry.createPartner({
      id,
      rules: [{ kind: 'public-key', value: publicKeyHash }],
      scopes: ['orders:read', 'orders:write'],
    })
  }
  const issued = await registry.issueKey({ partnerId: 'acme', scopes: ['orders:read', 'orders:write'] })
  key = { text: issued.key, id: issued.record.id }
  const { privateKeyPem } = await authority.issueClient({ name: 'signer', algorithm: 'P-256' })
  signing = await signingKey(privateKeyPem, { algorithm: 'ES256' })
})

const certificate = () => ({ anchors, revocation: 'unchecked' }) as const
const verifier = () => tokenVerifier({ issuer, audience, keys: { keys: [signing.publicKey] } })
const bearer = (text: string) => ({ authorization: `Bearer ${text}` })

function makeIssuer(clock: () => Date = () => new Date()) {
  const authenticator = createAuthenticator({ certificate: certificate(), key: { registry } })
  return tokenIssuer({ issuer, authenticator, audiences: [audience], signingKeys: [signing], clock })
}

async function askForToken(body = 'grant_type=client_credentials', of = acme, credential = key.text) {
  const exchange = exchangeOf({
    method: 'POST',
    target: '/token',
    peer: tls(of.certificate.der),
    headers: { ...bearer(credential), 'content-type': 'application/x-www-form-urlencoded' },
  })
  const response = await makeIssuer().respond(exchange, octetsOf(body))
  return { ...response, json: JSON.parse(response.body) as Record<string, string> }
}

/** As they come from a connection: in pieces. */
async function* octetsOf(text: string): AsyncGenerator<Uint8Array> {
  for (const octet of new TextEncoder().encode(text)) yield Uint8Array.of(octet)
}

const tokenFor = async (body?: string) => (await askForToken(body)).json.access_token as string

describe('tokenIssuer', () => {
  it('gives a short-lived token for certificate and key', async () => {
    const { status, headers, json } = await askForToken()
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      pragma: 'no-cache',
      'content-type': 'application/json',
    })
    expect(json).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'orders:read orders:write',
    })
  })

  it('narrows scopes, and never widens them', async () => {
    expect((await askForToken('grant_type=client_credentials&scope=orders:read')).json.scope).toBe('orders:read')
    expect(await askForToken('grant_type=client_credentials&scope=orders:read+admin')).toMatchObject({
      status: 400,
      json: { error: 'invalid_scope' },
    })
  })

  it('does not outlive the certificate or the key', async () => {
    const authority = await createAuthority({ name: 'Short' })
    const short = await authority.issueClient({ name: 'short', notAfter: new Date(Date.now() + 90_000) })
    const own = memoryRegistry()
    await own.createPartner({ id: 'short', rules: [{ kind: 'public-key', value: short.publicKeyHash }] })
    const issued = await own.issueKey({ partnerId: 'short', notAfter: new Date(Date.now() + 60_000) })
    const authenticator = createAuthenticator({
      certificate: { anchors: authority.certificate.pem, revocation: 'unchecked' },
      key: { registry: own },
    })
    const response = await tokenIssuer({
      issuer,
      authenticator,
      audiences: [audience],
      signingKeys: [signing],
    }).respond(
      exchangeOf({
        method: 'POST',
        target: '/token',
        peer: tls(short.certificate.der),
        headers: { ...bearer(issued.key), 'content-type': 'application/x-www-form-urlencoded' },
      }),
      octetsOf('grant_type=client_credentials'),
    )
    const { expires_in: seconds } = JSON.parse(response.body)
    expect(seconds).toBeGreaterThan(50)
    expect(seconds).toBeLessThanOrEqual(60)
  })

  it.each<[string, string, string, number]>([
    ['no grant', '', 'invalid_request', 400],
    ['another grant', 'grant_type=password', 'unsupported_grant_type', 400],
    ['a parameter twice', 'grant_type=client_credentials&scope=a&scope=b', 'invalid_request', 400],
    ['a secret in the body', 'grant_type=client_credentials&client_secret=x', 'invalid_request', 400],
    ['another client', 'grant_type=client_credentials&client_id=globex', 'invalid_client', 401],
    ['an unknown service', 'grant_type=client_credentials&resource=https://evil.test', 'invalid_target', 400],
  ])('refuses %s', async (_, body, error, status) => {
    expect(await askForToken(body)).toMatchObject({ status, json: { error } })
  })

  it('refuses a key with another certificate, with a challenge and a correlation id', async () => {
    const { status, headers, json } = await askForToken(undefined, globex)
    expect(status).toBe(401)
    expect(json).toMatchObject({ error: 'invalid_client', correlation_id: headers['x-correlation-id'] })
    expect(headers['www-authenticate']).toContain('invalid_token')
  })

  it('publishes its metadata and its public keys', async () => {
    const get = async (target: string) => JSON.parse((await makeIssuer().respond(exchangeOf({ target }), null)).body)
    expect(await get('/.well-known/oauth-authorization-server')).toMatchObject({
      issuer,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      tls_client_certificate_bound_access_tokens: true,
    })
    const { keys } = await get('/.well-known/jwks.json')
    expect(keys).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String),
        y: expect.any(String),
        kid: signing.keyId,
        alg: 'ES256',
        use: 'sig',
      },
    ])
  })

  it('rotates its keys with overlap', async () => {
    const now = new Date()
    const authority = await createAuthority({ name: 'x' })
    const next = await signingKey((await authority.issueClient({ name: 'next' })).privateKeyPem, {
      algorithm: 'ES256',
      from: new Date(now.getTime() + 600_000),
    })
    const old = { ...signing, until: new Date(now.getTime() + 600_000) }
    const authenticator = createAuthenticator({ certificate: certificate(), key: { registry } })
    const keysAt = async (milliseconds: number) => {
      const clock = () => new Date(now.getTime() + milliseconds)
      const { body } = await tokenIssuer({
        issuer,
        authenticator,
        audiences: [audience],
        signingKeys: [old, next],
        clock,
      }).respond(exchangeOf({ target: '/.well-known/jwks.json' }), null)
      return (JSON.parse(body).keys as { kid: string }[]).map(({ kid }) => kid)
    }
    expect(await keysAt(0)).toEqual([old.keyId, next.keyId])
    expect(await keysAt(1_100_000)).toEqual([old.keyId, next.keyId])
    expect(await keysAt(1_200_001)).toEqual([next.keyId])
  })
})

describe('the body of a request for a token', () => {
  it('is at most 16 KiB long, whatever its length is said to be', async () => {
    const { status, json } = await askForToken(`grant_type=client_credentials&x=${'x'.repeat(16_384)}`)
    expect([status, json]).toEqual([413, { error: 'invalid_request' }])
    const headers = { 'content-length': '16385' }
    const announced = exchangeOf({ method: 'POST', target: '/token', peer: tls(acme.certificate.der), headers })
    expect(await makeIssuer().respond(announced, octetsOf('x'))).toMatchObject({ status: 413 })
  })

  it('is no fault of the caller if it cannot be read', async () => {
    const torn: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('reset')) }),
    }
    const exchange = exchangeOf({ method: 'POST', target: '/token', peer: tls(acme.certificate.der) })
    expect(await makeIssuer().respond(exchange, torn)).toMatchObject({ status: 500, body: '{"error":"server_error"}' })
  })
})

describe('an authenticator that takes tokens', () => {
  it('needs no registry, and gives a principal by what the token says', async () => {
    const authenticator = createAuthenticator({
      require: 'certificate+token',
      certificate: certificate(),
      token: verifier(),
    })
    const token = await tokenFor('grant_type=client_credentials&scope=orders:read')
    const decision = await authenticator.authenticate(
      exchangeOf({ peer: tls(acme.certificate.der), headers: bearer(token) }),
    )
    if (!decision.ok) throw new Error(decision.reason.code)
    expect(decision.principal).toMatchObject({
      partner: { id: 'acme' },
      key: undefined,
      token: { issuer, subject: 'acme' },
    })
    expect([...decision.principal.scopes]).toEqual(['orders:read'])
  })

  it('answers without a promise the second time', async () => {
    const authenticator = createAuthenticator({
      require: 'certificate+token',
      certificate: certificate(),
      token: verifier(),
    })
    const exchange = exchangeOf({ peer: tls(acme.certificate.der), headers: bearer(await tokenFor()) })
    expect(authenticator.authenticate(exchange)).toBeInstanceOf(Promise)
    await authenticator.authenticate(exchange)
    expect(authenticator.authenticate(exchange)).toMatchObject({ ok: true })
  })

  describe.each(['authorization', 'x-api-key'])('beside keys from %s', (header) => {
    const events: CountersignEvent[] = []
    const ask = async (headers: Record<string, string>, of: IssuedCertificate | 'nobody' = acme, more: object = {}) => {
      const authenticator = createAuthenticator({
        require: 'certificate+key-or-token',
        certificate: certificate(),
        key: { registry, header },
        token: verifier(),
        on: { refused: (event) => void events.push(event) },
      })
      const decision = await authenticator.authenticate(
        exchangeOf({ peer: of === 'nobody' ? tls() : tls(of.certificate.der), headers, ...more }),
      )
      return decision.ok ? 'accepted' : `${decision.problem.code}: ${decision.reason.code}`
    }
    const withKey = () => (header === 'authorization' ? bearer(key.text) : { [header]: key.text })

    it('takes either', async () => {
      expect(await ask(withKey())).toBe('accepted')
      expect(await ask(bearer(await tokenFor()))).toBe('accepted')
    })

    it('refuses a token without its certificate, or with another one', async () => {
      expect(await ask(bearer(await tokenFor()), 'nobody')).toBe('credentials-missing: certificate-missing')
      expect(await ask(bearer(await tokenFor()), globex)).toBe('credentials-invalid: token-mismatch')
    })

    it('says what is missing', async () => {
      expect(await ask({})).toBe('credentials-missing: credentials-missing')
    })

    it('refuses a token of this issuer in the URL, and writes no part of it down', async () => {
      const token = await tokenFor()
      for (const target of [`/?access_token=${token}`, `/a/${token}/b`, `/?x=1&y=https://a.b/${token}`]) {
        expect(await ask(withKey(), acme, { target })).toBe('credentials-in-url: token-in-url')
      }
      expect(JSON.stringify(events)).not.toContain(token.split('.')[2])
      expect(JSON.stringify(events)).not.toContain(token.split('.')[1])
    })

    it('leaves other signed links alone', async () => {
      const payload = Buffer.from('{"iss":"https://other.test"}').toString('base64url')
      expect(await ask(withKey(), acme, { target: `/reset/eyJhbGciOiJIUzI1NiJ9.${payload}.c2lnbmF0dXJl` })).toBe(
        'accepted',
      )
    })

    it('answers plaintext before it looks at a token', async () => {
      expect(await ask(bearer(await tokenFor()), 'nobody', { peer: plain() })).toBe(
        'insecure-transport: transport-insecure',
      )
    })
  })

  it('refuses a key and a token side by side, because nobody can say which is meant', async () => {
    const authenticator = createAuthenticator({
      require: 'certificate+key-or-token',
      certificate: certificate(),
      key: { registry, header: 'x-api-key' },
      token: verifier(),
    })
    const headers = { 'x-api-key': key.text, ...bearer(await tokenFor()) }
    expect(await authenticator.authenticate(exchangeOf({ peer: tls(acme.certificate.der), headers }))).toMatchObject({
      reason: { code: 'bearer-ambiguous' },
    })
    const misplaced = { 'x-api-key': await tokenFor() }
    expect(
      await authenticator.authenticate(exchangeOf({ peer: tls(acme.certificate.der), headers: misplaced })),
    ).toMatchObject({ reason: { code: 'token-misplaced' } })
  })

  it('ends tokens with the key that they were issued for, where the registry is shared', async () => {
    const own = memoryRegistry()
    await own.createPartner({
      id: 'acme',
      rules: [{ kind: 'public-key', value: acme.publicKeyHash }],
      scopes: ['a', 'b'],
    })
    const issued = await own.issueKey({ partnerId: 'acme', scopes: ['a', 'b'] })
    const issuing = tokenIssuer({
      issuer,
      authenticator: createAuthenticator({ certificate: certificate(), key: { registry: own } }),
      audiences: [audience],
      signingKeys: [signing],
    })
    const response = await issuing.respond(
      exchangeOf({
        method: 'POST',
        target: '/token',
        peer: tls(acme.certificate.der),
        headers: { ...bearer(issued.key), 'content-type': 'application/x-www-form-urlencoded' },
      }),
      octetsOf('grant_type=client_credentials'),
    )
    const headers = bearer(JSON.parse(response.body).access_token)
    const exchange = exchangeOf({ peer: tls(acme.certificate.der), headers })
    const sharing = createAuthenticator({
      require: 'certificate+token',
      certificate: certificate(),
      token: verifier(),
      key: { registry: own },
    })
    const alone = createAuthenticator({ require: 'certificate+token', certificate: certificate(), token: verifier() })

    expect(await sharing.authenticate(exchange)).toMatchObject({
      ok: true,
      principal: { key: { id: issued.record.id } },
    })
    await own.updatePartner('acme', { scopes: ['a'] })
    const narrowed = await sharing.authenticate(exchange)
    expect(narrowed.ok && [...narrowed.principal.scopes]).toEqual(['a'])
    await own.revokeKey(issued.record.id)
    expect(await sharing.authenticate(exchange)).toMatchObject({ reason: { code: 'key-revoked' } })
    expect(await alone.authenticate(exchange)).toMatchObject({ ok: true })
  })

  it.each<[string, object, RegExp]>([
    ['no verifier', { require: 'certificate+token' }, /^token: /],
    ['no registry beside a verifier', { require: 'certificate+key-or-token', token: {} }, /^key: /],
    [
      'a verifier that looks for no tokens in URLs',
      { require: 'certificate+token', token: { verify() {} } },
      /^token: a verifier/,
    ],
    ['a verifier that nobody asks', { token: { verify() {} }, key: {} }, /^token: only with require/],
  ])('throws for %s', (_, options, message) => {
    expect(() => createAuthenticator({ certificate: certificate(), ...options } as never)).toThrow(message)
  })
})
