/** An API for partners in Koa. @module */
import { PassThrough } from 'node:stream'
import type { Authenticator } from '@countersign/core'
import { type CountersignState, countersign, requireScopes } from '@countersign/koa'
import Koa, { type Middleware } from 'koa'

type Handler = Middleware<CountersignState>

export function createApp(authenticator: Authenticator<'certificate+key'>): Koa {
  const app = new Koa()

  // Before the guard: for everybody, over plain HTTP as well.
  app.use(
    route('GET', '/health', (ctx) => {
      ctx.status = authenticator.health().ready ? 204 : 503
    }),
  )

  // Who presents nothing is nobody; what is presented must be good.
  const optional = countersign.optional(authenticator)
  app.use((ctx, next) => {
    if (ctx.path !== '/prices') return next()
    return optional(ctx, async () => {
      ctx.body = { discount: ctx.state.principal?.partner.metadata.tier === 'gold' ? 10 : 0 }
    })
  })

  // From here on, everything: also paths that do not exist.
  app.use(countersign(authenticator))

  app.use(
    route('GET', '/orders', requireScopes('orders:read'), (ctx) => {
      const { partner, certificate, key } = ctx.state.principal
      ctx.body = { partner: partner.id, certificate: certificate.subject, key: key.id }
    }),
  )

  app.use(
    route('POST', '/orders', requireScopes('orders:write'), (ctx) => {
      ctx.status = 201
    }),
  )

  // The signal aborts when the certificate or the key is revoked or ends.
  app.use(
    route('GET', '/orders/feed', requireScopes('orders:read'), (ctx) => {
      const feed = new PassThrough()
      feed.write('data: open\n\n')
      ctx.state.principal.signal.addEventListener('abort', () => feed.end('data: revoked\n\n'))
      ctx.type = 'text/event-stream'
      ctx.body = feed
    }),
  )

  return app
}

/** Koa has no router of its own; any will do. */
function route(method: string, path: string, ...steps: readonly Handler[]): Handler {
  return (ctx, next) => {
    if (ctx.method !== method || ctx.path !== path) return next()
    const step = async (at: number): Promise<unknown> => steps[at]?.(ctx, () => step(at + 1))
    return step(0)
  }
}
