/** A wrapper for the handlers of plain Node servers: convert in, ask, convert out. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Admission,
  type Authenticator,
  type AuthenticatorOptions,
  nodeExchange,
  type OnRefused,
  type Principal,
  type Require,
  sendRefusal,
  toAuthenticator,
} from '@countersign/core'
import { admissions } from './admissions.ts'
import type { Handler, NodeServerRequest, NodeServerResponse } from './handler.ts'

/** @typeParam Who the principal, or perhaps nobody */
export interface NodeGuard<R extends Require, Who> {
  /** A handler that runs for whoever is let in; what it returns is returned, and what it throws is thrown. */
  <Request extends NodeServerRequest = IncomingMessage, Response extends NodeServerResponse = ServerResponse>(
    handler: Handler<Request, Response, [principal: Who]>,
  ): Handler<Request, Response>
  /** To ask for its health, to update what it trusts, to close it. */
  readonly authenticator: Authenticator<R>
}

export interface CountersignOptions {
  /** Makes the body of a refusal, and its type; nothing else of it. */
  readonly onRefused?: OnRefused<NodeServerRequest>
}

export interface Countersign {
  /** Lets through who proves both credentials. @throws TypeError that names the option */
  <const R extends Require = 'certificate+key'>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    options?: CountersignOptions,
  ): NodeGuard<R, Principal<R>>
  /** Lets through, as nobody, also what carries no credential at all and came securely. */
  optional<const R extends Require = 'certificate+key'>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    options?: CountersignOptions,
  ): NodeGuard<R, Principal<R> | undefined>
}

export const countersign: Countersign = Object.assign(guardWith(false), { optional: guardWith(true) })

function guardWith(optional: boolean) {
  return <const R extends Require>(
    given: AuthenticatorOptions<R> | Authenticator<R>,
    { onRefused }: CountersignOptions = {},
    // biome-ignore lint/suspicious/noExplicitAny: who is there depends on `optional`; Countersign says how.
  ): NodeGuard<R, any> => {
    const authenticator = toAuthenticator(given)
    const guard = { authenticator, optional, onRefused }
    const wrap = <Request extends NodeServerRequest, Response extends NodeServerResponse>(
      handler: Handler<Request, Response, [principal: Principal | undefined]>,
    ): Handler<Request, Response> => {
      if (typeof handler !== 'function') throw new TypeError('guard(handler): a function is needed')
      return (request, response) => {
        const conclude = (admission: Admission): unknown =>
          admission.ok
            ? handler(request, response, admission.principal)
            : sendRefusal(request, response, admission.response)
        const admission = admissions.admit(request, nodeExchange(request, request.url, response), guard)
        return admission instanceof Promise ? admission.then(conclude) : conclude(admission)
      }
    }
    return Object.assign(wrap, { authenticator })
  }
}
