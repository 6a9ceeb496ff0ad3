/** Narrows a route to principals with certain scopes. @module */
import { sendRefusal } from '@countersign/core'
import type { Request } from 'express'
import { admissions } from './admissions.ts'
import type { Middleware } from './countersign.ts'

/**
 * All of them, as exact strings, behind `countersign()`.
 * @throws TypeError for an empty list
 */
export function requireScopes(...scopes: readonly [string, ...string[]]): Middleware {
  const check = admissions.scopeCheck(scopes)
  return (request, response, next) => {
    const refusal = check(request as Request)
    if (refusal === undefined) next()
    else void sendRefusal(request, response, refusal)
  }
}
