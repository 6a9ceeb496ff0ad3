import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type {
  Authenticator,
  CertificateOptions,
  KeyOptions,
  Principal,
  PrincipalCertificate,
  PrincipalKey,
} from '@countersign/core'
import { createAuthenticator } from '@countersign/core'
import { describe, expectTypeOf, it } from 'vitest'
import * as web from '../src/fetch.ts'
import {
  authenticateUpgrade,
  countersign,
  type NodeServerRequest,
  principalOf,
  requireScopes,
  tokenEndpoints,
} from '../src/index.ts'

declare const options: { certificate: CertificateOptions; key: KeyOptions }
declare const issuer: Parameters<typeof tokenEndpoints>[0]

describe('countersign()', () => {
  it('wraps handlers of all three servers, and hands on a principal typed by what it demands', () => {
    createServer(
      countersign(options)((request, response, principal) => {
        expectTypeOf(request).toEqualTypeOf<IncomingMessage>()
        expectTypeOf(principal).toEqualTypeOf<Principal<'certificate+key'>>()
        expectTypeOf(principal.certificate).toEqualTypeOf<PrincipalCertificate>()
        response.end(principal.key.id)
      }),
    )
    createHttpsServer(
      {},
      countersign({ ...options, require: 'certificate' })((_request, response, principal) => {
        expectTypeOf(response.setHeader).toBeFunction()
        expectTypeOf(principal.key).toEqualTypeOf<PrincipalKey | undefined>()
      }),
    )
    createSecureServer(
      {},
      countersign(options)((request: Http2ServerRequest, response: Http2ServerResponse, principal) => {
        expectTypeOf(principal).toEqualTypeOf<Principal<'certificate+key'>>()
        response.end(request.url)
      }),
    )
  })

  it('hands on perhaps nobody behind an optional guard', () => {
    const handler = countersign.optional(options)((_request, response, principal) => {
      expectTypeOf(principal).toEqualTypeOf<Principal<'certificate+key'> | undefined>()
      response.end()
    })
    expectTypeOf(handler).parameters.toEqualTypeOf<[request: IncomingMessage, response: ServerResponse]>()
  })

  it('goes round a handler that is narrowed, and inside the endpoints of an issuer', () => {
    const guard = countersign(options)
    createServer(
      guard(
        requireScopes(
          'a',
          'b',
        )((_request, response, principal: Principal) => {
          response.end(principal.partner.id)
        }),
      ),
    )
    createServer(tokenEndpoints(issuer)(guard((_request, response) => response.end())))
  })

  it('knows its authenticator by what it demands', () => {
    const shared = createAuthenticator({ ...options, require: 'key' })
    expectTypeOf(countersign(shared).authenticator).toEqualTypeOf<Authenticator<'key'>>()
    expectTypeOf(countersign.optional(shared).authenticator).toEqualTypeOf<Authenticator<'key'>>()
  })

  it('demands a word about revocation', () => {
    // @ts-expect-error revocation has no default
    countersign({ certificate: { anchors: 'PEM' }, key: options.key })
  })

  it('gives onRefused the problem and the request', () => {
    countersign(options, {
      onRefused: (problem, request) => {
        expectTypeOf(problem.code).toExtend<string>()
        expectTypeOf(request).toEqualTypeOf<NodeServerRequest>()
        return undefined
      },
    })
  })
})

describe('requireScopes()', () => {
  it('takes one scope at least', () => {
    // @ts-expect-error an empty list would let everybody through
    requireScopes()
    // @ts-expect-error an empty list would let everybody through
    web.requireScopes()
    expectTypeOf(requireScopes).toBeCallableWith('a', 'b')
  })
})

describe('principalOf()', () => {
  it('is typed by what was demanded, both by default', () => {
    createServer((request) => {
      expectTypeOf(principalOf(request)).toEqualTypeOf<Principal<'certificate+key'>>()
      expectTypeOf(principalOf(request, 'key').certificate).toEqualTypeOf<PrincipalCertificate | undefined>()
      expectTypeOf(principalOf.optional(request)).toEqualTypeOf<Principal<'certificate+key'> | undefined>()
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

describe('countersign() of the door fetch', () => {
  it('keeps what the runtime hands over, behind a principal typed by what it demands', () => {
    const guard = web.countersign(options)
    const plain = guard((request, principal) => {
      expectTypeOf(request).toEqualTypeOf<Request>()
      expectTypeOf(principal).toEqualTypeOf<Principal<'certificate+key'>>()
      return new Response()
    })
    expectTypeOf(plain).toBeCallableWith(new Request('https://api.example.test'))
    const worker = guard((_request, principal, env: { DATABASE: string }, _context: object) =>
      Response.json({ partner: principal.partner.id, database: env.DATABASE }),
    )
    expectTypeOf(worker).parameters.toEqualTypeOf<[Request, { DATABASE: string }, object]>()
    const narrowed = guard(
      web.requireScopes('a')((_request: Request, _principal: Principal, info: { remoteAddr: object }) =>
        Response.json(info.remoteAddr),
      ),
    )
    expectTypeOf(narrowed).parameters.toEqualTypeOf<[Request, { remoteAddr: object }]>()
  })
})
