/** The endpoints of a token issuer: token, metadata, keys. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { nodeExchange, sendRefusal } from '@countersign/core'
import type { TokenIssuer } from '@countersign/core/tokens'
import type { Handler, NodeServerRequest, NodeServerResponse } from './handler.ts'

/** Answers the three paths of the issuer and leaves all others to the handler. */
export type TokenEndpoints = <
  Request extends NodeServerRequest = IncomingMessage,
  Response extends NodeServerResponse = ServerResponse,
>(
  handler: Handler<Request, Response>,
) => Handler<Request, Response>

/** `createServer(tokenEndpoints(issuer)(handler))` */
export function tokenEndpoints(issuer: TokenIssuer): TokenEndpoints {
  return (handler) => async (request, response) => {
    const exchange = nodeExchange(request, request.url, response)
    if (!issuer.handles(exchange)) return handler(request, response)
    return sendRefusal(request, response, await issuer.respond(exchange, request))
  }
}
