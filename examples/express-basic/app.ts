/** An API for partners in Express. @module */
import type { Authenticator } from '@countersign/core'
import { countersign, principalOf, requireScopes } from '@countersign/express'
import express, { type Express } from 'express'

export function createApp(authenticator: Authenticator<'certificate+key'>): Express {
  const app = express()

  // Before the guard: for everybody, over plain HTTP as well.
  app.get('/health', (_req, res) => {
    res.status(authenticator.health().ready ? 204 : 503).end()
  })

  // Who presents nothing is nobody; what is presented must be good.
  app.get('/prices', countersign.optional(authenticator), (req, res) => {
    const tier = principalOf.optional(req)?.partner.metadata.tier
    res.json({ discount: tier === 'gold' ? 10 : 0 })
  })

  // From here on, everything: also paths that do not exist.
  app.use(countersign(authenticator))

  app.get('/orders', requireScopes('orders:read'), (req, res) => {
    const { partner, certificate, key } = principalOf(req)
    res.json({ partner: partner.id, certificate: certificate.subject, key: key.id })
  })

  app.post('/orders', requireScopes('orders:write'), express.json(), (_req, res) => {
    res.status(201).end()
  })

  // The signal aborts when the certificate or the key is revoked or ends.
  app.get('/orders/feed', requireScopes('orders:read'), (req, res) => {
    const { signal } = principalOf(req)
    res.type('text/event-stream').write('data: open\n\n')
    signal.addEventListener('abort', () => res.end('data: revoked\n\n'))
  })

  return app
}
