/** Middleware for Express 4 and 5, and for whatever else calls `(request, response, next)`: convert in, ask, convert out. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Admission,
  type Authenticator,
  type AuthenticatorOptions,
  nodeExchange,
  type OnRefused,
  type Require,
  sendRefusal,
  toAuthenticator,
} from '@countersign/core'
import type { Request } from 'express'
import { admissions } from './admissions.ts'

/** Fits `RequestHandler` of both versions and leaves the types of `req.params` alone. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void

export interface ExpressGuard<R extends Require = Require> extends Middleware {
  /** To ask for its health, to update what it trusts, to close it. */
  readonly authenticator: Authenticator<R>
}

export interface CountersignOptions {
  /** Makes the body of a refusal, and its type; nothing else of it. */
  readonly onRefused?: OnRefused<Request>
}

export interface Countersign {
  /** Lets through who proves both credentials; `principalOf(req)` tells who. @throws TypeError that names the option */
  <const R extends Require = 'certificate+key'>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    options?: CountersignOptions,
  ): ExpressGuard<R>
  /** Lets through, as nobody, also what carries no credential at all and came securely; `principalOf.optional(req)` tells. */
  optional<const R extends Require = 'certificate+key'>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    options?: CountersignOptions,
  ): ExpressGuard<R>
}

export const countersign: Countersign = Object.assign(guardWith(false), { optional: guardWith(true) })

function guardWith(optional: boolean) {
  return <const R extends Require>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    { onRefused }: CountersignOptions = {},
  ): ExpressGuard<R> => {
    const authenticator = toAuthenticator(given)
    const guard = { authenticator, optional, onRefused }
    const middleware: Middleware = (request, response, next) => {
      const conclude = (admission: Admission): void => {
        if (admission.ok) next()
        else void sendRefusal(request, response, admission.response)
      }
      // A router that is mounted cuts its prefix off `url`.
      const { originalUrl } = request as Partial<Request>
      const exchange = nodeExchange(request, originalUrl ?? request.url, response)
      const admission = admissions.admit(request as Request, exchange, guard)
      if (admission instanceof Promise) void admission.then(conclude)
      else conclude(admission)
    }
    return Object.assign(middleware, { authenticator })
  }
}
