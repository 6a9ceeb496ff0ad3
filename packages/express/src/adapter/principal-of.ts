/** The principal of a request, typed by what its guard demands. @module */
import type { IncomingMessage } from 'node:http'
import type { Principal, Require } from '@countersign/core'
import type { Request } from 'express'
import { admissions } from './admissions.ts'

export interface PrincipalOf {
  /**
   * @param require the word that `countersign()` was given, or a weaker one; default `'certificate+key'`
   * @throws TypeError if no `countersign()` ran before, if it promises less, or if it was optional and nobody was there
   */
  <const R extends Require = 'certificate+key'>(request: IncomingMessage, require?: R): Principal<R>
  /** Behind `countersign.optional()`: `undefined` for a request without credentials. */
  optional<const R extends Require = 'certificate+key'>(request: IncomingMessage, require?: R): Principal<R> | undefined
}

export const principalOf: PrincipalOf = Object.assign(present, { optional: perhaps })

function present<const R extends Require = 'certificate+key'>(request: IncomingMessage, require?: R): Principal<R> {
  const principal = perhaps(request, require)
  if (principal === undefined)
    throw new TypeError('nobody was there; behind countersign.optional(), use principalOf.optional()')
  return principal
}

function perhaps<const R extends Require = 'certificate+key'>(
  request: IncomingMessage,
  require?: R,
): Principal<R> | undefined {
  return admissions.principalOf(request as Request, require ?? ('certificate+key' as R))
}
