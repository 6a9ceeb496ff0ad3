/** The API in Express. @module */
import type { RequestListener } from 'node:http'
import type { Authenticator } from '@countersign/core'
import { countersign, principalOf, requireScopes } from '@countersign/express'
import express from 'express'

export function expressApi(authenticator: Authenticator<'certificate+key'>): RequestListener {
  const app = express()
  app.use(countersign(authenticator))
  app.get('/orders', requireScopes('orders:read'), (req, res) => {
    res.json({ partner: principalOf(req).partner.id, orders: [] })
  })
  app.get('/invoices', requireScopes('invoices:read'), (req, res) => {
    res.json({ partner: principalOf(req).partner.id, invoices: [] })
  })
  return app
}
