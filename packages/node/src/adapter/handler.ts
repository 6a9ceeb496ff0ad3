/** What `createServer` of `node:http`, `node:https` and `node:http2` calls. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

export type NodeServerRequest = IncomingMessage | Http2ServerRequest

export type NodeServerResponse = ServerResponse | Http2ServerResponse

/** @typeParam Extra what is handed on behind request and response: the principal */
export type Handler<
  Request extends NodeServerRequest,
  Response extends NodeServerResponse,
  Extra extends unknown[] = [],
> = (request: Request, response: Response, ...extra: Extra) => unknown
