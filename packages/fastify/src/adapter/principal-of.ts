/** The principal of a request, typed by what its guard demands. @module */
import { type PrincipalReader, principalReader } from '@countersign/core'
import { admissions } from './admissions.ts'
import type { GuardedRequest } from './fastify-types.ts'

export const principalOf: PrincipalReader<GuardedRequest> = principalReader(admissions)
