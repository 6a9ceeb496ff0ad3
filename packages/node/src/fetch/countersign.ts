/** A wrapper for handlers of Fetch API requests: convert in, ask, convert out. @module */
import {
  type Authenticator,
  type AuthenticatorOptions,
  fetchExchange,
  fetchRefusal,
  type OnRefused,
  type Principal,
  type Require,
  ResponseEnd,
  toAuthenticator,
} from '@countersign/core'
import { admissions } from './admissions.ts'
import type { FetchHandler, GuardedFetchHandler } from './handler.ts'

/** @typeParam Who the principal, or perhaps nobody */
export interface FetchGuard<R extends Require, Who> {
  /** A handler that runs for whoever is let in. */
  <Platform extends unknown[]>(handler: GuardedFetchHandler<Who, Platform>): FetchHandler<Platform>
  /** To ask for its health, to update what it trusts, to close it. */
  readonly authenticator: Authenticator<R>
}

export interface CountersignOptions {
  /** Makes the body of a refusal, and its type; nothing else of it. */
  readonly onRefused?: OnRefused<Request>
}

export interface Countersign {
  /** Lets through who proves both credentials. @throws TypeError that names the option */
  <const R extends Require = 'certificate+key'>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    options?: CountersignOptions,
  ): FetchGuard<R, Principal<R>>
  /** Lets through, as nobody, also what carries no credential at all and came securely. */
  optional<const R extends Require = 'certificate+key'>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    options?: CountersignOptions,
  ): FetchGuard<R, Principal<R> | undefined>
}

export const countersign: Countersign = Object.assign(guardWith(false), { optional: guardWith(true) })

function guardWith(optional: boolean) {
  return <const R extends Require>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    { onRefused }: CountersignOptions = {},
    // biome-ignore lint/suspicious/noExplicitAny: who is there depends on `optional`; Countersign says how.
  ): FetchGuard<R, any> => {
    const authenticator = toAuthenticator(given)
    const guard = { authenticator, optional, onRefused }
    const wrap = <Platform extends unknown[]>(
      handler: GuardedFetchHandler<Principal | undefined, Platform>,
    ): FetchHandler<Platform> => {
      if (typeof handler !== 'function') throw new TypeError('guard(handler): a function is needed')
      return async (request, ...platform) => {
        const end = new ResponseEnd()
        const admission = await admissions.admit(request, fetchExchange(request, platform[0], end.onEnd), guard)
        if (!admission.ok) return fetchRefusal(admission.response, platform[0])
        return end.watch((async () => handler(request, admission.principal, ...platform))())
      }
    }
    return Object.assign(wrap, { authenticator })
  }
}
