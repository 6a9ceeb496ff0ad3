import { createServer as createHttpServer } from 'node:http'
import type {
  Authenticator,
  CertificateOptions,
  KeyOptions,
  Principal,
  PrincipalCertificate,
  PrincipalKey,
} from '@countersign/core'
import { createAuthenticator } from '@countersign/core'
import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import express5 from 'express'
import express4, { type RequestHandler as RequestHandler4 } from 'express-4'
import { describe, expectTypeOf, it } from 'vitest'
import {
  authenticateUpgrade,
  countersign,
  type ExpressGuard,
  type PrincipalOf,
  principalOf,
  requireScopes,
} from '../src/index.ts'

declare const options: { certificate: CertificateOptions; key: KeyOptions }
declare const onError: ErrorRequestHandler

describe('countersign()', () => {
  it('is a handler for the types of Express 5', () => {
    const app = express5()
    const guard = countersign(options)
    app.use(guard)
    app.use('/v1', guard, requireScopes('a'))
    app.get('/orders/:id', guard, requireScopes('a', 'b'), (req) => {
      expectTypeOf(req.params).toEqualTypeOf<{ id: string }>()
    })
    app.all('/', [guard, requireScopes('a')], guard)
    app
      .route('/books')
      .all(guard)
      .get(guard, (_req, res) => void res.send(''))
    express5.Router().use(guard)
    express5.Router({ mergeParams: true }).get('/:id', guard)
    app.use(onError)
    expectTypeOf(guard).toExtend<RequestHandler>()
    expectTypeOf(requireScopes('a')).toExtend<RequestHandler>()
  })

  it('is a handler for the types of Express 4', () => {
    const app = express4()
    const guard = countersign(options)
    app.use(guard)
    app.use('/v1', guard, requireScopes('a'))
    app.get('/orders/:id', guard, requireScopes('a', 'b'), (req) => {
      expectTypeOf(req.params).toEqualTypeOf<{ id: string }>()
    })
    app.all('/', [guard, requireScopes('a')], guard)
    app
      .route('/books')
      .all(guard)
      .get(guard, (_req, res) => void res.send(''))
    express4.Router().use(guard)
    expectTypeOf(guard).toExtend<RequestHandler4>()
    expectTypeOf(requireScopes('a')).toExtend<RequestHandler4>()
  })

  it('knows its authenticator by what it demands', () => {
    expectTypeOf(countersign(options)).toEqualTypeOf<ExpressGuard<'certificate+key'>>()
    expectTypeOf(countersign({ ...options, require: 'key' }).authenticator).toEqualTypeOf<Authenticator<'key'>>()
    const shared = createAuthenticator({ ...options, require: 'certificate' })
    expectTypeOf(countersign(shared)).toEqualTypeOf<ExpressGuard<'certificate'>>()
    expectTypeOf(countersign.optional(shared)).toEqualTypeOf<ExpressGuard<'certificate'>>()
  })

  it('demands a word about revocation', () => {
    // @ts-expect-error revocation has no default
    countersign({ certificate: { anchors: 'PEM' }, key: options.key })
    countersign({ certificate: { anchors: 'PEM', revocation: 'unchecked' }, key: options.key })
  })

  it('gives onRefused the problem and the request', () => {
    countersign(options, {
      onRefused: (problem, req) => {
        expectTypeOf(problem.code).toExtend<string>()
        expectTypeOf(req).toEqualTypeOf<Request>()
        return { body: '', contentType: 'text/plain' }
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
    express5().get('/', (req) => {
      expectTypeOf(principalOf(req)).toEqualTypeOf<Principal<'certificate+key'>>()
      expectTypeOf(principalOf(req).certificate).toEqualTypeOf<PrincipalCertificate>()
      expectTypeOf(principalOf(req).key).toEqualTypeOf<PrincipalKey>()
      expectTypeOf(principalOf(req, 'key').certificate).toEqualTypeOf<PrincipalCertificate | undefined>()
      expectTypeOf(principalOf(req, 'certificate').key).toEqualTypeOf<PrincipalKey | undefined>()
      expectTypeOf(principalOf(req, 'certificate-or-key').key).toEqualTypeOf<PrincipalKey | undefined>()
    })
    express4().get('/', (req) => {
      expectTypeOf(principalOf(req)).toEqualTypeOf<Principal<'certificate+key'>>()
    })
    expectTypeOf(principalOf).toEqualTypeOf<PrincipalOf>()
  })

  it('is perhaps nobody behind an optional guard', () => {
    express5().get('/', (req) => {
      expectTypeOf(principalOf.optional(req)).toEqualTypeOf<Principal<'certificate+key'> | undefined>()
      expectTypeOf(principalOf.optional(req, 'key')).toEqualTypeOf<Principal<'key'> | undefined>()
    })
  })

  it('is read-only', () => {
    express5().get('/', (req) => {
      // @ts-expect-error a principal says who was let in, and nobody else may
      principalOf(req).partner = { id: 'other', metadata: {} }
      // @ts-expect-error scopes are granted by the registry
      principalOf(req).scopes.add('admin')
    })
  })
})

describe('authenticateUpgrade()', () => {
  it('takes what a server emits, and knows what was demanded', () => {
    const { authenticator } = countersign({ ...options, require: 'certificate' })
    createHttpServer().on('upgrade', async (request, socket) => {
      const principal = await authenticateUpgrade(request, socket, authenticator)
      expectTypeOf(principal).toEqualTypeOf<Principal<'certificate'> | undefined>()
    })
  })
})
