/** The API in Hono, on Node. @module */
import type { RequestListener } from 'node:http'
import type { Authenticator } from '@countersign/core'
import { countersign, requireScopes } from '@countersign/hono'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'

export function honoApi(authenticator: Authenticator<'certificate+key'>): RequestListener {
  const app = new Hono()
    .use(countersign(authenticator))
    .get('/orders', requireScopes('orders:read'), (c) => c.json({ partner: c.var.principal.partner.id, orders: [] }))
    .get('/invoices', requireScopes('invoices:read'), (c) =>
      c.json({ partner: c.var.principal.partner.id, invoices: [] }),
    )
  return getRequestListener(app.fetch)
}
