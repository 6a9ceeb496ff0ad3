/** An API for partners in Hono. @module */
import type { Authenticator } from '@countersign/core'
import { countersign, requireScopes } from '@countersign/hono'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'

export function createApp(authenticator: Authenticator<'certificate+key'>) {
  return (
    new Hono()
      // Before the guard: for everybody, over plain HTTP as well.
      .get('/health', (c) => c.body(null, authenticator.health().ready ? 204 : 503))

      // Who presents nothing is nobody; what is presented must be good.
      .get('/prices', countersign.optional(authenticator), (c) => {
        return c.json({ discount: c.var.principal?.partner.metadata.tier === 'gold' ? 10 : 0 })
      })

      // From here on, everything: also paths that do not exist.
      .use(countersign(authenticator))

      .get('/orders', requireScopes('orders:read'), (c) => {
        const { partner, certificate, key } = c.var.principal
        return c.json({ partner: partner.id, certificate: certificate.subject, key: key.id })
      })

      .post('/orders', requireScopes('orders:write'), (c) => c.body(null, 201))

      // The signal aborts when the certificate or the key is revoked or ends.
      .get('/orders/feed', requireScopes('orders:read'), (c) => {
        const { signal } = c.var.principal
        return streamSSE(c, async (stream) => {
          await stream.writeSSE({ data: 'open' })
          await new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => resolve())
            stream.onAbort(resolve)
          })
          await stream.writeSSE({ data: 'revoked' })
        })
      })
  )
}
