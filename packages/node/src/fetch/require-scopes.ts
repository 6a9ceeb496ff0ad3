/** Narrows a handler to principals with certain scopes. @module */
import { fetchRefusal } from '@countersign/core'
import { admissions } from './admissions.ts'

/** A handler that runs only for whoever has them; it is handed what it would have been handed. */
export type ScopeGuard = <Rest extends unknown[]>(
  handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
) => (request: Request, ...rest: Rest) => Response | Promise<Response>

/**
 * All of them, as exact strings, inside a handler that a guard wraps: `guard(requireScopes('orders:write')(handler))`.
 * @throws TypeError for an empty list
 */
export function requireScopes(...scopes: readonly [string, ...string[]]): ScopeGuard {
  const check = admissions.scopeCheck(scopes)
  return (handler) =>
    (request, ...rest) => {
      const refusal = check(request)
      // Behind a guard the principal comes first, and then what the runtime handed over.
      return refusal === undefined ? handler(request, ...rest) : fetchRefusal(refusal, rest[1] ?? rest[0])
    }
}
