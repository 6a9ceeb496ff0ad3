/** Certificate-bound access tokens: worthless without their certificate, and checked in full. @module */
import { type SigningKey, signingKey, type TokenVerifier, tokenVerifier } from '@countersign/core/tokens'
import type { IssuedCertificate } from '@countersign/testing'
import type { Case } from '../case/case.ts'
import type { Pki } from '../world/pki.ts'
import type { CallOptions, Service, ServiceOptions } from '../world/service.ts'
import { acceptanceCase, refusalCase } from './one-request.ts'

const ISSUER = 'https://issuer.conformance.example'
const AUDIENCE = 'https://service.conformance.example'
const BOUND = 'RFC 8705 §3, docs/problems.md#credentials-invalid'

/** What signs is not what is judged: any key will do. */
function signerOf(pki: Pki): Promise<SigningKey> {
  return signingKey(pki.server.privateKeyPem, { algorithm: 'ES256' })
}

async function verifierOf(pki: Pki): Promise<TokenVerifier> {
  return tokenVerifier({ issuer: ISSUER, audience: AUDIENCE, keys: { keys: [(await signerOf(pki)).publicKey] } })
}

async function tokensOnly(pki: Pki): Promise<ServiceOptions> {
  return { require: 'certificate+token', token: await verifierOf(pki) }
}

async function keysOrTokens(pki: Pki): Promise<ServiceOptions> {
  return { require: 'certificate+key-or-token', token: await verifierOf(pki) }
}

interface TokenOptions {
  readonly boundTo?: IssuedCertificate
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
}

async function tokenFor(
  { pki, clock }: Service,
  { boundTo = pki.acme, claims, header }: TokenOptions = {},
): Promise<string> {
  const now = Math.floor(clock().getTime() / 1000)
  return (await signerOf(pki)).sign(
    { typ: 'at+jwt', ...header },
    {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: 'acme',
      client_id: 'acme',
      iat: now - 1,
      exp: now + 300,
      jti: 'conformance',
      scope: 'orders:read orders:write',
      cnf: { 'x5t#S256': Buffer.from(boundTo.fingerprint, 'hex').toString('base64url') },
      ...claims,
    },
  )
}

const withToken = (token: string, more: CallOptions = {}): CallOptions => ({ ...more, key: token })

export const tokenCases: readonly Case[] = [
  acceptanceCase({
    id: 'token/bound',
    title: 'a token is accepted with the certificate that it is bound to',
    source: 'RFC 8705 §3',
    serve: tokensOnly,
    call: async (service) => withToken(await tokenFor(service)),
  }),
  acceptanceCase({
    id: 'token/scope',
    title: 'a token opens the routes that its scopes name',
    source: 'RFC 9068 §2.2.3',
    serve: tokensOnly,
    call: async (service) => withToken(await tokenFor(service), { path: '/orders' }),
  }),
  refusalCase({
    id: 'token/scope-missing',
    title: 'a token opens no route beyond its scopes',
    source: 'RFC 6750 §3.1, docs/problems.md#scope-insufficient',
    serve: tokensOnly,
    call: async (service) =>
      withToken(await tokenFor(service, { claims: { scope: 'orders:read' } }), { path: '/orders' }),
    reason: 'scope-missing',
    expectation: { requiredScopes: ['orders:write'] },
  }),
  acceptanceCase({
    id: 'token/further-confirmation',
    title: 'a token whose confirmation has further members is accepted by the one that is asked for',
    source: 'RFC 7800 §3.1, docs/conformance-coverage.md#faults-of-other-packages (P39)',
    serve: tokensOnly,
    async call(service) {
      const print = Buffer.from(service.pki.acme.fingerprint, 'hex').toString('base64url')
      const claims = { cnf: { 'x5t#S256': print, jkt: 'of another method', kid: '1' } }
      return withToken(await tokenFor(service, { claims }))
    },
  }),
  acceptanceCase({
    id: 'token/or-key',
    title: 'where either will do, a key is accepted as ever',
    source: 'docs/concepts.md#require',
    serve: keysOrTokens,
  }),
  acceptanceCase({
    id: 'token/or-token',
    title: 'where either will do, a token is accepted',
    source: 'docs/concepts.md#require',
    serve: keysOrTokens,
    call: async (service) => withToken(await tokenFor(service)),
  }),
  refusalCase({
    id: 'token/other-certificate',
    title: 'a token is refused with the certificate of another partner',
    source: BOUND,
    serve: tokensOnly,
    call: async (service) => withToken(await tokenFor(service), { certificate: service.pki.globex }),
    reason: 'token-mismatch',
  }),
  refusalCase({
    id: 'token/no-certificate',
    title: 'a token without a certificate is no bearer token',
    source: BOUND,
    serve: tokensOnly,
    call: async (service) => withToken(await tokenFor(service), { certificate: 'none' }),
    reason: 'certificate-missing',
  }),
  refusalCase({
    id: 'token/missing',
    title: 'a certificate alone is told that a token is missing',
    source: 'RFC 6750 §3.1',
    serve: tokensOnly,
    call: () => ({ key: 'none' }),
    reason: 'token-missing',
  }),
  refusalCase({
    id: 'token/key-in-its-place',
    title: 'an API key is no token',
    source: BOUND,
    serve: tokensOnly,
    reason: 'token-malformed',
  }),
  refusalCase({
    id: 'token/unasked',
    title: 'a token where keys are asked for is no key',
    source: 'docs/concepts.md#require',
    call: async (service) => withToken(await tokenFor(service)),
    reason: 'key-malformed',
  }),
  ...(
    [
      ['unbound', 'that is bound to nothing', { claims: { cnf: undefined } }, 'token-unbound'],
      ['expired', 'that has ended', { claims: { exp: 1 } }, 'token-expired'],
      ['audience', 'for another service', { claims: { aud: 'https://other.example' } }, 'token-claim-invalid'],
      ['issuer', 'of another issuer', { claims: { iss: 'https://other.example' } }, 'token-claim-invalid'],
      ['type', 'that is an ID token', { header: { typ: 'JWT' } }, 'token-type-wrong'],
    ] as const
  ).map(([name, what, options, reason]) =>
    refusalCase({
      id: `token/${name}`,
      title: `a token ${what} is refused`,
      source: 'RFC 9068 §4, RFC 8705 §3',
      serve: tokensOnly,
      call: async (service) => withToken(await tokenFor(service, options)),
      reason,
    }),
  ),
  refusalCase({
    id: 'token/none',
    title: 'a token with the algorithm none is refused',
    source: 'RFC 8725 §3.2',
    serve: tokensOnly,
    async call(service) {
      const [, payload] = (await tokenFor(service)).split('.')
      return withToken(`${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`)
    },
    reason: 'token-algorithm-refused',
  }),
  refusalCase({
    id: 'token/changed',
    title: 'a token of which one character was changed is refused',
    source: 'RFC 7515 §5.2',
    serve: tokensOnly,
    async call(service) {
      const token = await tokenFor(service)
      const at = token.lastIndexOf('.') + 10
      return withToken(token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1))
    },
    reason: 'token-signature-invalid',
  }),
  refusalCase({
    id: 'token/huge',
    title: 'a token of 12 KiB is refused before anything of it is read',
    source: BOUND,
    serve: tokensOnly,
    call: async (service) => withToken(await tokenFor(service, { claims: { padding: 'x'.repeat(8_500) } })),
    reason: 'token-malformed',
  }),
  refusalCase({
    id: 'token/in-url',
    title: 'a token of the issuer in the URL is refused, whatever else the request carries',
    source: 'RFC 6750 §5.3, docs/problems.md#credentials-in-url',
    serve: keysOrTokens,
    call: async (service) => ({ path: `/whoami?access_token=${await tokenFor(service)}` }),
    reason: 'token-in-url',
  }),
  refusalCase({
    id: 'token/twice',
    title: 'two tokens are refused',
    source: 'RFC 6750 §2',
    serve: tokensOnly,
    async call(service) {
      const token = await tokenFor(service)
      return withToken(token, { headers: [['Authorization', `Bearer ${token}`]] })
    },
    reason: 'header-duplicated',
  }),
  refusalCase({
    id: 'token/beside-a-key',
    title: 'a token and a key side by side are refused, because nobody can say which one is meant',
    source: 'docs/concepts.md#require, docs/problems.md#credentials-malformed',
    serve: async (pki) => ({ ...(await keysOrTokens(pki)), key: { header: 'X-Api-Key' } }),
    call: async (service) => ({ headers: [['Authorization', `Bearer ${await tokenFor(service)}`]] }),
    reason: 'bearer-ambiguous',
  }),
  refusalCase({
    id: 'token/issuer-down',
    title: 'where the issuer’s keys cannot be had, the answer is 503 and not 401',
    source: 'docs/problems.md#verification-unavailable',
    serve: () => ({
      require: 'certificate+token',
      token: tokenVerifier({
        issuer: ISSUER,
        audience: AUDIENCE,
        keys: { url: 'https://issuer.conformance.example/jwks.json', fetch: () => Promise.reject(new Error('down')) },
      }),
    }),
    call: async (service) => withToken(await tokenFor(service)),
    reason: 'token-keys-unavailable',
  }),
  {
    id: 'token/revoked',
    title: 'a revoked certificate ends its tokens on the next request of an open connection',
    level: 'MUST',
    source: 'docs/concepts.md#what-is-remembered-and-what-is-not',
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve(await tokensOnly(pki))
      const token = await tokenFor(service)
      const connection = await service.connect()
      try {
        service.expectAccepted(await service.on(connection, { key: token }), { partner: 'acme' })
        service.revocation.revoke(pki.acme)
        service.expectRefused(await service.on(connection, { key: token }), 'certificate-revoked')
      } finally {
        connection.close()
      }
    },
  },
]
