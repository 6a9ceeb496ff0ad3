import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Authenticator, Principal } from '@countersign/core'
import { describe, expect, it } from 'vitest'
import { createKeyService } from '../../../../tools/key-service.ts'
import { countersign, principalOf, requireScopes, tokenEndpoints } from '../fetch.ts'

const { authenticator, slow, authorization } = await createKeyService()

const request = (path = '/', init: RequestInit = { headers: authorization }) =>
  new Request(`https://api.example.test${path}`, init)

describe('countersign()', () => {
  it.each([
    ['at once', authenticator],
    ['later', slow],
  ])('hands on who was let in where the registry answers %s', async (_when, given) => {
    const handler = countersign(given)((_request, { partner }) => new Response(partner.id))
    expect(await (await handler(request())).text()).toBe('acme')
  })

  it('hands on what the runtime handed over, behind the principal', async () => {
    const handler = countersign(authenticator)((_request, { partner }, ...platform: [object, string]) =>
      Response.json([partner.id, ...platform]),
    )
    expect(await (await handler(request(), { a: 1 }, 'b')).json()).toEqual(['acme', { a: 1 }, 'b'])
  })

  it('answers a refusal itself, with all that belongs to it', async () => {
    const response = await countersign(slow)(() => expect.unreachable())(request('/', {}))
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

  it('refuses where an authenticator throws, or answers with something truthy', async () => {
    const answers = [
      () => {
        throw new Error('secret')
      },
      () => Promise.reject(new Error('secret')),
      () => ({ ok: 'yes', principal: {} }) as never,
    ]
    for (const authenticate of answers) {
      const broken: Authenticator<'key'> = { ...authenticator, authenticate }
      const response = await countersign(broken)(() => expect.unreachable())(request())
      const text = await response.text()
      expect(JSON.parse(text)).toMatchObject({ code: 'internal-error', status: 500 })
      expect(text).not.toContain('secret')
    }
  })

  it('rejects with what the handler throws', async () => {
    const handler = countersign(authenticator)(() => {
      throw new Error('of the handler')
    })
    await expect(handler(request())).rejects.toThrow('of the handler')
  })

  it('lets go of the signal once the body of the response was read, or left', async () => {
    const { authenticator: own, authorization: headers } = await createKeyService()
    const signals: AbortSignal[] = []
    const handler = countersign(own)((_request, principal) => {
      signals.push(principal.signal)
      return new Response('body')
    })
    const read = await handler(request('/', { headers }))
    const left = await handler(request('/', { headers }))
    expect(await read.text()).toBe('body')
    await left.body?.cancel()
    await own.close()
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false])
  })

  it('gives its authenticator to the operator', () => {
    expect(countersign(authenticator).authenticator).toBe(authenticator)
  })

  it('throws for options that are wrong, and for what is no handler, when it is called', () => {
    expect(() => countersign({} as never)).toThrow(TypeError)
    expect(() => countersign(authenticator)(undefined as never)).toThrow(TypeError)
  })
})

describe('countersign.optional()', () => {
  it('hands on nobody for a request without credentials, and judges all others', async () => {
    const handler = countersign.optional(authenticator)((_request, who) => new Response(who?.partner.id ?? 'nobody'))
    expect(await (await handler(request('/', {}))).text()).toBe('nobody')
    expect(await (await handler(request())).text()).toBe('acme')
    expect((await handler(request('/', { headers: { authorization: 'Bearer other' } }))).status).toBe(401)
  })
})

describe('principalOf()', () => {
  it('finds the principal by the request alone, where a guard has run that promises it', async () => {
    const seen = request()
    expect(() => principalOf(seen, 'key')).toThrow('countersign() has not run')
    await countersign(authenticator)(() => new Response())(seen)
    expect(principalOf(seen, 'key').partner.id).toBe('acme')
    expect(() => principalOf(seen)).toThrow('does not promise')
  })
})

describe('requireScopes()', () => {
  it('lets through who has all of them', async () => {
    const guard = countersign(authenticator)
    const answer = (_request: Request, { partner }: Principal) => new Response(partner.id)
    expect(await (await guard(requireScopes('orders:read')(answer))(request())).text()).toBe('acme')
    const refused = await guard(requireScopes('orders:write')(answer))(request())
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'scope-insufficient' }])
  })

  it('answers 500 where no guard has run, and throws for an empty list', async () => {
    expect((await requireScopes('orders:read')(() => expect.unreachable())(request())).status).toBe(500)
    expect(() => (requireScopes as () => unknown)()).toThrow(TypeError)
  })
})

describe('tokenEndpoints()', () => {
  it('answers the paths of the issuer, and leaves all others to the handler', async () => {
    const issuer = {
      handles: ({ target }: { target: string }) => target.endsWith('/token'),
      respond: async (_exchange: unknown, body: Readable) => ({
        status: 200,
        headers: {},
        body: `<${await text(body)}>`,
      }),
    } as never
    const handler = tokenEndpoints(issuer)(() => new Response('of the API'))
    expect(await (await handler(request('/orders', {}))).text()).toBe('of the API')
    expect(await (await handler(request('/token', { method: 'POST', body: 'a=b' }))).text()).toBe('<a=b>')
  })
})
