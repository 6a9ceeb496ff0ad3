/** Countersign for handlers of Fetch API requests, on Workers, Deno, Bun and Node. @module */

// In front of handlers

export type { Countersign, CountersignOptions, FetchGuard } from './fetch/countersign.ts'
export { countersign } from './fetch/countersign.ts'
export type { FetchHandler, GuardedFetchHandler } from './fetch/handler.ts'
export type { ScopeGuard } from './fetch/require-scopes.ts'
export { requireScopes } from './fetch/require-scopes.ts'
export type { TokenEndpoints } from './fetch/token-endpoints.ts'
export { tokenEndpoints } from './fetch/token-endpoints.ts'

// In handlers

export { principalOf } from './fetch/principal-of.ts'

// What these take and return

export type {
  Authenticator,
  AuthenticatorOptions,
  OnRefused,
  Principal,
  PrincipalCertificate,
  PrincipalKey,
  PrincipalPartner,
  PrincipalReader,
  PrincipalToken,
  Problem,
  ProblemCode,
  RefusalBody,
  Require,
} from '@countersign/core'
