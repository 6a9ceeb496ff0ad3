/**
 * One API three times: `GET /orders` for whoever may read orders, `GET /invoices` for whoever may read invoices. One line
 * guards each.
 * @module
 */
import type { RequestListener } from 'node:http'
import type { Authenticator } from '@countersign/core'
import { expressApi } from './express-api.ts'
import { honoApi } from './hono-api.ts'
import { koaApi } from './koa-api.ts'

export interface Api {
  readonly framework: string
  readonly listener: RequestListener
}

export function createApis(authenticator: Authenticator<'certificate+key'>): readonly Api[] {
  return [
    { framework: 'Express', listener: expressApi(authenticator) },
    { framework: 'Koa', listener: koaApi(authenticator) },
    { framework: 'Hono', listener: honoApi(authenticator) },
  ]
}
