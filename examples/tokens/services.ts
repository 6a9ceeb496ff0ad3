/** Two services in different frameworks. Neither has a registry: the token says who may do what, the certificate proves who asks. @module */
import { createAuthenticator } from '@countersign/core'
import { crlFiles } from '@countersign/core/node'
import { type TokenVerifierOptions, tokenVerifier } from '@countersign/core/tokens'
import { countersign as guardHono, requireScopes as requireHonoScopes } from '@countersign/hono'
import { countersign as guardKoa, requireScopes as requireKoaScopes } from '@countersign/koa'
import { Hono } from 'hono'
import Koa from 'koa'
import { INVOICES, ISSUER, ORDERS } from './issuer.ts'
import type { World } from './world.ts'

export interface Service<App> {
  readonly app: App
  close(): void
}

/** @param keys an `https:` URL of the issuer's keys, or the keys themselves */
export function createOrders(world: World, keys: TokenVerifierOptions['keys']): Service<Koa> {
  const authenticator = createAuthenticator({
    require: 'certificate+token',
    certificate: { anchors: world.partners.certificate.pem, revocation: crlFiles(world.crlFile) },
    token: tokenVerifier({ issuer: ISSUER, audience: ORDERS, keys }),
  })
  const app = new Koa()
  app
    .use(guardKoa(authenticator))
    .use(requireKoaScopes('orders:read'))
    .use((ctx) => {
      const { partner, token } = ctx.state.principal
      ctx.body = { service: 'orders', partner: partner.id, token: token.id }
    })
  return { app, close: () => authenticator.close() }
}

export function createInvoices(world: World, keys: TokenVerifierOptions['keys']): Service<Hono> {
  const authenticator = createAuthenticator({
    require: 'certificate+token',
    certificate: { anchors: world.partners.certificate.pem, revocation: crlFiles(world.crlFile) },
    token: tokenVerifier({ issuer: ISSUER, audience: INVOICES, keys }),
  })
  const app = new Hono()
  app.use(guardHono(authenticator)).get('/invoices', requireHonoScopes('invoices:read'), (c) => {
    const { partner, token } = c.var.principal
    return c.json({ service: 'invoices', partner: partner.id, token: token.id })
  })
  return { app: app as unknown as Hono, close: () => authenticator.close() }
}
