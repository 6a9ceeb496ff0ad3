import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type CertificateSource, tlsPeer } from '@countersign/core/sources'
import { createAdaptorServer } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { every } from 'hono/combine'
import { afterEach, describe, expect, it } from 'vitest'
import { createKeyService } from '../../../../tools/key-service.ts'
import { countersign, requireScopes } from '../index.ts'

const { authenticator, slow, key, authorization } = await createKeyService()

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** On Node, where the adapter sees the connection; `app.request()` shows it without one. */
async function serve(app: Hono): Promise<(path?: string, init?: RequestInit) => Promise<Response>> {
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false }).listen(0, '127.0.0.1')
  closers.push(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return (path = '/', init = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers: { connection: 'close', ...init.headers } })
}

describe('countersign() on Hono', () => {
  it.each([
    ['at once', authenticator],
    ['later', slow],
  ])('lets a good key through where the registry answers %s, on Node and without it', async (_when, given) => {
    const app = new Hono()
    app.use(countersign(given)).get('/', (c) => c.text(c.var.principal.partner.id))
    for (const request of [await serve(app as unknown as Hono), app.request]) {
      const response = await request('/', { headers: authorization })
      expect(await response.text()).toBe('acme')
    }
  })

  it('answers a refusal itself, where middleware outside can see it', async () => {
    const seen: unknown[] = []
    const app = new Hono()
    app.use(async (c, next) => {
      await next()
      seen.push(c.res.status)
    })
    app.use(countersign(slow))
    app.get('/', () => expect.unreachable())
    for (const request of [await serve(app), app.request]) {
      const response = await request('/')
      expect(response.status).toBe(401)
      const problem = (await response.json()) as { correlationId: string }
      expect(problem).toMatchObject({ code: 'credentials-missing', missing: ['key'] })
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'application/problem+json',
        'www-authenticate': 'Bearer realm="countersign"',
        'cache-control': 'no-store',
        'x-correlation-id': problem.correlationId,
      })
    }
    expect(seen).toEqual([401, 401])
  })

  it('answers HEAD with the fields of the refusal and no body', async () => {
    const app = new Hono()
    app.use(countersign(authenticator))
    app.get('/', (c) => c.text('reached'))
    for (const request of [await serve(app), app.request]) {
      const response = await request('/', { method: 'HEAD' })
      expect([response.status, await response.text()]).toEqual([401, ''])
      expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0)
    }
  })

  it('lets onRefused make the body from the problem and the context, and nothing else', async () => {
    const app = new Hono()
    const onRefused = ({ code }: { code: string }, c: Context) => ({
      body: `<${code} ${c.req.path}>`,
      contentType: 'text/x-problem',
    })
    app.use(countersign(authenticator, { onRefused }))
    const response = await app.request('/orders')
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toBe('text/x-problem')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).toBe('<credentials-missing /orders>')
  })

  it('sees a key in the URL, on Node and without it', async () => {
    const app = new Hono()
    app.use(countersign(authenticator))
    for (const request of [await serve(app), app.request]) {
      const response = await request(`/orders?key=${key}`, { headers: authorization })
      expect(await response.json()).toMatchObject({ code: 'credentials-in-url' })
    }
  })

  it('leaves errors of later handlers to onError, and does not ask again', async () => {
    const { authenticator: watched, slow: watchedSlow, authorization: another } = await createKeyService()
    for (const given of [watched, watchedSlow]) {
      let decided = 0
      given.on('accepted', () => decided++)
      const app = new Hono()
      app.use(countersign(given))
      app.get('/', () => {
        throw new Error('of the handler')
      })
      app.onError((error, c) => c.text(error.message, 500))
      const response = await app.request('/', { headers: another })
      expect([response.status, await response.text(), decided]).toEqual([500, 'of the handler', 1])
    }
  })

  it('ends a refusal before a long body has come, with status for middleware outside', async () => {
    const seen: unknown[] = []
    const app = new Hono()
    app.use(async (c, next) => {
      await next()
      seen.push(c.res.status)
    })
    app.use(countersign(authenticator))
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) })
    const init = { method: 'POST', body: endless, duplex: 'half' }
    const response = await (await serve(app))('/', init as RequestInit)
    expect([response.status, response.headers.get('connection'), ...seen]).toEqual([401, 'close', 401])
    expect(await response.json()).toMatchObject({ code: 'credentials-missing' })
  })

  it('takes away a principal that somebody put there before it has decided', async () => {
    const app = new Hono<{ Variables: { principal: unknown } }>()
    const seen: unknown[] = []
    app.use(async (c, next) => {
      c.set('principal', { partner: { id: 'forged' } })
      await next()
      seen.push(c.var.principal)
    })
    app.get('/strict', countersign(slow))
    app.get('/optional', countersign.optional(slow), (c) => c.text(String(c.var.principal)))
    expect((await app.request('/strict')).status).toBe(401)
    expect(await (await app.request('/optional')).text()).toBe('undefined')
    expect(seen).toEqual([undefined, undefined])
  })

  it('works in every() of hono/combine', async () => {
    const app = new Hono()
    app.use(every(countersign(authenticator), requireScopes('orders:read')))
    app.get('/', (c) => c.text('reached'))
    expect((await app.request('/')).status).toBe(401)
    expect(await (await app.request('/', { headers: authorization })).text()).toBe('reached')
  })

  it('calls next in the same tick where the answer is at hand', async () => {
    let order = ''
    const app = new Hono()
    app.use((c, next) => {
      const done = countersign(authenticator)(c as never, () => {
        order += 'next '
        return next()
      })
      order += 'returned'
      return done
    })
    await app.request('/', { headers: authorization })
    expect(order).toBe('next returned')
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

describe('without a connection', () => {
  it.each([
    ['nothing', undefined],
    ['bindings of another runtime', { incoming: 'a namespace', outgoing: {} }],
    ['something that only looks like a request', { incoming: { rawHeaders: [] } }],
  ])('an environment that holds %s makes a refusal, not an error', async (_what, env) => {
    const overTls = await createKeyService(tlsPeer())
    const app = new Hono()
    app.use(countersign(overTls.authenticator))
    app.get('/', () => expect.unreachable())
    const response = await app.request('https://api.example.test/', { headers: overTls.authorization }, env)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'insecure-transport' })
  })

  it('lets go of a signal when the response has been read, was left, or broke', async () => {
    const { authenticator: given, authorization: another } = await createKeyService()
    const live = () => given.health().liveStreams
    const app = new Hono()
    app.use(countersign(given))
    app.use((c, next) => {
      expect(c.get('principal' as never)).toHaveProperty('signal.aborted', false)
      return next()
    })
    app.get('/text', (c) => c.text('whole'))
    app.get('/empty', (c) => c.body(null, 204))
    app.get('/throws', () => {
      throw new Error('of the handler')
    })
    app.get('/endless', (c) => c.body(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(10)) })))
    app.get('/broken', (c) => c.body(new ReadableStream({ pull: (to) => to.error(new Error('of the stream')) })))
    app.onError((error, c) => c.text(error.message, 500))
    const get = async (path: string) => app.request(path, { headers: another })

    const whole = await get('/text')
    expect(live()).toBe(1)
    expect([whole.headers.get('content-type'), await whole.text()]).toEqual(['text/plain;charset=UTF-8', 'whole'])
    expect(live()).toBe(0)
    expect((await get('/empty')).status).toBe(204)
    expect(live()).toBe(0)
    expect(await (await get('/throws')).text()).toBe('of the handler')
    expect(live()).toBe(0)
    const endless = await get('/endless')
    expect(live()).toBe(1)
    await endless.body?.cancel()
    expect(live()).toBe(0)
    await expect((await get('/broken')).text()).rejects.toThrow('of the stream')
    expect(live()).toBe(0)
  })

  it('hands the request of the platform to a source that reads it', async () => {
    const seen: unknown[] = []
    const source: CertificateSource = {
      name: 'workers',
      secure: () => true,
      read: ({ platform }) => {
        seen.push((platform as { cf?: unknown }).cf)
        return undefined
      },
    }
    const app = new Hono()
    app.use(countersign((await createKeyService(source)).authenticator))
    await app.request(Object.assign(new Request('https://api.example.test/'), { cf: 'of the platform' }))
    expect(seen).toEqual(['of the platform'])
  })
})

describe('requireScopes()', () => {
  it('throws for an empty list, and for what cannot be a scope, when it is called', () => {
    expect(() => (requireScopes as () => unknown)()).toThrow(TypeError)
    expect(() => requireScopes('two scopes')).toThrow(TypeError)
  })

  it('refuses in the words of the guard that ran', async () => {
    const app = new Hono()
    app.use(countersign(authenticator, { onRefused: ({ code }) => ({ body: code, contentType: 'text/plain' }) }))
    app.get('/read', requireScopes('orders:read'), (c) => c.text('read'))
    app.get('/write', requireScopes('orders:write'), () => expect.unreachable())
    expect(await (await app.request('/read', { headers: authorization })).text()).toBe('read')
    const refused = await app.request('/write', { headers: authorization })
    expect([refused.status, await refused.text()]).toEqual([403, 'scope-insufficient'])
    expect(refused.headers.get('www-authenticate')).toContain('scope="orders:write"')
  })

  it('does not believe the variable', async () => {
    const app = new Hono<{ Variables: { principal: unknown } }>()
    app.use((c, next) => {
      c.set('principal', { partner: { id: 'forged' }, scopes: new Set(['orders:write']) })
      return next()
    })
    app.get('/', requireScopes('orders:write'), () => expect.unreachable())
    const response = await app.request('/')
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ code: 'internal-error' })
  })
})
