/** The API in Koa. @module */
import type { RequestListener } from 'node:http'
import type { Authenticator } from '@countersign/core'
import { countersign, requireScopes } from '@countersign/koa'
import Koa from 'koa'

export function koaApi(authenticator: Authenticator<'certificate+key'>): RequestListener {
  const orders = requireScopes('orders:read')
  const invoices = requireScopes('invoices:read')
  const app = new Koa()
  app.use(countersign(authenticator))
  app.use(async (ctx, next) => {
    if (ctx.path !== '/orders') return next()
    await orders(ctx, async () => {
      ctx.body = { partner: ctx.state.principal.partner.id, orders: [] }
    })
  })
  app.use(async (ctx, next) => {
    if (ctx.path !== '/invoices') return next()
    await invoices(ctx, async () => {
      ctx.body = { partner: ctx.state.principal.partner.id, invoices: [] }
    })
  })
  return app.callback()
}
