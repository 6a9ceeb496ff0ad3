/** The endpoints of a token issuer: token, metadata, keys. @module */
import { nodeExchange } from '@countersign/core'
import type { TokenIssuer } from '@countersign/core/tokens'
import type { Plugin } from './fastify-types.ts'
import { refuse } from './refuse.ts'
import { toPlugin } from './to-plugin.ts'

/** Answers the three paths of the issuer and leaves all others alone. Registered in front of guards: hooks run in this order. */
export function tokenEndpoints(issuer: TokenIssuer): Plugin {
  return toPlugin('countersign-token-endpoints', (request, reply, done) => {
    const exchange = nodeExchange(request.raw, request.originalUrl, reply.raw)
    if (!issuer.handles(exchange)) return done()
    void issuer.respond(exchange, request.raw).then((answer) => refuse(request, reply, answer))
  })
}
