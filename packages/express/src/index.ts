/** Countersign for Express 4 and 5. @module */

// In front of routes

export type { Countersign, CountersignOptions, ExpressGuard, Middleware } from './adapter/countersign.ts'
export { countersign } from './adapter/countersign.ts'
export { requireScopes } from './adapter/require-scopes.ts'
export { tokenEndpoints } from './adapter/token-endpoints.ts'

// In handlers

export type { PrincipalOf } from './adapter/principal-of.ts'
export { principalOf } from './adapter/principal-of.ts'

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
