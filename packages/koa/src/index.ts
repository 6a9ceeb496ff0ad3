/** Countersign for Koa 2 and 3. @module */

// In front of routes

export type {
  Countersign,
  CountersignOptions,
  CountersignState,
  KoaGuard,
  OptionalCountersignState,
} from './adapter/countersign.ts'
export { countersign } from './adapter/countersign.ts'
export { requireScopes } from './adapter/require-scopes.ts'
export { tokenEndpoints } from './adapter/token-endpoints.ts'

// On upgraded connections

export type { UpgradeOptions } from '@countersign/core/node'
export { authenticateUpgrade } from '@countersign/core/node'

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
