import { once } from 'node:events'
import { createServer, type IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { ErrorRequestHandler, Express } from 'express'
import express5 from 'express'
import express4 from 'express-4'
import { afterEach, describe, expect, it } from 'vitest'
import { createKeyService } from '../../../../tools/key-service.ts'
import { countersign, principalOf, requireScopes } from '../index.ts'

const { authenticator, slow, key, authorization } = await createKeyService()

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(app: Express): Promise<(path?: string, init?: RequestInit) => Promise<Response>> {
  const server = createServer(app).listen(0, '127.0.0.1')
  closers.push(() => server.close().closeAllConnections())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return (path = '/', init = {}) => fetch(`http://127.0.0.1:${port}${path}`, init)
}

const versions = [
  { version: 5, express: express5 },
  { version: 4, express: express4 as unknown as typeof express5 },
]

describe.each(versions)('countersign() on Express $version', ({ express }) => {
  it.each([
    ['at once', authenticator],
    ['later', slow],
  ])('lets a good key through where the registry answers %s', async (_when, given) => {
    const app = express()
    app.use(countersign(given))
    app.get('/', (req, res) => void res.send(principalOf(req, 'key').partner.id))
    const response = await (await serve(app))('/', { headers: authorization })
    expect(await response.text()).toBe('acme')
  })

  it('answers a refusal itself, with all that belongs to it', async () => {
    const app = express()
    app.use(countersign(slow))
    app.use((() => expect.unreachable()) satisfies ErrorRequestHandler)
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

  it('lets onRefused make the body from the problem and the request, and nothing else', async () => {
    const app = express()
    app.use(
      countersign(authenticator, {
        onRefused: (problem, req) => ({ body: `<${problem.code} ${req.path}>`, contentType: 'text/x-problem' }),
      }),
    )
    const response = await (await serve(app))('/orders')
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toBe('text/x-problem')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).toBe('<credentials-missing /orders>')
  })

  it('sees a key in the part of the path that a mounted router cuts off', async () => {
    const app = express()
    app.use('/:tenant', countersign(authenticator))
    app.use((_req, res) => void res.send('reached'))
    const response = await (await serve(app))(`/${key}/orders`, { headers: authorization })
    expect(await response.json()).toMatchObject({ code: 'credentials-in-url' })
  })

  it('leaves errors of later handlers to the error handler, and does not ask again', async () => {
    const { authenticator: watched, slow: watchedSlow, authorization: another } = await createKeyService()
    for (const given of [watched, watchedSlow]) {
      let decided = 0
      let caught = 0
      given.on('accepted', () => decided++)
      const app = express()
      app.use(countersign(given))
      app.get('/', () => {
        throw new Error('of the handler')
      })
      app.use(((error, _req, res, _next) => {
        caught++
        res.status(500).send(error.message)
      }) satisfies ErrorRequestHandler)
      const response = await (await serve(app))('/', { headers: another })
      expect(await response.text()).toBe('of the handler')
      expect({ decided, caught }).toEqual({ decided: 1, caught: 1 })
    }
  })

  it('writes nothing where another middleware has answered', async () => {
    const app = express()
    app.use((_req, res, next) => {
      res.status(202).send('mine')
      next()
    })
    app.use(countersign(authenticator), countersign(authenticator))
    const response = await (await serve(app))()
    expect([response.status, await response.text()]).toEqual([202, 'mine'])
  })
})

describe('countersign()', () => {
  it('calls next in the same tick where the answer is at hand', () => {
    const calls: unknown[] = []
    const request = fakeRequest(authorization.authorization)
    countersign(authenticator)(request, new ServerResponse(request), (...args) => calls.push(args))
    expect(calls).toEqual([[]])
  })

  it('waits for an answer, whatever somebody put on Object.prototype', async () => {
    const request = fakeRequest()
    const response = new ServerResponse(request)
    let calls = 0
    Object.defineProperty(Object.prototype, 'ok', { value: true, configurable: true })
    try {
      countersign(slow)(request, response, () => calls++)
      await expect.poll(() => response.statusCode).toBe(401)
    } finally {
      Reflect.deleteProperty(Object.prototype, 'ok')
    }
    expect(calls).toBe(0)
  })

  it('gives its authenticator to the operator', async () => {
    const guard = countersign(authenticator)
    expect(guard.authenticator).toBe(authenticator)
    expect(countersign.optional(authenticator).authenticator).toBe(authenticator)
    expect(guard.authenticator.health().anchors).toHaveLength(1)
  })

  it('throws for options that are wrong, when it is called', () => {
    expect(() => countersign({} as never)).toThrow(TypeError)
    expect(() => countersign.optional(undefined as never)).toThrow(TypeError)
  })
})

describe('principalOf()', () => {
  it('throws where no guard has run', () => {
    expect(() => principalOf(fakeRequest())).toThrow('countersign() has not run')
    expect(() => principalOf.optional(fakeRequest())).toThrow('countersign() has not run')
  })

  it('throws where the guard promises less than the handler relies on', () => {
    const request = guarded(fakeRequest(authorization.authorization))
    expect(() => principalOf(request)).toThrow("require: 'key' here, which does not promise 'certificate+key'")
    expect(principalOf(request, 'key').key.id).toMatch(/^\w+$/)
    expect(principalOf(request, 'certificate-or-key').partner.id).toBe('acme')
  })

  it('tells nobody from somebody behind an optional guard', () => {
    const anybody = fakeRequest()
    countersign.optional(authenticator)(anybody, new ServerResponse(anybody), () => {})
    expect(principalOf.optional(anybody, 'key')).toBeUndefined()
    expect(() => principalOf(anybody, 'key')).toThrow('principalOf.optional()')
    const somebody = guarded(fakeRequest(authorization.authorization))
    expect(principalOf.optional(somebody, 'key')?.partner.id).toBe('acme')
  })

  it('forgets what an earlier guard said as soon as the next one runs', () => {
    const request = guarded(fakeRequest(authorization.authorization))
    countersign(slow)(request, new ServerResponse(request), () => {})
    expect(() => principalOf(request, 'key')).toThrow('countersign() has not run')
  })

  function guarded(request: IncomingMessage): IncomingMessage {
    countersign(authenticator)(request, new ServerResponse(request), () => {})
    return request
  }
})

describe('requireScopes()', () => {
  it('throws for an empty list, and for what cannot be a scope, when it is called', () => {
    expect(() => (requireScopes as () => unknown)()).toThrow(TypeError)
    expect(() => requireScopes('two scopes')).toThrow(TypeError)
  })

  it('refuses in the words of the guard that ran', async () => {
    const app = express5()
    app.use(countersign(authenticator, { onRefused: ({ code }) => ({ body: code, contentType: 'text/plain' }) }))
    app.get('/read', requireScopes('orders:read'), (_req, res) => void res.send('read'))
    app.get('/write', requireScopes('orders:read', 'orders:write'), (_req, res) => void res.send('written'))
    const get = await serve(app)
    expect(await (await get('/read', { headers: authorization })).text()).toBe('read')
    const refused = await get('/write', { headers: authorization })
    expect([refused.status, await refused.text()]).toEqual([403, 'scope-insufficient'])
    expect(refused.headers.get('www-authenticate')).toContain('scope="orders:read orders:write"')
  })
})

function fakeRequest(credentials?: string): IncomingMessage {
  const rawHeaders = credentials === undefined ? [] : ['Authorization', credentials]
  return { method: 'GET', url: '/', rawHeaders, socket: {} as Socket } as IncomingMessage
}
