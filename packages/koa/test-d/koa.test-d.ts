import { createServer } from 'node:http'
import type {
  Authenticator,
  CertificateOptions,
  KeyOptions,
  Principal,
  PrincipalCertificate,
  PrincipalKey,
} from '@countersign/core'
import { createAuthenticator } from '@countersign/core'
import Koa, { type Context } from 'koa'
import Koa2 from 'koa-2'
import { describe, expectTypeOf, it } from 'vitest'
import {
  authenticateUpgrade,
  type CountersignState,
  countersign,
  type OptionalCountersignState,
  requireScopes,
} from '../src/index.ts'

declare const options: { certificate: CertificateOptions; key: KeyOptions }

describe('countersign()', () => {
  it('types the state where use is chained, on Koa 3', () => {
    new Koa<object>().use(countersign(options)).use((ctx) => {
      expectTypeOf(ctx.state.principal).toEqualTypeOf<Principal<'certificate+key'>>()
      expectTypeOf(ctx.state.principal.certificate).toEqualTypeOf<PrincipalCertificate>()
      expectTypeOf(ctx.state.principal.key).toEqualTypeOf<PrincipalKey>()
    })
    new Koa<object>().use(countersign({ ...options, require: 'certificate' })).use((ctx) => {
      expectTypeOf(ctx.state.principal.key).toEqualTypeOf<PrincipalKey | undefined>()
    })
    new Koa<object>().use(countersign.optional(options)).use((ctx) => {
      expectTypeOf(ctx.state.principal).toEqualTypeOf<Principal<'certificate+key'> | undefined>()
    })
  })

  it('types the state where use is chained, on Koa 2', () => {
    new Koa2<object>().use(countersign(options)).use((ctx) => {
      expectTypeOf(ctx.state.principal).toEqualTypeOf<Principal<'certificate+key'>>()
    })
    new Koa2<object>().use(countersign.optional(options)).use((ctx) => {
      expectTypeOf(ctx.state.principal).toEqualTypeOf<Principal<'certificate+key'> | undefined>()
    })
  })

  it('fits an application whose state was declared, and one without', () => {
    const declared = new Koa<CountersignState & { request: number }>()
    declared.use(countersign(options))
    declared.use(requireScopes('a'))
    declared.use((ctx) => {
      expectTypeOf(ctx.state.principal).toEqualTypeOf<Principal<'certificate+key'>>()
      expectTypeOf(ctx.state.request).toEqualTypeOf<number>()
    })
    const weak = new Koa<CountersignState<'certificate-or-key'>>()
    weak.use(countersign({ ...options, require: 'certificate-or-key' }))
    const perhaps = new Koa<OptionalCountersignState>()
    perhaps.use(countersign.optional(options))
    const plain = new Koa()
    plain.use(countersign(options))
    plain.use(requireScopes('a'))
    new Koa2().use(countersign(options)).use(requireScopes('a'))
  })

  it('knows its authenticator by what it demands', () => {
    const shared = createAuthenticator({ ...options, require: 'key' })
    expectTypeOf(countersign(shared).authenticator).toEqualTypeOf<Authenticator<'key'>>()
    expectTypeOf(countersign.optional(shared).authenticator).toEqualTypeOf<Authenticator<'key'>>()
  })

  it('gives onRefused the problem and the context', () => {
    countersign(options, {
      onRefused: (problem, ctx) => {
        expectTypeOf(problem.status).toEqualTypeOf<number>()
        expectTypeOf(ctx).toEqualTypeOf<Context>()
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

  it('leaves the state as it was', () => {
    new Koa<object>()
      .use(countersign(options))
      .use(requireScopes('a'))
      .use((ctx) => {
        expectTypeOf(ctx.state.principal).toEqualTypeOf<Principal<'certificate+key'>>()
      })
  })
})

describe('authenticateUpgrade()', () => {
  it('takes what a server emits, and knows what was demanded', () => {
    const { authenticator } = countersign(options)
    createServer().on('upgrade', async (request, socket) => {
      const principal = await authenticateUpgrade(request, socket, authenticator)
      expectTypeOf(principal).toEqualTypeOf<Principal<'certificate+key'> | undefined>()
    })
  })
})
