/** Narrows a route to principals with certain scopes. @module */
import { admissions } from './admissions.ts'
import type { Hook } from './fastify-types.ts'
import { refuse } from './refuse.ts'

/**
 * All of them, as exact strings, behind a guard: `{ onRequest: requireScopes('orders:write') }`.
 * @throws TypeError for an empty list
 */
export function requireScopes(...scopes: readonly [string, ...string[]]): Hook {
  const check = admissions.scopeCheck(scopes)
  return (request, reply, done) => {
    const refusal = check(request)
    if (refusal === undefined) done()
    else void refuse(request, reply, refusal)
  }
}
