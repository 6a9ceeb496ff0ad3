import { once } from 'node:events'
import { createServer, IncomingMessage, request, ServerResponse } from 'node:http'
import { type AddressInfo, Socket } from 'node:net'
import Koa3, { type Context, type Middleware } from 'koa'
import Koa2 from 'koa-2'
import { afterEach, describe, expect, it } from 'vitest'
import { createKeyService } from '../../../../tools/key-service.ts'
import { countersign, requireScopes } from '../index.ts'

const { authenticator, slow, authorization } = await createKeyService()

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(app: Koa3): Promise<(path?: string, init?: RequestInit) => Promise<Response>> {
  const server = createServer(app.callback()).listen(0, '127.0.0.1')
  closers.push(() => server.close().closeAllConnections())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return (path = '/', init = {}) => fetch(`http://127.0.0.1:${port}${path}`, init)
}

const versions = [
  { version: 3, Koa: Koa3 },
  { version: 2, Koa: Koa2 as unknown as typeof Koa3 },
]

describe.each(versions)('countersign() on Koa $version', ({ Koa }) => {
  it.each([
    ['at once', authenticator],
    ['later', slow],
  ])('lets a good key through where the registry answers %s', async (_when, given) => {
    const app = new Koa()
    app.use(countersign(given))
    app.use((ctx) => {
      ctx.body = ctx.state.principal.partner.id
    })
    const response = await (await serve(app))('/', { headers: authorization })
    expect(await response.text()).toBe('acme')
  })

  it('answers a refusal itself, where middleware outside can see it', async () => {
    const seen: unknown[] = []
    const app = new Koa()
    app.use(async (ctx, next) => {
      await next()
      seen.push(ctx.status, ctx.type)
    })
    app.use(countersign(slow))
    app.use(() => expect.unreachable())
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
    expect(seen).toEqual([401, 'application/problem+json'])
  })

  it('lets onRefused make the body from the problem and the context, and nothing else', async () => {
    const app = new Koa()
    const onRefused = ({ code }: { code: string }, ctx: Context) => ({
      body: `<${code} ${ctx.path}>`,
      contentType: 'text/x-problem',
    })
    app.use(countersign(authenticator, { onRefused }))
    const response = await (await serve(app))('/orders')
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toBe('text/x-problem')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).toBe('<credentials-missing /orders>')
  })

  it('leaves errors of later middleware to Koa, and does not ask again', async () => {
    const { authenticator: watched, slow: watchedSlow, authorization: another } = await createKeyService()
    for (const given of [watched, watchedSlow]) {
      let decided = 0
      const caught: unknown[] = []
      given.on('accepted', () => decided++)
      const app = new Koa()
      app.on('error', (error) => caught.push(error.message))
      app.use(countersign(given))
      app.use(() => {
        throw new Error('of the handler')
      })
      const response = await (await serve(app))('/', { headers: another })
      expect(response.status).toBe(500)
      expect({ decided, caught }).toEqual({ decided: 1, caught: ['of the handler'] })
    }
  })

  it('ends a refusal before a long body has come, with status for middleware outside', async () => {
    const seen: unknown[] = []
    const app = new Koa()
    app.use(async (ctx, next) => {
      await next()
      seen.push(ctx.status)
    })
    app.use(countersign(authenticator))
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) })
    const init = { method: 'POST', body: endless, duplex: 'half' }
    const response = await (await serve(app))('/', init as RequestInit)
    expect([response.status, response.headers.get('connection')]).toEqual([401, 'close'])
    expect(await response.json()).toMatchObject({ code: 'credentials-missing' })
    await expect.poll(() => seen).toEqual([401])
  })
})

describe('countersign()', () => {
  it('makes no error of a client that reads its refusal and stops sending', async () => {
    const app = new Koa3()
    const errors: unknown[] = []
    app.on('error', (error) => errors.push(error))
    app.use(countersign(authenticator))
    const server = createServer(app.callback()).listen(0, '127.0.0.1')
    closers.push(() => server.close())
    await once(server, 'listening')
    const connection = once(server, 'connection')
    const { port } = server.address() as AddressInfo
    const sent = request({ port, host: '127.0.0.1', method: 'POST', headers: { 'content-length': '1000000' } })
    sent.on('error', () => {})
    sent.write(new Uint8Array(1000))
    const [response] = await once(sent, 'response')
    expect(response.statusCode).toBe(401)
    const [socket] = await connection
    const closed = once(socket, 'close').catch((error) => error)
    sent.destroy()
    await closed
    await new Promise((resolve) => setImmediate(resolve))
    expect(errors).toEqual([])
  })

  it('calls next in the same tick where the answer is at hand', () => {
    const ctx = createContext(authorization.authorization)
    let called = 0
    void (countersign(authenticator) as Middleware)(ctx, async () => called++)
    expect(called).toBe(1)
    expect(ctx.state.principal.partner.id).toBe('acme')
  })

  it('takes away a principal that somebody put there before it has decided', () => {
    for (const guard of [countersign(slow), countersign.optional(slow), countersign(authenticator)]) {
      const ctx = createContext()
      ctx.state.principal = { partner: { id: 'forged' } }
      void (guard as Middleware)(ctx, async () => {})
      expect(ctx.state.principal).toBeUndefined()
    }
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

describe('requireScopes()', () => {
  it('throws for an empty list, and for what cannot be a scope, when it is called', () => {
    expect(() => (requireScopes as () => unknown)()).toThrow(TypeError)
    expect(() => requireScopes('two scopes')).toThrow(TypeError)
  })

  it('refuses in the words of the guard that ran', async () => {
    const app = new Koa3()
    const onRefused = ({ code }: { code: string }) => ({ body: code, contentType: 'text/plain' })
    app.use(countersign(authenticator, { onRefused }))
    app.use((ctx, next) => (ctx.path === '/write' ? requireScopes('orders:write')(ctx, next) : next()))
    app.use(requireScopes('orders:read'))
    app.use((ctx) => {
      ctx.body = 'read'
    })
    const get = await serve(app)
    expect(await (await get('/read', { headers: authorization })).text()).toBe('read')
    const refused = await get('/write', { headers: authorization })
    expect([refused.status, await refused.text()]).toEqual([403, 'scope-insufficient'])
    expect(refused.headers.get('www-authenticate')).toContain('scope="orders:write"')
  })

  it('does not believe the state', async () => {
    const ctx = createContext()
    ctx.state.principal = { partner: { id: 'forged' }, scopes: new Set(['orders:write']) }
    await requireScopes('orders:write')(ctx, () => expect.unreachable())
    expect(ctx.status).toBe(500)
    expect(JSON.parse(ctx.body as string)).toMatchObject({ code: 'internal-error' })
  })
})

function createContext(credentials?: string): Context {
  const request = new IncomingMessage(new Socket())
  request.method = 'GET'
  request.url = '/'
  if (credentials !== undefined) request.rawHeaders = ['Authorization', credentials]
  return new Koa3().createContext(request, new ServerResponse(request)) as Context
}
