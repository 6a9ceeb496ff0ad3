/** The endpoints of a token issuer: token, metadata, keys. @module */
import { nodeExchange } from '@countersign/core'
import type { TokenIssuer } from '@countersign/core/tokens'
import type { Middleware } from 'koa'
import { refuse } from './refuse.ts'

/** Answers the three paths of the issuer and leaves all others alone. Stands before body parsers, which would read the form away. */
export function tokenEndpoints(issuer: TokenIssuer): Middleware {
  return async (ctx, next) => {
    const exchange = nodeExchange(ctx.req, ctx.originalUrl, ctx.res)
    if (!issuer.handles(exchange)) return next()
    return refuse(ctx, await issuer.respond(exchange, ctx.req))
  }
}
