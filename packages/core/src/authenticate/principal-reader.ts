/** The principal of a request as a function, for frameworks that have no typed place for one. @module */
import type { Require } from '../policy/requirement.ts'
import type { Admissions } from './admissions.ts'
import type { Principal } from './principal.ts'

export interface PrincipalReader<Context extends object> {
  /**
   * @param require the word that `countersign()` was given, or a weaker one; default `'certificate+key'`
   * @throws TypeError if no `countersign()` ran before, if it promises less, or if it was optional and nobody was there
   */
  <const R extends Require = 'certificate+key'>(context: Context, require?: R): Principal<R>
  /** Behind `countersign.optional()`: `undefined` for a request without credentials. */
  optional<const R extends Require = 'certificate+key'>(context: Context, require?: R): Principal<R> | undefined
}

export function principalReader<Context extends object>(admissions: Admissions<Context>): PrincipalReader<Context> {
  const optional: PrincipalReader<Context>['optional'] = <const R extends Require = 'certificate+key'>(
    context: Context,
    require?: R,
  ): Principal<R> | undefined => admissions.principalOf(context, require ?? ('certificate+key' as R))

  const present = <const R extends Require = 'certificate+key'>(context: Context, require?: R): Principal<R> => {
    const principal = optional(context, require)
    if (principal === undefined)
      throw new TypeError('nobody was there; behind countersign.optional(), use principalOf.optional()')
    return principal
  }
  return Object.assign(present, { optional })
}
