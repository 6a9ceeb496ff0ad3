/** An adapter or an authenticator that is wrong on purpose, and the case that must find it out. */
import type { Authenticator, Decision, Exchange, Principal, Reason } from '@countersign/core'
import type { Subject, SubjectSetup } from '../../src/index.ts'
import { type BrokenParts, referenceParts } from '../reference-adapter.ts'
import { createReferenceSubject } from '../reference-subject.ts'

export interface Mutant {
  readonly name: string
  /** What it does wrong. */
  readonly does: string
  /** A case that was written against this very mistake. */
  readonly foundBy: string
  readonly subject: Subject
}

export function adapterMutant(name: string, does: string, foundBy: string, broken: BrokenParts): Mutant {
  return { name, does, foundBy, subject: createReferenceSubject(name, broken) }
}

/** What is done to the exchange before it is judged. */
export function exchangeMutant(
  name: string,
  does: string,
  foundBy: string,
  change: (exchange: Exchange) => Exchange,
): Mutant {
  return adapterMutant(name, does, foundBy, {
    toExchange: (request, response) => change(referenceParts.toExchange(request, response)),
  })
}

/** @param wrap is called once for each authenticator, so that state is its own */
export function authenticatorMutant(
  name: string,
  does: string,
  foundBy: string,
  wrap: (real: Authenticator) => Partial<Authenticator>,
): Mutant {
  const broken = (real: Authenticator): Authenticator => ({ ...real, ...wrap(real) })
  const breakSetup = (setup: SubjectSetup): SubjectSetup => {
    const authenticator = broken(setup.authenticator)
    const second = setup.second === setup.authenticator ? authenticator : broken(setup.second)
    return { ...setup, authenticator, second }
  }
  return { name, does, foundBy, subject: createReferenceSubject(name, {}, breakSetup) }
}

/** Changes every decision, of the guard and of the optional guard. */
export function decisionMutant(
  name: string,
  does: string,
  foundBy: string,
  change: (decision: Decision, exchange: Exchange) => Decision,
): Mutant {
  return authenticatorMutant(name, does, foundBy, (real) => ({
    authenticate: async (exchange) => change(await real.authenticate(exchange), exchange),
    authenticateOptional: async (exchange) => {
      const decision = await real.authenticateOptional(exchange)
      return decision.ok && decision.principal === undefined ? decision : change(decision as Decision, exchange)
    },
  }))
}

/** Lets through whom it should refuse for one of these reasons. */
export function forgetting(name: string, does: string, foundBy: string, codes: readonly Reason['code'][]): Mutant {
  return decisionMutant(name, does, foundBy, (decision) =>
    !decision.ok && codes.includes(decision.reason.code)
      ? { ok: true, principal: somebody(decision.reason) }
      : decision,
  )
}

export function somebody(reason: object): Principal {
  const { partnerId = 'somebody', keyId } = reason as { readonly partnerId?: string; readonly keyId?: string }
  return {
    partner: { id: partnerId, metadata: {} },
    certificate: undefined,
    key: keyId === undefined ? undefined : { id: keyId },
    token: undefined,
    scopes: new Set(['orders:read', 'orders:write']),
    signal: new AbortController().signal,
  } as Principal
}
