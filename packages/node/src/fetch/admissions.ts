/** Who was let in, by request: what scopes are checked against, out of handlers' reach. @module */
import { Admissions } from '@countersign/core'

export const admissions: Admissions<Request> = new Admissions()
