/** An adapter for plain Node, written for reading and for breaking: the proof that the suite needs no framework. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Authenticator,
  type Exchange,
  guardMissing,
  nodeExchange,
  type OnRefused,
  type Principal,
  type Problem,
  problemResponse,
  sendRefusal,
} from '@countersign/core'

export type Next = () => Promise<void>
export type Guard = (request: IncomingMessage, response: ServerResponse, next: Next) => Promise<void>
type Refused = OnRefused<IncomingMessage>

/** Every step can be replaced by one that is wrong. */
export interface AdapterParts {
  toExchange(request: IncomingMessage, response: ServerResponse): Exchange
  guard(authenticator: Authenticator, optional: boolean, onRefused: Refused | undefined): Guard
  requireScopes(scopes: readonly string[], onRefused: Refused | undefined): Guard
  refuse(
    request: IncomingMessage,
    response: ServerResponse,
    problem: Problem,
    onRefused: Refused | undefined,
  ): Promise<void>
  principalOf(request: IncomingMessage): Principal | undefined
}

interface Granted {
  readonly authenticator: Authenticator
  readonly exchange: Exchange
  readonly principal: Principal | undefined
}

const granted = new WeakMap<IncomingMessage, Granted>()

export const referenceParts: AdapterParts = {
  toExchange(request, response) {
    return nodeExchange(request, request.url, response)
  },

  guard(authenticator, optional, onRefused) {
    return async (request, response, next) => {
      const exchange = this.toExchange(request, response)
      const decision = await (optional
        ? authenticator.authenticateOptional(exchange)
        : authenticator.authenticate(exchange))
      if (!decision.ok) return this.refuse(request, response, decision.problem, onRefused)
      granted.set(request, { authenticator, exchange, principal: decision.principal })
      await next()
    }
  },

  requireScopes(scopes, onRefused) {
    return async (request, response, next) => {
      const grant = granted.get(request)
      if (grant === undefined) return this.refuse(request, response, guardMissing(), onRefused)
      const refusal = grant.authenticator.authorize(grant.exchange, grant.principal, scopes)
      if (refusal !== undefined) return this.refuse(request, response, refusal.problem, onRefused)
      await next()
    }
  },

  refuse(request, response, problem, onRefused) {
    const refusal = problemResponse(problem, onRefused && (() => onRefused(problem, request)))
    return sendRefusal(request, response, request.method === 'HEAD' ? { ...refusal, body: '' } : refusal)
  },

  principalOf(request) {
    return granted.get(request)?.principal
  },
}
