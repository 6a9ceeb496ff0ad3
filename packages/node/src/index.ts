/** Countersign for servers of `node:http`, `node:https` and `node:http2`. @module */

// In front of handlers

export type { Countersign, CountersignOptions, NodeGuard } from './adapter/countersign.ts'
export { countersign } from './adapter/countersign.ts'
export type { Handler, NodeServerRequest, NodeServerResponse } from './adapter/handler.ts'
export type { ScopeGuard } from './adapter/require-scopes.ts'
export { requireScopes } from './adapter/require-scopes.ts'
export type { TokenEndpoints } from './adapter/token-endpoints.ts'
export { tokenEndpoints } from './adapter/token-endpoints.ts'

// In handlers

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
  PrincipalReader,
  PrincipalToken,
  Problem,
  ProblemCode,
  RefusalBody,
  Require,
} from '@countersign/core'
