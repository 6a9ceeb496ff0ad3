/** The endpoints of a token issuer: token, metadata, keys. @module */
import { nodeExchange, sendRefusal } from '@countersign/core'
import type { TokenIssuer } from '@countersign/core/tokens'
import type { Request } from 'express'
import type { Middleware } from './countersign.ts'

/** Answers the three paths of the issuer and leaves all others alone. Stands before body parsers, which would read the form away. */
export function tokenEndpoints(issuer: TokenIssuer): Middleware {
  return (request, response, next) => {
    const { originalUrl } = request as Partial<Request>
    const exchange = nodeExchange(request, originalUrl ?? request.url, response)
    if (!issuer.handles(exchange)) return next()
    void issuer.respond(exchange, request).then((answer) => sendRefusal(request, response, answer))
  }
}
