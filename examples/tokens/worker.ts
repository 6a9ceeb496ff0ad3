/**
 * A third service, on Workers: the platform ends TLS and hands the certificate over in `request.cf`. Bundled as it is, with
 * the conditions `workerd` and `@countersign/source`.
 * @module
 */
import { cloudflareWorkers } from '@countersign/core/sources'
import { tokenVerifier } from '@countersign/core/tokens'
import { countersign } from '@countersign/hono'
import { type Context, Hono } from 'hono'

/** What the platform is configured with. */
export interface Bindings {
  /** PEM. */
  readonly ANCHORS: string
  readonly ISSUER: string
  readonly AUDIENCE: string
  /** A JWK set, as JSON; an `https:` URL would do as well. */
  readonly KEYS: string
}

/** The bindings come with the first request, and stay what they are. */
let app: Hono<{ Bindings: Bindings }> | undefined

function createApp({ ANCHORS, ISSUER, AUDIENCE, KEYS }: Bindings): Hono<{ Bindings: Bindings }> {
  const created = new Hono<{ Bindings: Bindings }>()
  created.use(
    countersign({
      require: 'certificate+token',
      // Nothing here reads CRLs: a revoked certificate keeps its tokens until they end, five minutes at most.
      certificate: { anchors: ANCHORS, revocation: 'unchecked', source: cloudflareWorkers() },
      token: tokenVerifier({ issuer: ISSUER, audience: AUDIENCE, keys: JSON.parse(KEYS) }),
    }),
  )
  created.get('/stock', (c: Context) => c.json({ service: 'stock', partner: c.get('principal').partner.id }))
  return created
}

export default {
  fetch(request: Request, bindings: Bindings): Response | Promise<Response> {
    app ??= createApp(bindings)
    return app.fetch(request, bindings)
  },
}
