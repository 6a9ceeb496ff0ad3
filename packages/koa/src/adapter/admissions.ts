/** Who was let in, by context: what scopes are checked against, out of handlers' reach. @module */
import { Admissions } from '@countersign/core'
import type { Context } from 'koa'

export const admissions: Admissions<Context> = new Admissions()
