import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { createKeyService } from '../../../../tools/key-service.ts'
import { countersign, principalOf, requireScopes, tokenEndpoints } from '../index.ts'

const { authenticator, slow, key, authorization } = await createKeyService()

const apps: FastifyInstance[] = []
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
})

function create(options: FastifyServerOptions = {}): FastifyInstance {
  const app = fastify(options)
  apps.push(app)
  return app
}

async function serve(app: FastifyInstance): Promise<(path?: string, init?: RequestInit) => Promise<Response>> {
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  return (path = '/', init = {}) => fetch(`${address}${path}`, init)
}

describe('countersign()', () => {
  it.each([
    ['at once', authenticator],
    ['later', slow],
  ])('lets a good key through where the registry answers %s', async (_when, given) => {
    const app = create()
    await app.register(countersign(given))
    app.get('/', (request) => principalOf(request, 'key').partner.id)
    const get = await serve(app)
    expect(await (await get('/', { headers: authorization })).text()).toBe('acme')
  })

  it('answers a refusal itself, with all that belongs to it', async () => {
    const app = create()
    await app.register(countersign(slow))
    app.setErrorHandler(() => expect.unreachable())
    app.get('/', () => expect.unreachable())
    const response = await (await serve(app))()
    expect(response.status).toBe(401)
    const problem = (await response.json()) as { correlationId: string }
    expect(problem).toMatchObject({ code: 'credentials-missing', missing: ['key'] })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/problem+json',
      'www-authenticate': 'Bearer realm="countersign"',
      'cache-control': 'no-store',
      'x-correlation-id': problem.correlationId,
    })
  })

  it('guards the routes of its instance and of those inside, and paths that nobody serves', async () => {
    const app = create()
    app.get('/before', () => 'public')
    await app.register(async (inside) => {
      await inside.register(countersign(authenticator))
      inside.get('/inside', () => 'reached')
      await inside.register(async (deeper) => void deeper.get('/deeper', () => 'reached'))
    })
    const guarded = create()
    await guarded.register(countersign(authenticator))
    const get = await serve(app)
    expect(await (await get('/before')).text()).toBe('public')
    expect([(await get('/inside')).status, (await get('/deeper')).status]).toEqual([401, 401])
    expect((await (await serve(guarded))('/nowhere')).status).toBe(401)
  })

  it('decides before a body is parsed', async () => {
    const app = create()
    await app.register(countersign(authenticator))
    app.addHook('preParsing', () => expect.unreachable())
    app.post('/', () => expect.unreachable())
    const init = { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }
    expect((await (await serve(app))('/', init)).status).toBe(401)
  })

  it('sees a key in the part of a URL that rewriteUrl cuts off', async () => {
    const app = create({ rewriteUrl: () => '/orders' })
    await app.register(countersign(authenticator))
    app.get('/orders', () => 'reached')
    const response = await (await serve(app))(`/${key}`, { headers: authorization })
    expect(await response.json()).toMatchObject({ code: 'credentials-in-url' })
  })

  it('sends a refusal as it is, whatever serializer the application has, and shows it to hooks', async () => {
    const app = create()
    app.setReplySerializer((payload) => `"wrapped ${String(payload)}"`)
    const sent: number[] = []
    app.addHook('onSend', async (_request, reply) => void sent.push(reply.statusCode))
    await app.register(
      countersign(authenticator, {
        onRefused: ({ code }, request) => ({ body: `<${code} ${request.url}>`, contentType: 'application/x+json' }),
      }),
    )
    app.get('/orders', () => expect.unreachable())
    const response = await (await serve(app))('/orders')
    expect([response.status, response.headers.get('content-type')]).toEqual([401, 'application/x+json'])
    expect(await response.text()).toBe('<credentials-missing /orders>')
    expect(sent).toEqual([401])
  })

  it('keeps what other hooks set on the reply while a body is still coming', async () => {
    const app = create()
    app.addHook('onRequest', async (_request, reply) => void reply.header('x-before', 'kept'))
    await app.register(countersign(authenticator))
    app.post('/', () => expect.unreachable())
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(new Uint8Array(1024))
        await new Promise((resolve) => setTimeout(resolve, 300))
        controller.close()
      },
    })
    const response = await (await serve(app))('/', { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect([response.status, response.headers.get('x-before'), response.headers.get('connection')]).toEqual([
      401,
      'kept',
      'close',
    ])
  })

  it('gives its authenticator to the operator', () => {
    expect(countersign(authenticator).authenticator).toBe(authenticator)
    expect(countersign.optional(authenticator).authenticator).toBe(authenticator)
  })

  it('throws for options that are wrong, when it is called', () => {
    expect(() => countersign({} as never)).toThrow(TypeError)
    expect(() => countersign.optional(undefined as never)).toThrow(TypeError)
  })
})

describe('principalOf()', () => {
  it('throws where no guard has run, and where one promises less than the handler relies on', async () => {
    const app = create()
    const messages: string[] = []
    app.setErrorHandler((error: Error, _request, reply) => {
      messages.push(error.message)
      return reply.code(500).send()
    })
    app.get('/open', (request) => principalOf(request))
    app.get('/', { onRequest: countersign(authenticator).onRequest }, (request) => principalOf(request))
    const get = await serve(app)
    await get('/open')
    await get('/', { headers: authorization })
    expect(messages).toEqual([
      'countersign() has not run before this handler',
      "countersign() runs with require: 'key' here, which does not promise 'certificate+key'",
    ])
  })

  it('tells nobody from somebody behind an optional guard', async () => {
    const app = create()
    await app.register(countersign.optional(authenticator))
    app.get('/', (request) => principalOf.optional(request, 'key')?.partner.id ?? 'nobody')
    const get = await serve(app)
    expect(await (await get()).text()).toBe('nobody')
    expect(await (await get('/', { headers: authorization })).text()).toBe('acme')
  })
})

describe('requireScopes()', () => {
  it('throws for an empty list, and for what cannot be a scope, when it is called', () => {
    expect(() => (requireScopes as () => unknown)()).toThrow(TypeError)
    expect(() => requireScopes('two scopes')).toThrow(TypeError)
  })

  it('refuses in the words of the guard that ran', async () => {
    const app = create()
    await app.register(
      countersign(authenticator, { onRefused: ({ code }) => ({ body: code, contentType: 'text/plain' }) }),
    )
    app.get('/read', { onRequest: requireScopes('orders:read') }, () => 'read')
    app.get('/write', { onRequest: requireScopes('orders:read', 'orders:write') }, () => expect.unreachable())
    const get = await serve(app)
    expect(await (await get('/read', { headers: authorization })).text()).toBe('read')
    const refused = await get('/write', { headers: authorization })
    expect([refused.status, await refused.text()]).toEqual([403, 'scope-insufficient'])
    expect(refused.headers.get('www-authenticate')).toContain('scope="orders:read orders:write"')
  })
})

describe('tokenEndpoints()', () => {
  it('answers the paths of the issuer, and leaves all others alone', async () => {
    const issuer = {
      handles: ({ target }: { target: string }) => target === '/token',
      respond: async (_exchange: unknown, body: Readable) => ({
        status: 200,
        headers: {},
        body: `<${await text(body)}>`,
      }),
    } as never
    const app = create()
    await app.register(tokenEndpoints(issuer))
    await app.register(countersign(authenticator))
    app.get('/orders', () => 'of the API')
    const get = await serve(app)
    expect(await (await get('/orders', { headers: authorization })).text()).toBe('of the API')
    expect(await (await get('/token', { method: 'POST', body: 'a=b' })).text()).toBe('<a=b>')
  })
})
