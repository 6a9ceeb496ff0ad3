/** Who was let in, by request: what scopes are checked against, out of handlers' reach. @module */
import { Admissions } from '@countersign/core'
import type { GuardedRequest } from './fastify-types.ts'

export const admissions: Admissions<GuardedRequest> = new Admissions()
