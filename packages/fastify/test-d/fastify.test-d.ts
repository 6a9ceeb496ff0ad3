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
import fastify, { type FastifyRequest } from 'fastify'
import { describe, expectTypeOf, it } from 'vitest'
import { authenticateUpgrade, countersign, type FastifyGuard, principalOf, requireScopes } from '../src/index.ts'

declare const options: { certificate: CertificateOptions; key: KeyOptions }
declare const cert: string

describe('countersign()', () => {
  it('is a plugin, and a hook, for servers of all kinds', () => {
    const guard = countersign(options)
    const app = fastify()
    app.register(guard)
    app.register(async (inside) => void inside.register(guard), { prefix: '/v1' })
    app.get('/orders/:id', { onRequest: guard.onRequest }, () => '')
    app.get<{ Params: { id: string } }>(
      '/books/:id',
      { onRequest: [guard.onRequest, requireScopes('a')] },
      (request) => {
        expectTypeOf(request.params.id).toEqualTypeOf<string>()
        return principalOf(request).partner.id
      },
    )
    app.route({ method: 'GET', url: '/', preHandler: guard.onRequest, handler: () => '' })
    app.addHook('onRequest', guard.onRequest)
    const https = fastify({ https: { cert } })
    https.register(guard)
    https.get('/', { onRequest: guard.onRequest }, (request) => principalOf(request).partner.id)
    const http2 = fastify({ http2: true, https: { cert } })
    http2.register(guard)
    http2.get('/', { onRequest: [guard.onRequest, requireScopes('a')] }, (request) => principalOf(request).partner.id)
  })

  it('knows its authenticator by what it demands', () => {
    expectTypeOf(countersign(options)).toEqualTypeOf<FastifyGuard<'certificate+key'>>()
    expectTypeOf(countersign({ ...options, require: 'key' }).authenticator).toEqualTypeOf<Authenticator<'key'>>()
    const shared = createAuthenticator({ ...options, require: 'certificate' })
    expectTypeOf(countersign.optional(shared)).toEqualTypeOf<FastifyGuard<'certificate'>>()
  })

  it('demands a word about revocation', () => {
    // @ts-expect-error revocation has no default
    countersign({ certificate: { anchors: 'PEM' }, key: options.key })
  })

  it('gives onRefused the problem and the request', () => {
    countersign(options, {
      onRefused: (problem, request) => {
        expectTypeOf(problem.status).toEqualTypeOf<number>()
        expectTypeOf(request).toEqualTypeOf<FastifyRequest>()
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

describe('principalOf()', () => {
  it('is typed by what was demanded, both by default', () => {
    fastify().get('/', (request) => {
      expectTypeOf(principalOf(request)).toEqualTypeOf<Principal<'certificate+key'>>()
      expectTypeOf(principalOf(request).certificate).toEqualTypeOf<PrincipalCertificate>()
      expectTypeOf(principalOf(request, 'certificate').key).toEqualTypeOf<PrincipalKey | undefined>()
      expectTypeOf(principalOf.optional(request)).toEqualTypeOf<Principal<'certificate+key'> | undefined>()
    })
  })

  it('is read-only', () => {
    fastify().get('/', (request) => {
      // @ts-expect-error a principal says who was let in, and nobody else may
      principalOf(request).partner = { id: 'other', metadata: {} }
    })
  })
})

describe('authenticateUpgrade()', () => {
  it('takes what a server emits, and knows what was demanded', () => {
    const { authenticator } = countersign({ ...options, require: 'certificate' })
    createServer().on('upgrade', async (request, socket) => {
      const principal = await authenticateUpgrade(request, socket, authenticator)
      expectTypeOf(principal).toEqualTypeOf<Principal<'certificate'> | undefined>()
    })
  })
})
