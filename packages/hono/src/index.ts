/** Countersign for Hono 4. @module */

// In front of routes

export type {
  Countersign,
  CountersignOptions,
  CountersignVariables,
  HonoGuard,
  OptionalCountersignVariables,
} from './adapter/countersign.ts'
export { countersign } from './adapter/countersign.ts'
export { requireScopes } from './adapter/require-scopes.ts'
export { tokenEndpoints } from './adapter/token-endpoints.ts'

// What these take and return

export type {
  Authenticator,
  AuthenticatorOptions,
  OnRefused,
  Principal,
  PrincipalCertificate,
  PrincipalKey,
  PrincipalPartner,
  PrincipalToken,
  Problem,
  ProblemCode,
  RefusalBody,
  Require,
} from '@countersign/core'
