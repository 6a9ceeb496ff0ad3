import { createAuthority, type IssuedCertificate } from '@countersign/testing'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { type TokenVerifierOptions, tokenVerifier } from './create-token-verifier.ts'
import type { TokenVerdict } from './token-verifier.ts'

const issuer = 'https://issuer.test'
const audience = 'https://orders.test'
const at = new Date('2026-06-01T12:00:00Z')
const seconds = at.getTime() / 1000

let certificate: IssuedCertificate
let renewed: IssuedCertificate
let other: IssuedCertificate
let es256: { privateKey: CryptoKey; publicKey: CryptoKey }
let rs256: { privateKey: CryptoKey; publicKey: CryptoKey }
let keys: { keys: object[] }

const thumbprint = (of: IssuedCertificate) => Buffer.from(of.fingerprint, 'hex').toString('base64url')

beforeAll(async () => {
  const authority = await createAuthority({ name: 'Partners' })
  certificate = await authority.issueClient({ name: 'acme' })
  renewed = await authority.issueClient({ name: 'acme', keys: certificate.keys })
  other = await authority.issueClient({ name: 'globex' })
  es256 = await generateKeyPair('ES256', { extractable: true })
  rs256 = await generateKeyPair('RS256', { extractable: true })
  keys = {
    keys: [
      { ...(await exportJWK(es256.publicKey)), kid: 'ec' },
      { ...(await exportJWK(rs256.publicKey)), kid: 'rsa', alg: 'RS256' },
    ],
  }
})

interface Claims {
  readonly claims?: Record<string, unknown>
  readonly header?: Record<string, unknown>
  readonly key?: CryptoKey | Uint8Array
}

function sign({ claims = {}, header = {}, key = es256.privateKey }: Claims = {}): Promise<string> {
  return new SignJWT({
    iss: issuer,
    aud: audience,
    sub: 'acme',
    client_id: 'acme',
    iat: seconds - 10,
    exp: seconds + 300,
    jti: 'token-1',
    scope: 'orders:read orders:write',
    cnf: { 'x5t#S256': thumbprint(certificate) },
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', kid: 'ec', typ: 'at+jwt', ...header })
    .sign(key)
}

function verify(
  token: string,
  options: Partial<TokenVerifierOptions> = {},
  of = certificate,
  when = at,
): PromiseLike<TokenVerdict> | TokenVerdict {
  return tokenVerifier({ issuer, audience, keys, ...options }).verify(token, of.fingerprint, when)
}

async function codeOf(
  token: string,
  options: Partial<TokenVerifierOptions> = {},
  of = certificate,
  when = at,
): Promise<string> {
  const verdict = await verify(token, options, of, when)
  return verdict.ok ? 'accepted' : verdict.reason.code
}

describe('tokenVerifier', () => {
  it('accepts a token that is bound to the verified certificate, and reads what it says', async () => {
    expect(await verify(await sign())).toMatchObject({
      ok: true,
      token: {
        id: 'token-1',
        issuer,
        subject: 'acme',
        clientId: 'acme',
        scopes: ['orders:read', 'orders:write'],
        expiresAt: new Date((seconds + 300) * 1000),
      },
    })
  })

  it('reads scp where there is no scope, and sub where there is no client_id', async () => {
    const token = await sign({ claims: { scope: undefined, scp: ['a', 'b'], client_id: undefined } })
    expect(await verify(token)).toMatchObject({ ok: true, token: { scopes: ['a', 'b'], clientId: 'acme' } })
  })

  it('does not verify the same token twice for the same certificate, and answers at once', async () => {
    const verifier = tokenVerifier({ issuer, audience, keys })
    const token = await sign()
    expect(verifier.verify(token, certificate.fingerprint, at)).toBeInstanceOf(Promise)
    await verifier.verify(token, certificate.fingerprint, at)
    expect(verifier.verify(token, certificate.fingerprint, at)).toMatchObject({ ok: true })
    expect(await verifier.verify(token, other.fingerprint, at)).toMatchObject({ reason: { code: 'token-mismatch' } })
    const later = new Date(at.getTime() + 306_000)
    expect(verifier.verify(token, certificate.fingerprint, later)).toMatchObject({ reason: { code: 'token-expired' } })
  })

  describe('binding (RFC 8705 §3)', () => {
    it('refuses the certificate of another partner, and a renewed one', async () => {
      expect(await codeOf(await sign(), {}, other)).toBe('token-mismatch')
      expect(await codeOf(await sign(), {}, renewed)).toBe('token-mismatch')
    })

    it.each<[string, unknown, string]>([
      ['no cnf', undefined, 'token-unbound'],
      ['an empty cnf', {}, 'token-unbound'],
      ['another confirmation alone', { jkt: 'abc' }, 'token-unbound'],
      ['a cnf that is a list', [], 'token-claim-invalid'],
      ['a cnf that is null', null, 'token-claim-invalid'],
      ['a thumbprint that is a list', { 'x5t#S256': ['a'] }, 'token-claim-invalid'],
      ['an empty thumbprint', { 'x5t#S256': '' }, 'token-mismatch'],
      ['a SHA-1 thumbprint alone', { x5t: 'abc' }, 'token-unbound'],
    ])('refuses %s', async (_, cnf, code) => {
      expect(await codeOf(await sign({ claims: { cnf } }))).toBe(code)
    })

    it('ignores members of cnf that it does not know (RFC 7800 §3.1)', async () => {
      expect(await codeOf(await sign({ claims: { cnf: { 'x5t#S256': thumbprint(certificate), other: 1 } } }))).toBe(
        'accepted',
      )
    })

    it('refuses a doubled cnf, of which two readers could take different ones', async () => {
      const [header, , signature] = (await sign()).split('.')
      const cnf = (value: string) => `"cnf":{"x5t#S256":"${value}"}`
      const text = `{"iss":"${issuer}",${cnf(thumbprint(other))},${cnf(thumbprint(certificate))}}`
      const payload = Buffer.from(text).toString('base64url')
      expect(await verify(`${header}.${payload}.${signature}`)).toMatchObject({
        reason: { code: 'token-malformed', cause: 'member-duplicated' },
      })
    })
  })

  describe('algorithm', () => {
    it('refuses none', async () => {
      const [, payload] = (await sign()).split('.')
      const header = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
      expect(await codeOf(`${header}.${payload}.`)).toBe('token-algorithm-refused')
    })

    it('refuses an HMAC made with the public key', async () => {
      const secret = new TextEncoder().encode(JSON.stringify(keys.keys[0]))
      expect(await codeOf(await sign({ header: { alg: 'HS256' }, key: secret }))).toBe('token-algorithm-refused')
    })

    it('refuses a token that asks for an RSA key to be used for ECDSA, or a key for another algorithm than its own', async () => {
      expect(await codeOf(await sign({ header: { kid: 'rsa' } }))).toBe('token-key-unknown')
      const ps256 = await sign({ header: { alg: 'RS256', kid: 'ec' }, key: rs256.privateKey })
      expect(await codeOf(ps256)).toBe('token-key-unknown')
      expect(await codeOf(await sign({ header: { alg: 'RS256', kid: 'rsa' }, key: rs256.privateKey }))).toBe('accepted')
    })

    it('takes what the service allows, and nothing else', async () => {
      expect(await codeOf(await sign(), { algorithms: ['PS256'] })).toBe('token-algorithm-refused')
      for (const algorithms of [['none'], ['HS256'], [], ['ES256', 'X']]) {
        expect(() => tokenVerifier({ issuer, audience, keys, algorithms })).toThrow(/algorithms/)
      }
    })

    it('takes no key from the token: jwk, jku, x5u and x5c change nothing', async () => {
      const stranger = await generateKeyPair('ES256', { extractable: true })
      const jwk = await exportJWK(stranger.publicKey)
      const header = { jwk, jku: 'https://evil.test/jwks', x5u: 'https://evil.test/x5u', kid: 'ec' }
      expect(await codeOf(await sign({ header, key: stranger.privateKey }))).toBe('token-signature-invalid')
      expect(await codeOf(await sign({ header }))).toBe('accepted')
    })

    it('tries each key of one id, and refuses what none of them signed', async () => {
      const twin = await generateKeyPair('ES256', { extractable: true })
      const colliding = { keys: [{ ...(await exportJWK(twin.publicKey)), kid: 'ec' }, ...keys.keys] }
      expect(await codeOf(await sign(), { keys: colliding })).toBe('accepted')
      expect(await codeOf(await sign({ key: twin.privateKey }), { keys: colliding })).toBe('accepted')
      expect(await codeOf(await sign({ key: twin.privateKey }))).toBe('token-signature-invalid')
    })
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['another issuer', { iss: 'https://evil.test' }, 'token-claim-invalid'],
    ['an issuer with a slash more', { iss: `${issuer}/` }, 'token-claim-invalid'],
    ['a list of issuers', { iss: [issuer] }, 'token-claim-invalid'],
    ['another audience', { aud: 'https://payments.test' }, 'token-claim-invalid'],
    ['no audience', { aud: undefined }, 'token-claim-invalid'],
    ['an audience that is no text', { aud: [audience, 1] }, 'token-claim-invalid'],
    ['no subject', { sub: undefined }, 'token-claim-invalid'],
    ['a client that is no text', { client_id: { id: 'acme' } }, 'token-claim-invalid'],
    ['an id that is no text', { jti: 7 }, 'token-claim-invalid'],
    ['scopes that are no text', { scope: 7 }, 'token-claim-invalid'],
    ['no end', { exp: undefined }, 'token-claim-invalid'],
    ['an end in words', { exp: 'tomorrow' }, 'token-claim-invalid'],
    ['no beginning', { iat: undefined }, 'token-claim-invalid'],
    ['an end beyond all dates', { exp: 1e300 }, 'token-claim-invalid'],
    ['an end that has come', { exp: seconds - 5 }, 'token-expired'],
    ['an end within the tolerance', { exp: seconds - 4 }, 'accepted'],
    ['a beginning that has not come', { nbf: seconds + 6 }, 'token-not-yet-valid'],
    ['a beginning within the tolerance', { nbf: seconds + 5 }, 'accepted'],
    ['an issue in the future', { iat: seconds + 6 }, 'token-not-yet-valid'],
    ['an issue too long ago', { iat: seconds - 3606 }, 'token-too-old'],
    ['an issue just not too long ago', { iat: seconds - 3605 }, 'accepted'],
    ['a list of audiences with ours', { aud: ['https://payments.test', audience] }, 'accepted'],
  ])('with %s: %s', async (_, claims, code) => {
    expect(await codeOf(await sign({ claims }))).toBe(code)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['no type', { typ: undefined }, 'token-type-wrong'],
    ['the type of an ID token', { typ: 'JWT' }, 'token-type-wrong'],
    ['the full media type in another case', { typ: 'application/AT+JWT' }, 'accepted'],
    ['a token within', { cty: 'JWT' }, 'token-malformed'],
    ['no key id', { kid: undefined }, 'accepted'],
    ['an unknown key id', { kid: 'unknown' }, 'token-key-unknown'],
    ['a key id that is no text', { kid: 1 }, 'token-key-unknown'],
  ])('with a header of %s: %s', async (_, header, code) => {
    expect(await codeOf(await sign({ header }))).toBe(code)
  })

  it('refuses critical extensions, of which it understands none', async () => {
    const [, payload, signature] = (await sign()).split('.')
    const header = Buffer.from('{"alg":"ES256","typ":"at+jwt","kid":"ec","crit":["exp"],"exp":1}').toString('base64url')
    expect(await verify(`${header}.${payload}.${signature}`)).toMatchObject({ reason: { cause: 'critical-header' } })
  })

  it.each([
    ['', 'not-three-parts'],
    ['a.b', 'not-three-parts'],
    ['a.b.c.d', 'not-three-parts'],
    ['a.b.c.d.e', 'not-three-parts'],
    ['!!!!.e30.AA', 'not-base64url'],
    ['e30=.e30.AA', 'not-base64url'],
    ['W10.e30.AA', 'not-json-object'],
    ['bnVsbA.e30.AA', 'not-json-object'],
    ['_w.e30.AA', 'not-json-object'],
    [`${'a'.repeat(9_000)}.e30.AA`, 'too-long'],
  ])('refuses %j for its form', async (token, cause) => {
    expect(await verify(token)).toMatchObject({ ok: false, reason: { code: 'token-malformed', cause } })
  })

  it('refuses a changed payload', async () => {
    const [header, , signature] = (await sign()).split('.')
    const [, payload] = (await sign({ claims: { scope: 'admin' } })).split('.')
    expect(await codeOf(`${header}.${payload}.${signature}`)).toBe('token-signature-invalid')
  })

  it('ignores keys that are for something else, and refuses a set without any use', async () => {
    const [ec] = keys.keys
    const useless = {
      keys: [
        { ...ec, use: 'enc' },
        { kty: 'oct', k: 'AAAA' },
        { ...ec, key_ops: ['sign'] },
        { kty: 'EC', crv: 'secp256k1' },
        null,
      ],
    }
    expect(() => tokenVerifier({ issuer, audience, keys: useless as never })).toThrow(/keys/)
    expect(await codeOf(await sign(), { keys: { keys: [...useless.keys, ec] } as never })).toBe('accepted')
  })

  it.each<[string, object]>([
    ['issuer', { audience, keys: {} }],
    ['audience', { issuer, audience: '', keys: {} }],
    ['keys', { issuer, audience, keys: {} }],
    ['keys', { issuer, audience, keys: 'http://issuer.test/jwks' }],
    ['keys', { issuer, audience, keys: 'https://user:password@issuer.test/jwks' }],
    ['clockToleranceSeconds', { issuer, audience, keys: { keys: [] }, clockToleranceSeconds: 301 }],
    ['maxAgeSeconds', { issuer, audience, keys: { keys: [] }, maxAgeSeconds: Number.NaN }],
    ['audiences', { issuer, audience, keys: { keys: [] }, audiences: [] }],
  ])('throws a TypeError that names %s', (option, options) => {
    expect(() => tokenVerifier(options as never)).toThrow(TypeError)
    expect(() => tokenVerifier(options as never)).toThrow(option)
  })
})
