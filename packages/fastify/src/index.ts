/** Countersign for Fastify 5. @module */

// In front of routes

export type { Countersign, CountersignOptions, FastifyGuard } from './adapter/countersign.ts'
export { countersign } from './adapter/countersign.ts'
export type { GuardedInstance, GuardedReply, GuardedRequest, Hook, Plugin } from './adapter/fastify-types.ts'
export { requireScopes } from './adapter/require-scopes.ts'
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
