import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { createAuthenticator } from '@countersign/core'
import { memoryRegistry } from '@countersign/core/registry'
import { signingKey, tokenIssuer, tokenVerifier } from '@countersign/core/tokens'
import { countersign, principalOf, tokenEndpoints } from '@countersign/express'
import { createAuthority, type IssuedCertificate } from '@countersign/testing'
import express, { type ErrorRequestHandler } from 'express'
import { auth } from 'express-oauth2-jwt-bearer'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import { Agent, fetch } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trustingFetch } from './fetch-keys.ts'

const ORDERS = 'https://orders.example'
const SCOPE = 'orders:read'

const authority = await createAuthority({ name: 'Everybody' })
const anchors = authority.certificate.pem
const server = await authority.issueServer({ ip: ['127.0.0.1'] })
const acme = await authority.issueClient({ name: 'acme', dns: ['acme.example'] })
const globex = await authority.issueClient({ name: 'globex', dns: ['globex.example'] })

const closers: (() => unknown)[] = []
afterAll(() => Promise.all(closers.map((close) => close())))

async function listen(
  listener?: RequestListener,
): Promise<{ readonly url: string; serve(listener: RequestListener): void }> {
  const https = createServer({ ...server.tls, ca: anchors, requestCert: true, rejectUnauthorized: false })
  if (listener !== undefined) https.on('request', listener)
  https.listen(0, '127.0.0.1')
  await once(https, 'listening')
  closers.push(() => {
    https.close()
    https.closeAllConnections()
  })
  return {
    url: `https://127.0.0.1:${(https.address() as AddressInfo).port}`,
    serve: (later) => https.on('request', later),
  }
}

function agentOf({ tls }: IssuedCertificate): Agent {
  const agent = new Agent({ connect: { ca: anchors, ...tls } })
  closers.push(() => agent.destroy())
  return agent
}

const agents = { acme: agentOf(acme), globex: agentOf(globex) }
const call = (url: string, token: string, dispatcher: Agent) =>
  fetch(url, { dispatcher, headers: { authorization: `Bearer ${token}` } })

describe('our tokens at a service guarded by express-oauth2-jwt-bearer', () => {
  let token: string
  let service: string

  beforeAll(async () => {
    const registry = memoryRegistry()
    await registry.createPartner({
      id: 'acme',
      rules: [{ kind: 'public-key', value: acme.publicKeyHash }],
      scopes: [SCOPE],
    })
    const { key } = await registry.issueKey({ partnerId: 'acme', scopes: [SCOPE] })
    const signing = await signingKey(server.privateKeyPem, { algorithm: 'ES256' })
    const authenticator = createAuthenticator({ certificate: { anchors, revocation: 'unchecked' }, key: { registry } })
    const issuer = 'https://issuer.example'
    const { url } = await listen(
      express().use(
        tokenEndpoints(tokenIssuer({ issuer, authenticator, audiences: [ORDERS], signingKeys: [signing] })),
      ),
    )
    const answer = await fetch(`${url}/token`, {
      method: 'POST',
      dispatcher: agents.acme,
      headers: { authorization: `Bearer ${key}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    token = ((await answer.json()) as { access_token: string }).access_token

    const app = express()
    app.use(
      auth({
        issuer,
        audience: ORDERS,
        publicKey: signing.publicKey as never,
        tokenSigningAlg: 'ES256',
        strict: true,
        mtls: { enabled: true, required: true },
        getCertificate: (request) => (request.socket as TLSSocket).getPeerX509Certificate()?.raw,
      }),
    )
    app.get('/orders', (request, response) => {
      response.json(request.auth?.payload)
    })
    const onError: ErrorRequestHandler = (error, _request, response, _next) => {
      response.status(error.status ?? 500).json({ message: error.message })
    }
    app.use(onError)
    service = (await listen(app)).url
  })

  it('are accepted with their certificate', async () => {
    const answer = await call(`${service}/orders`, token, agents.acme)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ sub: 'acme', client_id: 'acme', scope: SCOPE, aud: ORDERS })
  })

  it('are refused with another certificate', async () => {
    expect((await call(`${service}/orders`, token, agents.globex)).status).toBe(401)
  })
})

describe('tokens of oidc-provider at a service guarded by us', () => {
  let token: string
  let service: string

  beforeAll(async () => {
    const { url: issuer, serve } = await listen()
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    const provider = new Provider(issuer, {
      jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
      clients: [
        {
          client_id: 'acme',
          token_endpoint_auth_method: 'tls_client_auth',
          id_token_signed_response_alg: 'ES256',
          tls_client_auth_san_dns: 'acme.example',
          tls_client_certificate_bound_access_tokens: true,
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
          scope: SCOPE,
        },
      ],
      clientAuthMethods: ['tls_client_auth'],
      scopes: [SCOPE],
      features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => ORDERS,
          getResourceServerInfo: () => ({
            scope: SCOPE,
            audience: ORDERS,
            accessTokenFormat: 'jwt',
            accessTokenTTL: 300,
            jwt: { sign: { alg: 'ES256' } },
          }),
        },
        mTLS: {
          enabled: true,
          tlsClientAuth: true,
          certificateBoundAccessTokens: true,
          getCertificate: (ctx) => (ctx.socket as TLSSocket).getPeerX509Certificate()?.toString(),
          certificateAuthorized: (ctx) => (ctx.socket as TLSSocket).authorized,
          certificateSubjectMatches: (ctx, _property, expected) =>
            (ctx.socket as TLSSocket).getPeerX509Certificate()?.checkHost(expected) !== undefined,
        },
      },
    })
    serve(provider.callback())
    const answer = await fetch(`${issuer}/token`, {
      method: 'POST',
      dispatcher: agents.acme,
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'acme', scope: SCOPE }),
    })
    const json = (await answer.json()) as { access_token: string }
    expect(json).toMatchObject({ access_token: expect.any(String) })
    token = json.access_token

    const keys = { url: `${issuer}/jwks`, fetch: trustingFetch(anchors) }
    const app = express()
    app.use(
      countersign({
        require: 'certificate+token',
        certificate: { anchors, revocation: 'unchecked' },
        token: tokenVerifier({ issuer, audience: ORDERS, keys }),
      }),
    )
    app.get('/orders', (request, response) => {
      const { partner, scopes } = principalOf(request, 'certificate+token')
      response.json({ partner: partner.id, scopes: [...scopes] })
    })
    service = (await listen(app)).url
  })

  it('are accepted with their certificate', async () => {
    const answer = await call(`${service}/orders`, token, agents.acme)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ partner: 'acme', scopes: [SCOPE] })
  })

  it('are refused with another certificate', async () => {
    expect((await call(`${service}/orders`, token, agents.globex)).status).toBe(401)
  })
})
