/** Middleware for Koa 2 and 3: convert in, ask, convert out. @module */
import {
  type Admission,
  type Authenticator,
  type AuthenticatorOptions,
  nodeExchange,
  type OnRefused,
  type Principal,
  type Require,
  toAuthenticator,
} from '@countersign/core'
import type { Context, Middleware, Next } from 'koa'
import { admissions } from './admissions.ts'
import { refuse } from './refuse.ts'

/** For `new Koa<CountersignState>()` and the like, where `use` is not chained. */
export interface CountersignState<R extends Require = 'certificate+key'> {
  principal: Principal<R>
}

export interface OptionalCountersignState<R extends Require = 'certificate+key'> {
  principal: Principal<R> | undefined
}

export interface KoaGuard<R extends Require, State> extends Middleware<State> {
  /** To ask for its health, to update what it trusts, to close it. */
  readonly authenticator: Authenticator<R>
}

export interface CountersignOptions {
  /** Makes the body of a refusal, and its type; nothing else of it. */
  readonly onRefused?: OnRefused<Context>
}

export interface Countersign {
  /** Lets through who proves both credentials; `ctx.state.principal` tells who. @throws TypeError that names the option */
  <const R extends Require = 'certificate+key'>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    options?: CountersignOptions,
  ): KoaGuard<R, CountersignState<R>>
  /** Lets through, as nobody, also what carries no credential at all and came securely. */
  optional<const R extends Require = 'certificate+key'>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    options?: CountersignOptions,
  ): KoaGuard<R, OptionalCountersignState<R>>
}

export const countersign: Countersign = Object.assign(guardWith(false), { optional: guardWith(true) })

function guardWith(optional: boolean) {
  return <const R extends Require>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    { onRefused }: CountersignOptions = {},
    // biome-ignore lint/suspicious/noExplicitAny: what the state holds depends on `optional`; Countersign says how.
  ): KoaGuard<R, any> => {
    const authenticator = toAuthenticator(given)
    const guard = { authenticator, optional, onRefused }
    const middleware = (ctx: Context, next: Next): Promise<unknown> => {
      setPrincipal(ctx, undefined)
      const conclude = (admission: Admission): Promise<unknown> => {
        if (!admission.ok) return refuse(ctx, admission.response)
        setPrincipal(ctx, admission.principal)
        return next()
      }
      const admission = admissions.admit(ctx, nodeExchange(ctx.req, ctx.originalUrl, ctx.res), guard)
      return admission instanceof Promise ? admission.then(conclude) : conclude(admission)
    }
    return Object.assign(middleware, { authenticator })
  }
}

/** Defined, not assigned, so that nothing which somebody put on Object.prototype stands in its way or in its place. */
function setPrincipal(ctx: Context, value: Principal | undefined): void {
  Object.defineProperty(ctx.state, 'principal', { value, writable: true, enumerable: true, configurable: true })
}
