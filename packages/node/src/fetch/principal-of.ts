/** The principal of a request, for code that has the request alone; typed by what its guard demands. @module */
import { type PrincipalReader, principalReader } from '@countersign/core'
import { admissions } from './admissions.ts'

export const principalOf: PrincipalReader<Request> = principalReader(admissions)
