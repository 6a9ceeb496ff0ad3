/** Narrows a route to principals with certain scopes. @module */
import type { MiddlewareHandler } from 'hono'
import { admissions } from './admissions.ts'
import { refuse } from './refuse.ts'

/**
 * All of them, as exact strings, behind `countersign()`.
 * @throws TypeError for an empty list
 */
export function requireScopes(...scopes: readonly [string, ...string[]]): MiddlewareHandler {
  const check = admissions.scopeCheck(scopes)
  return (c, next) => {
    const refusal = check(c)
    return refusal === undefined ? next() : refuse(c, refusal)
  }
}
