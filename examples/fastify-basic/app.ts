/** An API for partners in Fastify. @module */
import type { ServerOptions } from 'node:https'
import { PassThrough } from 'node:stream'
import type { Authenticator } from '@countersign/core'
import { countersign, principalOf, requireScopes } from '@countersign/fastify'
import fastify from 'fastify'

export async function createApp(authenticator: Authenticator<'certificate+key'>, https: ServerOptions) {
  const app = fastify({ https })

  // Beside the guard, not in its instance: for everybody, over plain HTTP as well.
  app.get('/health', (_request, reply) => reply.code(authenticator.health().ready ? 204 : 503).send())

  // Who presents nothing is nobody; what is presented must be good.
  app.get('/prices', { onRequest: countersign.optional(authenticator).onRequest }, (request) => {
    const tier = principalOf.optional(request)?.partner.metadata.tier
    return { discount: tier === 'gold' ? 10 : 0 }
  })

  // An instance of its own. A guard holds for all of its instance, whatever was registered first.
  await app.register(async (api) => {
    await api.register(countersign(authenticator))

    // Also paths that do not exist.
    api.setNotFoundHandler((_request, reply) => reply.code(404).send())

    api.get('/orders', { onRequest: requireScopes('orders:read') }, (request) => {
      const { partner, certificate, key } = principalOf(request)
      return { partner: partner.id, certificate: certificate.subject, key: key.id }
    })

    api.post('/orders', { onRequest: requireScopes('orders:write') }, (_request, reply) => reply.code(201).send())

    // The signal aborts when the certificate or the key is revoked or ends.
    api.get('/orders/feed', { onRequest: requireScopes('orders:read') }, (request, reply) => {
      const feed = new PassThrough()
      feed.write('data: open\n\n')
      principalOf(request).signal.addEventListener('abort', () => feed.end('data: revoked\n\n'))
      return reply.type('text/event-stream').send(feed)
    })
  })

  return app
}
