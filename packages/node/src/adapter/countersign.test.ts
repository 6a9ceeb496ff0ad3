import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { createKeyService } from '../../../../tools/key-service.ts'
import { countersign, principalOf, requireScopes, tokenEndpoints } from '../index.ts'

const { authenticator, slow, authorization } = await createKeyService()

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function serve(listener: RequestListener): Promise<(path?: string, init?: RequestInit) => Promise<Response>> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  closers.push(() => server.close().closeAllConnections())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return (path = '/', init = {}) => fetch(`http://127.0.0.1:${port}${path}`, init)
}

describe('countersign()', () => {
  it.each([
    ['at once', authenticator],
    ['later', slow],
  ])('hands on who was let in where the registry answers %s', async (_when, given) => {
    const get = await serve(countersign(given)((_request, response, { partner }) => response.end(partner.id)))
    expect(await (await get('/', { headers: authorization })).text()).toBe('acme')
  })

  it('answers a refusal itself, with all that belongs to it', async () => {
    const get = await serve(countersign(slow)(() => expect.unreachable()))
    const response = await get()
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
    const guard = countersign(authenticator, {
      onRefused: ({ code }, { url }) => ({ body: `<${code} ${url}>`, contentType: 'text/x-problem' }),
    })
    const response = await (await serve(guard(() => expect.unreachable())))('/orders')
    expect([response.status, response.headers.get('content-type')]).toEqual([401, 'text/x-problem'])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.text()).toBe('<credentials-missing /orders>')
  })

  it('returns what the handler returns, and throws what it throws, in the same tick where the answer is at hand', async () => {
    const request = fakeRequest(authorization.authorization)
    const response = new ServerResponse(request)
    const fail = (): never => {
      throw new Error('of the handler')
    }
    expect(countersign(authenticator)(() => 'done')(request, response)).toBe('done')
    expect(() => countersign(authenticator)(fail)(request, response)).toThrow('of the handler')
    await expect(countersign(slow)(fail)(request, response)).rejects.toThrow('of the handler')
  })

  it('waits for an answer, whatever somebody put on Object.prototype', async () => {
    const request = fakeRequest()
    const response = new ServerResponse(request)
    let calls = 0
    Object.defineProperty(Object.prototype, 'ok', { value: true, configurable: true })
    try {
      countersign(slow)(() => calls++)(request, response)
      await expect.poll(() => response.statusCode).toBe(401)
    } finally {
      Reflect.deleteProperty(Object.prototype, 'ok')
    }
    expect(calls).toBe(0)
  })

  it('gives its authenticator to the operator', () => {
    expect(countersign(authenticator).authenticator).toBe(authenticator)
    expect(countersign.optional(authenticator).authenticator).toBe(authenticator)
  })

  it('throws for options that are wrong, and for what is no handler, when it is called', () => {
    expect(() => countersign({} as never)).toThrow(TypeError)
    expect(() => countersign.optional(undefined as never)).toThrow(TypeError)
    expect(() => countersign(authenticator)(undefined as never)).toThrow(TypeError)
  })
})

describe('principalOf()', () => {
  it('throws where no guard has run', () => {
    expect(() => principalOf(fakeRequest())).toThrow('countersign() has not run')
    expect(() => principalOf.optional(fakeRequest())).toThrow('countersign() has not run')
  })

  it('throws where the guard promises less than the handler relies on', () => {
    const request = fakeRequest(authorization.authorization)
    countersign(authenticator)(() => {})(request, new ServerResponse(request))
    expect(() => principalOf(request)).toThrow("require: 'key' here, which does not promise 'certificate+key'")
    expect(principalOf(request, 'key').key.id).toMatch(/^\w+$/)
  })

  it('tells nobody from somebody behind an optional guard', () => {
    const request = fakeRequest()
    countersign.optional(authenticator)((_request, _response, who) => expect(who).toBeUndefined())(
      request,
      new ServerResponse(request),
    )
    expect(principalOf.optional(request, 'key')).toBeUndefined()
    expect(() => principalOf(request, 'key')).toThrow('principalOf.optional()')
  })
})

describe('requireScopes()', () => {
  it('throws for an empty list, and for what cannot be a scope, when it is called', () => {
    expect(() => (requireScopes as () => unknown)()).toThrow(TypeError)
    expect(() => requireScopes('two scopes')).toThrow(TypeError)
  })

  it('hands on what it was handed, and refuses in the words of the guard that ran', async () => {
    const guard = countersign(authenticator, { onRefused: ({ code }) => ({ body: code, contentType: 'text/plain' }) })
    const read = guard(
      requireScopes('orders:read')((_request, response, { partner }: { partner: { id: string } }) =>
        response.end(partner.id),
      ),
    )
    const write = guard(requireScopes('orders:read', 'orders:write')(() => expect.unreachable()))
    const get = await serve((request, response) => (request.url === '/read' ? read : write)(request, response))
    expect(await (await get('/read', { headers: authorization })).text()).toBe('acme')
    const refused = await get('/write', { headers: authorization })
    expect([refused.status, await refused.text()]).toEqual([403, 'scope-insufficient'])
    expect(refused.headers.get('www-authenticate')).toContain('scope="orders:read orders:write"')
  })
})

describe('tokenEndpoints()', () => {
  it('answers the paths of the issuer, and leaves all others to the handler', async () => {
    const issuer = {
      handles: ({ target }: { target: string }) => target === '/token',
      respond: async (_exchange: unknown, body: Readable) => ({
        status: 200,
        headers: {},
        body: `<${await text(body)}>`,
      }),
    } as never
    const get = await serve(tokenEndpoints(issuer)((_request, response) => response.end('of the API')))
    expect(await (await get('/orders')).text()).toBe('of the API')
    expect(await (await get('/token', { method: 'POST', body: 'a=b' })).text()).toBe('<a=b>')
  })
})

function fakeRequest(credentials?: string): IncomingMessage {
  const rawHeaders = credentials === undefined ? [] : ['Authorization', credentials]
  return { method: 'GET', url: '/', rawHeaders, socket: {} as Socket } as IncomingMessage
}
