import type {
  Authenticator,
  CertificateOptions,
  KeyOptions,
  Principal,
  PrincipalCertificate,
  PrincipalKey,
} from '@countersign/core'
import { createAuthenticator } from '@countersign/core'
import { type Context, Hono } from 'hono'
import { hc } from 'hono/client'
import { every } from 'hono/combine'
import { createFactory, createMiddleware } from 'hono/factory'
import { describe, expectTypeOf, it } from 'vitest'
import {
  type CountersignVariables,
  countersign,
  type HonoGuard,
  type OptionalCountersignVariables,
  requireScopes,
} from '../src/index.ts'

declare const options: { certificate: CertificateOptions; key: KeyOptions }

describe('countersign()', () => {
  it('types the variables where use is chained', () => {
    new Hono().use(countersign(options)).get('/', (c) => {
      expectTypeOf(c.var.principal).toEqualTypeOf<Principal<'certificate+key'>>()
      expectTypeOf(c.var.principal.certificate).toEqualTypeOf<PrincipalCertificate>()
      expectTypeOf(c.get('principal').key).toEqualTypeOf<PrincipalKey>()
      return c.text('')
    })
    new Hono().use('/v1/*', countersign({ ...options, require: 'key' })).get('/v1/x', (c) => {
      expectTypeOf(c.var.principal.certificate).toEqualTypeOf<PrincipalCertificate | undefined>()
      return c.text('')
    })
  })

  it('types the variables of a route of its own', () => {
    const app = new Hono()
    app.get('/orders/:id', countersign(options), requireScopes('a'), (c) => {
      expectTypeOf(c.var.principal).toEqualTypeOf<Principal<'certificate+key'>>()
      expectTypeOf(c.req.param('id')).toEqualTypeOf<string>()
      return c.text('')
    })
    app.on('PURGE', '/cache', countersign.optional(options), (c) => {
      expectTypeOf(c.var.principal).toEqualTypeOf<Principal<'certificate+key'> | undefined>()
      return c.text('')
    })
  })

  it('fits an application whose variables were declared, where use stands alone', () => {
    const app = new Hono<{ Variables: CountersignVariables & { request: number } }>()
    app.use(countersign(options))
    app.use('/v1/*', requireScopes('a'))
    app.get('/', (c) => {
      expectTypeOf(c.var.principal).toEqualTypeOf<Principal<'certificate+key'>>()
      expectTypeOf(c.var.request).toEqualTypeOf<number>()
      return c.text('')
    })
    const weak = new Hono<{ Variables: CountersignVariables<'certificate-or-key'> }>()
    weak.use(countersign({ ...options, require: 'certificate-or-key' }))
    const perhaps = new Hono<{ Variables: OptionalCountersignVariables }>()
    perhaps.use(countersign.optional(options))
    perhaps.get('/', (c) => {
      expectTypeOf(c.var.principal).toEqualTypeOf<Principal<'certificate+key'> | undefined>()
      return c.text('')
    })
  })

  it('fits whatever bindings an application has', () => {
    const app = new Hono<{ Bindings: { DATABASE: string }; Variables: CountersignVariables }>()
    app.use(countersign(options)).get('/', (c) => {
      expectTypeOf(c.env.DATABASE).toEqualTypeOf<string>()
      return c.text('')
    })
  })

  it('goes through routers that are mounted, and into the client of an RPC', () => {
    const orders = new Hono<{ Variables: CountersignVariables }>().get('/:id', requireScopes('a'), (c) => {
      expectTypeOf(c.var.principal.partner.id).toEqualTypeOf<string>()
      return c.json({ id: c.req.param('id') })
    })
    const app = new Hono().use(countersign(options)).route('/orders', orders)
    const client = hc<typeof app>('https://api.example.test')
    expectTypeOf(client.orders[':id'].$get).toBeCallableWith({ param: { id: '1' } })
    expectTypeOf<
      Awaited<ReturnType<Awaited<ReturnType<(typeof client.orders)[':id']['$get']>>['json']>>
    >().toEqualTypeOf<{
      id: string
    }>()
  })

  it('is known to middleware made with createMiddleware and createFactory', () => {
    const byPartner = createMiddleware<{ Variables: CountersignVariables }>(async (c, next) => {
      expectTypeOf(c.var.principal.partner.id).toEqualTypeOf<string>()
      await next()
    })
    new Hono().use(countersign(options), byPartner)
    new Hono().get('/', countersign(options), byPartner, (c) => c.text(c.var.principal.partner.id))
    const factory = createFactory<{ Variables: CountersignVariables }>()
    const handlers = factory.createHandlers(countersign(options), requireScopes('a'), (c) => {
      expectTypeOf(c.var.principal).toEqualTypeOf<Principal<'certificate+key'>>()
      return c.text('')
    })
    factory.createApp().get('/', ...handlers)
    new Hono().use(every(countersign(options), requireScopes('a')))
  })

  it('knows its authenticator by what it demands', () => {
    const shared = createAuthenticator({ ...options, require: 'key' })
    expectTypeOf(countersign(shared).authenticator).toEqualTypeOf<Authenticator<'key'>>()
    expectTypeOf(countersign.optional(shared)).toEqualTypeOf<HonoGuard<'key', OptionalCountersignVariables<'key'>>>()
  })

  it('gives onRefused the problem and the context', () => {
    countersign(options, {
      onRefused: (problem, c) => {
        expectTypeOf(problem.status).toEqualTypeOf<number>()
        expectTypeOf(c).toEqualTypeOf<Context>()
        return undefined
      },
    })
  })
})

describe('requireScopes()', () => {
  it('takes one scope at least', () => {
    // @ts-expect-error an empty list would let everybody through
    requireScopes()
    expectTypeOf(requireScopes).toBeCallableWith('a', 'b')
  })
})
