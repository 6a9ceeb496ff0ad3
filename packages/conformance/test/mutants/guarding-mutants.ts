/** Adapters that make the wrong thing of an answer: whom they let through, and as whom. */
import type { IncomingMessage } from 'node:http'
import type { Principal } from '@countersign/core'
import { admissions, referenceParts } from '../reference-adapter.ts'
import { adapterMutant, type Mutant } from './mutant.ts'

export const guardingMutants: readonly Mutant[] = [
  // What becomes of the answer
  adapterMutant('next-after-refusal', 'calls the handler after a refusal', 'missing/both', {
    guard(authenticator, optional, onRefused) {
      return async (request, response, next) => {
        const exchange = this.toExchange(request, response)
        const admission = await admissions.admit(request, exchange, { authenticator, optional, onRefused })
        if (!admission.ok) await this.refuse(request, response, admission.response)
        await next()
      }
    },
    principalOf: principalOrNobody,
  }),
  adapterMutant('promise-is-truthy', 'takes a promise of an answer for a good one', 'registry-fault/key-never', {
    guard(authenticator, optional, onRefused) {
      return async (request, response, next) => {
        const exchange = this.toExchange(request, response)
        const admission = admissions.admit(request, exchange, { authenticator, optional, onRefused })
        if ('ok' in admission && !admission.ok) await this.refuse(request, response, admission.response)
        else await next()
      }
    },
    principalOf: principalOrNobody,
  }),
  adapterMutant('truthy-ok', 'takes whatever is truthy for a yes', 'authenticator-fault/truthy', {
    guard(authenticator, optional, onRefused) {
      const guard = referenceParts.guard.call(this, authenticator, optional, onRefused)
      return async (request, response, next) => {
        const exchange = this.toExchange(request, response)
        const answer = await (optional
          ? authenticator.authenticateOptional(exchange)
          : authenticator.authenticate(exchange))
        return answer.ok && typeof answer.ok !== 'boolean' ? next() : guard(request, response, next)
      }
    },
    principalOf: principalOrNobody,
  }),
  adapterMutant('fails-open', 'lets through whom it cannot judge at the moment', 'revocation/unknown-source-failed', {
    guard(authenticator, optional, onRefused) {
      return async (request, response, next) => {
        const exchange = this.toExchange(request, response)
        const admission = await admissions.admit(request, exchange, { authenticator, optional, onRefused })
        if (admission.ok || admission.response.status === 503) await next()
        else await this.refuse(request, response, admission.response)
      }
    },
    principalOf: principalOrNobody,
  }),
  ...['OPTIONS', 'HEAD'].map((method) =>
    adapterMutant(
      `${method.toLowerCase()}-exempt`,
      `asks nothing of ${method}`,
      `response/method-${method.toLowerCase()}`,
      {
        guard(authenticator, optional, onRefused) {
          const guard = referenceParts.guard.call(this, authenticator, optional, onRefused)
          return (request, response, next) => (request.method === method ? next() : guard(request, response, next))
        },
        principalOf: principalOrNobody,
      },
    ),
  ),
  adapterMutant('once-a-request', 'does not decide anew where it runs twice', 'framework/twice-anew', {
    guard(authenticator, optional, onRefused) {
      const guard = referenceParts.guard.call(this, authenticator, optional, onRefused)
      return (request, response, next) => {
        if (seen.has(request)) return next()
        return guard(request, response, () => {
          seen.add(request)
          return next()
        })
      }
    },
  }),
  adapterMutant('once-a-connection', 'decides once for each connection', 'connection/key-revoked', {
    guard(authenticator, optional, onRefused) {
      return async (request, response, next) => {
        const known = bySocket.get(request.socket)
        if (known !== undefined) {
          byRequest.set(request, known)
          return next()
        }
        const exchange = this.toExchange(request, response)
        const admission = await admissions.admit(request, exchange, { authenticator, optional, onRefused })
        if (!admission.ok) return this.refuse(request, response, admission.response)
        if (admission.principal !== undefined) {
          bySocket.set(request.socket, admission.principal)
          byRequest.set(request, admission.principal)
        }
        return next()
      }
    },
    requireScopes: () => (_request, _response, next) => next(),
    principalOf: (request) => byRequest.get(request),
  }),
  adapterMutant('one-principal', 'keeps the principal of the last request', 'concurrency/connections', {
    guard(authenticator, optional, onRefused) {
      const guard = referenceParts.guard.call(this, authenticator, optional, onRefused)
      return (request, response, next) =>
        guard(request, response, async () => {
          last = referenceParts.principalOf(request)
          await new Promise((resolve) => setTimeout(resolve, 2))
          return next()
        })
    },
    principalOf: () => last,
  }),
  adapterMutant('optional-forgives', 'takes whom the optional guard refuses for nobody', 'optional/wrong-key', {
    guard(authenticator, optional, onRefused) {
      const guard = referenceParts.guard.call(this, authenticator, optional, onRefused)
      if (!optional) return guard
      return async (request, response, next) => {
        const exchange = this.toExchange(request, response)
        await admissions.admit(request, exchange, { authenticator, optional, onRefused })
        return next()
      }
    },
    principalOf: principalOrNobody,
  }),
  adapterMutant('refusals-as-errors', 'throws its refusals for the framework to catch', 'missing/both', {
    refuse: async () => {
      throw new Error('refused')
    },
  }),

  // Scopes
  adapterMutant('any-scope', 'is content with one scope of several', 'scopes/one-of-several', {
    requireScopes(scopes) {
      const checks = scopes.map((scope) => referenceParts.requireScopes.call(this, [scope]))
      if (checks.length === 1 || scopes.length === 0) return referenceParts.requireScopes.call(this, scopes)
      return (request, response, next) => {
        const held = referenceParts.principalOf(request)?.scopes
        const guard = checks.find((_, at) => held?.has(scopes[at] ?? '')) ?? checks[0]
        return guard?.(request, response, next) ?? Promise.resolve()
      }
    },
  }),
  adapterMutant('public-principal', 'looks for the principal where anybody can put one', 'scopes/forged-principal', {
    requireScopes(scopes) {
      const guard = referenceParts.requireScopes.call(this, scopes)
      return (request, response, next) => {
        const { principal } = request as { readonly principal?: Principal }
        if (typeof principal === 'object' && scopes.every((scope) => principal.scopes.has(scope))) return next()
        return guard(request, response, next)
      }
    },
  }),
  adapterMutant('scopes-without-guard', 'asks for no scopes where no guard has run', 'scopes/guard-missing', {
    requireScopes(scopes) {
      const guard = referenceParts.requireScopes.call(this, scopes)
      return (request, response, next) => {
        try {
          referenceParts.principalOf(request)
        } catch {
          return next()
        }
        return guard(request, response, next)
      }
    },
  }),
  adapterMutant('no-scopes-allowed', 'takes an empty list of scopes', 'construction/no-scopes', {
    requireScopes(scopes) {
      return scopes.length === 0
        ? (_request, _response, next) => next()
        : referenceParts.requireScopes.call(this, scopes)
    },
  }),
]

const seen = new WeakSet<IncomingMessage>()
const bySocket = new WeakMap<object, Principal>()
const byRequest = new WeakMap<IncomingMessage, Principal>()
let last: Principal | undefined

/** Handlers of a wrong adapter run for whom nobody let in. */
function principalOrNobody(request: IncomingMessage): Principal | undefined {
  try {
    return admissions.principalOf(request, 'certificate-or-key')
  } catch {
    return undefined
  }
}
