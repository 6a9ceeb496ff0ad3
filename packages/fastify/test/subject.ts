/** The Fastify adapter as a subject of the conformance suite, over the newest Fastify and the oldest that is supported. */
import { createServer as createHttpServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import { Readable } from 'node:stream'
import type { Subject, SubjectSetup } from '@countersign/conformance'
import { answerUpgrade, listen } from '@countersign/conformance'
import newest, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import oldest from 'fastify-oldest'
import { authenticateUpgrade, countersign, type Hook, principalOf, requireScopes } from '../src/index.ts'

export const subjects: readonly Subject[] = [
  createSubject('Fastify 5', newest),
  createSubject('Fastify 5.0', oldest as unknown as typeof newest),
]

function createSubject(name: string, fastify: typeof newest): Subject {
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
      'upgrade',
      'in-process',
      'construction',
    ],
    async start(setup) {
      const app = await createApp(fastify, setup)
      await app.ready()
      return listen(
        setup,
        (request, response) => app.routing(request, response),
        answerUpgrade(setup, authenticateUpgrade),
      )
    },
    async fetch(setup, request) {
      const app = await createApp(fastify, { ...setup, transport: 'http' })
      const { statusCode, headers, payload } = await app.inject({
        method: request.method as 'GET',
        url: request.url,
        headers: Object.fromEntries(request.headers),
      })
      return new Response(payload, { status: statusCode, headers: headers as Record<string, string> })
    },
    adapter: {
      countersign,
      optional: countersign.optional,
      requireScopes: requireScopes as (...scopes: string[]) => unknown,
    },
  }
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown

async function createApp(fastify: typeof newest, setup: SubjectSetup): Promise<FastifyInstance> {
  const { application, authenticator, second } = setup
  const refused = setup.onRefused === undefined ? {} : { onRefused: setup.onRefused }
  const guard = countersign(authenticator, refused)
  const optional = countersign.optional(authenticator, refused)
  const principal = (request: FastifyRequest) => principalOf(request, 'certificate-or-key')

  const whoami: Handler = (request) => application.whoami(principal(request))
  const perhaps: Handler = (request) => application.whoami(principalOf.optional(request, 'certificate-or-key'))
  const nobody: Handler = () => application.whoami(undefined)

  const app = fastify({ ...serverOf(setup), trustProxy: setup.trustProxy, bodyLimit: 8 * 1024 * 1024 })
  app.removeContentTypeParser('text/plain')
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addHttpMethod('PROPFIND')
  app.setErrorHandler((error, _request, reply) => reply.code(500).send(application.caught(error)))
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not found' }))

  const all = (path: string, hooks: readonly Hook[], handler: Handler, on: FastifyInstance = app) => {
    on.all(path, { onRequest: [...hooks] }, handler)
  }
  all('/whoami', [guard.onRequest], whoami)
  app.post('/echo', { onRequest: guard.onRequest }, async (request) =>
    application.echo(principal(request), (request.body as Buffer | undefined) ?? (await readBody(request))),
  )
  all('/orders', [guard.onRequest, requireScopes('orders:write')], whoami)
  all('/both', [guard.onRequest, requireScopes('orders:read', 'orders:write')], whoami)
  all('/optional', [optional.onRequest], perhaps)
  all('/optional-orders', [optional.onRequest, requireScopes('orders:write')], perhaps)
  all('/unguarded-scopes', [requireScopes('orders:write')], nobody)
  all('/forged', [forge(application.forged), requireScopes('orders:write')], nobody)
  all('/twice', [guard.onRequest, countersign(second, refused).onRequest], whoami)
  all('/open', [], nobody)
  all('/throws', [guard.onRequest], () => application.fail())
  app.get('/stream', { onRequest: guard.onRequest }, (request, reply) =>
    reply.type('text/event-stream').send(Readable.from(application.stream(principal(request)))),
  )
  await app.register(
    async (inside) => {
      await inside.register(guard)
      all('/whoami', [], whoami, inside)
    },
    { prefix: '/guarded' },
  )
  await app.register(
    async (tenant) => {
      await tenant.register(guard)
      all('/whoami', [], whoami, tenant)
    },
    { prefix: '/tenants/:tenant' },
  )
  // As a later hook: by then the body has been parsed.
  app.post('/parsed', { preHandler: guard.onRequest }, (request) =>
    application.echo(principal(request), Buffer.from(JSON.stringify(request.body))),
  )
  return app
}

/** Fastify makes a server of its own, which is not asked to listen here; its kind is what HTTP/2 needs to know. */
function serverOf({ transport, tls }: SubjectSetup): object {
  if (tls === undefined) return { serverFactory: createHttpServer }
  if (transport === 'http2')
    return { http2: true, https: tls, serverFactory: (handler: never) => createSecureServer(tls, handler) }
  return { https: tls, serverFactory: (handler: never) => createHttpsServer(tls, handler) }
}

/** Over HTTP/2, Fastify leaves a body alone that tells neither its type nor its length. */
async function readBody({ raw }: FastifyRequest): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of raw) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Where handlers of other plugins look for whoever was let in. */
function forge(forged: unknown): Hook {
  return (request, _reply, done) => {
    Object.assign(request, { principal: forged, user: forged })
    done()
  }
}
