/** Options, or an authenticator that is shared: what every adapter takes. @module */
import type { Require } from '../policy/requirement.ts'
import { type Authenticator, createAuthenticator } from './create-authenticator.ts'
import type { AuthenticatorOptions } from './options.ts'

/** @throws TypeError that names the option */
export function toAuthenticator<const R extends Require = 'certificate+key'>(
  given: AuthenticatorOptions<R> | Authenticator<R>,
): Authenticator<R> {
  return isAuthenticator(given) ? given : createAuthenticator(given)
}

/** By what it can do, not by `instanceof`: two copies of the core may meet in one process. */
function isAuthenticator<R extends Require>(
  given: AuthenticatorOptions<R> | Authenticator<R>,
): given is Authenticator<R> {
  return typeof (given as Partial<Authenticator<R>> | null)?.authenticate === 'function'
}
