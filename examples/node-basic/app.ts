/** An API for partners on plain Node. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authenticator, Principal } from '@countersign/core'
import { countersign, type Handler, requireScopes } from '@countersign/node'

type Open = Handler<IncomingMessage, ServerResponse>
type Guarded = Handler<IncomingMessage, ServerResponse, [principal: Principal<'certificate+key'>]>

export function createHandler(authenticator: Authenticator<'certificate+key'>): Open {
  // Without the guard: for everybody, over plain HTTP as well.
  const health: Open = (_request, response) => response.writeHead(authenticator.health().ready ? 204 : 503).end()

  // Who presents nothing is nobody; what is presented must be good.
  const prices = countersign.optional(authenticator)((_request, response, principal) => {
    json(response, { discount: principal?.partner.metadata.tier === 'gold' ? 10 : 0 })
  })

  const routes: Readonly<Record<string, Guarded>> = {
    'GET /orders': requireScopes('orders:read')((_request, response, { partner, certificate, key }) => {
      json(response, { partner: partner.id, certificate: certificate.subject, key: key.id })
    }),

    'POST /orders': requireScopes('orders:write')((_request, response) => response.writeHead(201).end()),

    // The signal aborts when the certificate or the key is revoked or ends.
    'GET /orders/feed': requireScopes('orders:read')((_request, response, { signal }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: open\n\n')
      signal.addEventListener('abort', () => response.end('data: revoked\n\n'))
    }),
  }

  // Everything else: also paths that do not exist.
  const guarded = countersign(authenticator)((request, response, principal) => {
    const route = routes[routeOf(request)]
    return route === undefined ? response.writeHead(404).end() : route(request, response, principal)
  })

  return (request, response) => {
    switch (routeOf(request)) {
      case 'GET /health':
        return health(request, response)
      case 'GET /prices':
        return prices(request, response)
      default:
        return guarded(request, response)
    }
  }
}

function routeOf({ method, url = '/' }: IncomingMessage): string {
  return `${method} ${url.split('?')[0]}`
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(value))
}
