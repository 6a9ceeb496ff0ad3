/** Who was let in, by request: what scopes are checked against, out of handlers' reach. @module */
import { Admissions } from '@countersign/core'
import type { NodeServerRequest } from './handler.ts'

export const admissions: Admissions<NodeServerRequest> = new Admissions()
