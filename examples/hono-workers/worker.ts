/** An API for partners on Workers. @module */
import { createAuthenticator } from '@countersign/core'
import { cloudflareWorkers } from '@countersign/core/sources'
import { countersign, requireScopes } from '@countersign/hono'
import { Hono } from 'hono'
import { type KeyValueStore, kvRegistry } from './kv-registry.ts'

interface Bindings {
  /** The CA of partners, PEM. */
  readonly ANCHORS: string
  readonly PARTNERS: KeyValueStore
}

function createApp({ ANCHORS, PARTNERS }: Bindings) {
  const authenticator = createAuthenticator({
    // Cloudflare says which certificates it knows to be revoked, and the source requires it to say so.
    certificate: { anchors: ANCHORS, revocation: 'unchecked', source: cloudflareWorkers() },
    key: { registry: kvRegistry(PARTNERS) },
  })
  return new Hono()
    .use(countersign(authenticator))
    .get('/orders', requireScopes('orders:read'), (c) => c.json({ partner: c.var.principal.partner.id }))
}

/** Bindings come with the first request; one app then serves all that this isolate answers. */
let app: ReturnType<typeof createApp> | undefined

export default {
  fetch(request: Request, bindings: Bindings): Response | Promise<Response> {
    app ??= createApp(bindings)
    return app.fetch(request, bindings)
  },
}
