/** Middleware for Hono 4: convert in, ask, convert out. @module */
import {
  type Admission,
  type Authenticator,
  type AuthenticatorOptions,
  fetchExchange,
  type OnRefused,
  type Principal,
  type Require,
  ResponseEnd,
  toAuthenticator,
} from '@countersign/core'
import type { Context, MiddlewareHandler } from 'hono'
import { admissions } from './admissions.ts'
import { refuse } from './refuse.ts'

/** For `new Hono<{ Variables: CountersignVariables }>()`, where `use` is not chained. */
export type CountersignVariables<R extends Require = 'certificate+key'> = { principal: Principal<R> }

export type OptionalCountersignVariables<R extends Require = 'certificate+key'> = {
  principal: Principal<R> | undefined
}

export interface HonoGuard<R extends Require, Variables extends object>
  extends MiddlewareHandler<{ Variables: Variables }> {
  /** To ask for its health, to update what it trusts, to close it. */
  readonly authenticator: Authenticator<R>
}

export interface CountersignOptions {
  /** Makes the body of a refusal, and its type; nothing else of it. */
  readonly onRefused?: OnRefused<Context>
}

export interface Countersign {
  /** Lets through who proves both credentials; `c.var.principal` tells who. @throws TypeError that names the option */
  <const R extends Require = 'certificate+key'>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    options?: CountersignOptions,
  ): HonoGuard<R, CountersignVariables<R>>
  /** Lets through, as nobody, also what carries no credential at all and came securely. */
  optional<const R extends Require = 'certificate+key'>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    options?: CountersignOptions,
  ): HonoGuard<R, OptionalCountersignVariables<R>>
}

export const countersign: Countersign = Object.assign(guardWith(false), { optional: guardWith(true) })

function guardWith(optional: boolean) {
  return <const R extends Require>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    { onRefused }: CountersignOptions = {},
    // biome-ignore lint/suspicious/noExplicitAny: what the variables hold depends on `optional`; Countersign says how.
  ): HonoGuard<R, any> => {
    const authenticator = toAuthenticator(given)
    const guard = { authenticator, optional, onRefused }
    const middleware: MiddlewareHandler = (c, next) => {
      c.set('principal', undefined)
      const end = new ResponseEnd()
      const conclude = (admission: Admission): ReturnType<MiddlewareHandler> => {
        if (!admission.ok) return refuse(c, admission.response)
        c.set('principal', admission.principal)
        return respond(c, next(), end)
      }
      const admission = admissions.admit(c, fetchExchange(c.req.raw, c.env, end.onEnd), guard)
      return admission instanceof Promise ? admission.then(conclude) : conclude(admission)
    }
    return Object.assign(middleware, { authenticator })
  }
}

/** Hono has no response to hand on but the one of the context. */
async function respond(c: Context, responding: Promise<void>, end: ResponseEnd): Promise<void> {
  const watched = await end.watch(responding.then(() => c.res))
  if (watched !== c.res) c.res = watched
}
