/** The endpoints of a token issuer: token, metadata, keys. @module */
import { fetchExchange } from '@countersign/core'
import type { TokenIssuer } from '@countersign/core/tokens'
import type { MiddlewareHandler } from 'hono'
import { refuse } from './refuse.ts'

/** Answers the three paths of the issuer and leaves all others alone. */
export function tokenEndpoints(issuer: TokenIssuer): MiddlewareHandler {
  return async (c, next) => {
    const exchange = fetchExchange(c.req.raw, c.env)
    if (!issuer.handles(exchange)) return next()
    return refuse(c, await issuer.respond(exchange, c.req.raw.body))
  }
}
