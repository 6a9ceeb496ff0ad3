/** Narrows a handler to principals with certain scopes. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendRefusal } from '@countersign/core'
import { admissions } from './admissions.ts'
import type { Handler, NodeServerRequest, NodeServerResponse } from './handler.ts'

/** A handler that runs only for whoever has them; it is handed what it would have been handed. */
export type ScopeGuard = <
  Extra extends unknown[],
  Request extends NodeServerRequest = IncomingMessage,
  Response extends NodeServerResponse = ServerResponse,
>(
  handler: Handler<Request, Response, Extra>,
) => Handler<Request, Response, Extra>

/**
 * All of them, as exact strings, inside a handler that a guard wraps: `guard(requireScopes('orders:write')(handler))`.
 * @throws TypeError for an empty list
 */
export function requireScopes(...scopes: readonly [string, ...string[]]): ScopeGuard {
  const check = admissions.scopeCheck(scopes)
  return (handler) =>
    (request, response, ...extra) => {
      const refusal = check(request)
      return refusal === undefined ? handler(request, response, ...extra) : sendRefusal(request, response, refusal)
    }
}
