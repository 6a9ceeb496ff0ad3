/** A plugin and a hook for Fastify 5: convert in, ask, convert out. @module */
import {
  type Admission,
  type Authenticator,
  type AuthenticatorOptions,
  nodeExchange,
  type OnRefused,
  type Require,
  toAuthenticator,
} from '@countersign/core'
import type { FastifyRequest } from 'fastify'
import { admissions } from './admissions.ts'
import type { Hook, Plugin } from './fastify-types.ts'
import { refuse } from './refuse.ts'
import { toPlugin } from './to-plugin.ts'

/** To be registered in front of routes: guards those of its instance and of all inside it. */
export interface FastifyGuard<R extends Require = Require> extends Plugin {
  /** The same for one route: `{ onRequest: guard.onRequest }`. */
  readonly onRequest: Hook
  /** To ask for its health, to update what it trusts, to close it. */
  readonly authenticator: Authenticator<R>
}

export interface CountersignOptions {
  /** Makes the body of a refusal, and its type; nothing else of it. */
  readonly onRefused?: OnRefused<FastifyRequest>
}

export interface Countersign {
  /** Lets through who proves both credentials; `principalOf(request)` tells who. @throws TypeError that names the option */
  <const R extends Require = 'certificate+key'>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    options?: CountersignOptions,
  ): FastifyGuard<R>
  /** Lets through, as nobody, also what carries no credential at all and came securely; `principalOf.optional(request)` tells. */
  optional<const R extends Require = 'certificate+key'>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    options?: CountersignOptions,
  ): FastifyGuard<R>
}

export const countersign: Countersign = Object.assign(guardWith(false), { optional: guardWith(true) })

function guardWith(optional: boolean) {
  return <const R extends Require>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    { onRefused }: CountersignOptions = {},
  ): FastifyGuard<R> => {
    const authenticator = toAuthenticator(given)
    const guard = { authenticator, optional, onRefused: onRefused as OnRefused<object> | undefined }
    // Before parsers, so that nobody has to be believed before a body is read.
    const onRequest: Hook = (request, reply, done) => {
      const conclude = (admission: Admission): void => {
        if (admission.ok) done()
        else void refuse(request, reply, admission.response)
      }
      const exchange = nodeExchange(request.raw, request.originalUrl, reply.raw)
      const admission = admissions.admit(request, exchange, guard)
      if (admission instanceof Promise) void admission.then(conclude)
      else conclude(admission)
    }
    return Object.assign(toPlugin('countersign', onRequest), { onRequest, authenticator })
  }
}
