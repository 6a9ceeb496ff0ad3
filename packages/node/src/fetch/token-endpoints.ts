/** The endpoints of a token issuer: token, metadata, keys. @module */
import { fetchExchange, fetchRefusal } from '@countersign/core'
import type { TokenIssuer } from '@countersign/core/tokens'
import type { FetchHandler } from './handler.ts'

/** Answers the three paths of the issuer and leaves all others to the handler. */
export type TokenEndpoints = <Platform extends unknown[]>(handler: FetchHandler<Platform>) => FetchHandler<Platform>

/** `serve(tokenEndpoints(issuer)(handler))` */
export function tokenEndpoints(issuer: TokenIssuer): TokenEndpoints {
  return (handler) =>
    async (request, ...platform) => {
      const exchange = fetchExchange(request, platform[0])
      if (!issuer.handles(exchange)) return handler(request, ...platform)
      return fetchRefusal(await issuer.respond(exchange, request.body), platform[0])
    }
}
