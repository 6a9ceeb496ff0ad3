/** Narrows a route to principals with certain scopes. @module */
import type { Middleware } from 'koa'
import { admissions } from './admissions.ts'
import { refuse } from './refuse.ts'

/**
 * All of them, as exact strings, behind `countersign()`.
 * @throws TypeError for an empty list
 */
export function requireScopes(...scopes: readonly [string, ...string[]]): Middleware {
  const check = admissions.scopeCheck(scopes)
  return (ctx, next) => {
    const refusal = check(ctx)
    return refusal === undefined ? next() : refuse(ctx, refusal)
  }
}
