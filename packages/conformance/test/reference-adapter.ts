/** An adapter for plain Node, written for reading and for breaking: the proof that the suite needs no framework. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  Admissions,
  type Authenticator,
  type Exchange,
  nodeExchange,
  type OnRefused,
  type Principal,
  type ProblemResponse,
  sendRefusal,
} from '@countersign/core'

export type Next = () => Promise<void>
export type Guard = (request: IncomingMessage, response: ServerResponse, next: Next) => Promise<void>
type Refused = OnRefused<IncomingMessage>

/** Every step can be replaced by one that is wrong. */
export interface AdapterParts {
  toExchange(request: IncomingMessage, response: ServerResponse): Exchange
  guard(authenticator: Authenticator, optional: boolean, onRefused: Refused | undefined): Guard
  requireScopes(scopes: readonly string[]): Guard
  refuse(request: IncomingMessage, response: ServerResponse, refusal: ProblemResponse): Promise<void>
  principalOf(request: IncomingMessage): Principal | undefined
}

/** Some steps done otherwise; `this` is the whole adapter. */
export type BrokenParts = Partial<AdapterParts> & ThisType<AdapterParts>

export const admissions: Admissions<IncomingMessage> = new Admissions()

export const referenceParts: AdapterParts = {
  toExchange(request, response) {
    return nodeExchange(request, request.url, response)
  },

  guard(authenticator, optional, onRefused) {
    return async (request, response, next) => {
      const exchange = this.toExchange(request, response)
      const admission = await admissions.admit(request, exchange, { authenticator, optional, onRefused })
      if (admission.ok) await next()
      else await this.refuse(request, response, admission.response)
    }
  },

  requireScopes(scopes) {
    const check = admissions.scopeCheck(scopes)
    return async (request, response, next) => {
      const refusal = check(request)
      if (refusal === undefined) await next()
      else await this.refuse(request, response, refusal)
    }
  },

  refuse(request, response, refusal) {
    return sendRefusal(request, response, refusal)
  },

  principalOf(request) {
    return admissions.principalOf(request, 'certificate-or-key')
  },
}
