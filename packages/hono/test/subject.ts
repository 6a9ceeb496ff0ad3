/** The Hono adapter as a subject of the conformance suite, on @hono/node-server: the newest Hono and the oldest that is supported. */
import { listen, type Subject, type SubjectSetup } from '@countersign/conformance'
import { getRequestListener } from '@hono/node-server'
import { Hono, type MiddlewareHandler } from 'hono'
import { stream } from 'hono/streaming'
import { Hono as OldestHono } from 'hono-oldest'
import { type CountersignVariables, countersign, requireScopes } from '../src/index.ts'

type Variables = CountersignVariables<'certificate-or-key'>

export const subjects: readonly Subject[] = [
  createSubject('Hono 4', Hono),
  createSubject('Hono 4.6', OldestHono as unknown as typeof Hono),
]

function createSubject(name: string, Application: typeof Hono): Subject {
  return {
    name,
    features: [
      'https',
      'http',
      'http2',
      'unix',
      'streaming',
      'path-guard',
      'sub-router',
      'body-parser',
      'error-handler',
      'on-refused',
      'in-process',
      'platform',
      'construction',
    ],
    start: (setup) =>
      listen(setup, getRequestListener(createApp(Application, setup).fetch, { overrideGlobalObjects: false })),
    fetch: async (setup, request, platform) => createApp(Application, setup).request(request, undefined, platform),
    adapter: {
      countersign,
      optional: countersign.optional,
      requireScopes: requireScopes as (...scopes: string[]) => unknown,
    },
  }
}

function createApp(Application: typeof Hono, setup: SubjectSetup): Hono<{ Variables: Variables }> {
  const { application, authenticator, second } = setup
  const refused = setup.onRefused === undefined ? {} : { onRefused: setup.onRefused }
  const guard = countersign(authenticator, refused)
  const optional = countersign.optional(authenticator, refused)
  const forge: MiddlewareHandler<{ Variables: Variables }> = (c, next) => {
    c.set('principal', application.forged)
    return next()
  }

  const app = new Application<{ Variables: Variables }>()
  app.all('/whoami', guard, (c) => c.json(application.whoami(c.var.principal)))
  app.post('/echo', guard, async (c) =>
    c.json(application.echo(c.var.principal, new Uint8Array(await c.req.arrayBuffer()))),
  )
  app.all('/orders', guard, requireScopes('orders:write'), (c) => c.json(application.whoami(c.var.principal)))
  app.all('/both', guard, requireScopes('orders:read', 'orders:write'), (c) =>
    c.json(application.whoami(c.var.principal)),
  )
  app.all('/optional', optional, (c) => c.json(application.whoami(c.var.principal)))
  app.all('/optional-orders', optional, requireScopes('orders:write'), (c) =>
    c.json(application.whoami(c.var.principal)),
  )
  app.all('/unguarded-scopes', requireScopes('orders:write'), (c) => c.json(application.whoami(undefined)))
  app.all('/forged', forge, requireScopes('orders:write'), (c) => c.json(application.whoami(undefined)))
  app.all('/twice', guard, countersign(second, refused), (c) => c.json(application.whoami(c.var.principal)))
  app.all('/open', (c) => c.json(application.whoami(undefined)))
  app.all('/throws', guard, () => application.fail())
  app.get('/stream', guard, (c) => {
    c.header('content-type', 'text/event-stream')
    return stream(c, async (out) => {
      for await (const chunk of application.stream(c.var.principal)) {
        if (out.aborted) return
        await out.write(chunk)
      }
    })
  })
  app.use('/guarded/*', guard)
  app.all('/guarded/whoami', (c) => c.json(application.whoami(c.var.principal)))
  const tenant = new Application<{ Variables: Variables }>()
  tenant.use(guard)
  tenant.all('/whoami', (c) => c.json(application.whoami(c.var.principal)))
  app.route('/tenants/:tenant', tenant)
  app.post(
    '/parsed',
    async (c, next) => {
      try {
        await c.req.json()
      } catch {
        return c.text('not JSON', 400)
      }
      return next()
    },
    guard,
    async (c) => {
      const text = JSON.stringify(await c.req.json())
      return c.json(application.echo(c.var.principal, new TextEncoder().encode(text)))
    },
  )
  app.onError((error, c) => c.json(application.caught(error), 500))
  return app
}
