/** The principal of an accepted request. @module */
import { grantedScopes, tokenScopes } from '../policy/scopes.ts'
import type { KeyRecord } from '../registry/records.ts'
import type { VerifiedToken } from '../token/token-verifier.ts'
import type { Grant } from './check-together.ts'
import type { Principal, PrincipalCertificate, PrincipalKey, PrincipalPartner, PrincipalToken } from './principal.ts'

const NO_METADATA: Readonly<Record<string, unknown>> = Object.freeze({})

/** Every kind of credential may be there or not: which ones are is known by `require`. */
export type AnyPrincipal = Omit<Principal<'certificate-or-key'>, 'token'> & {
  readonly token: PrincipalToken | undefined
}

class GrantedPrincipal implements AnyPrincipal {
  readonly partner: PrincipalPartner
  readonly certificate: PrincipalCertificate | undefined
  readonly key: PrincipalKey | undefined
  readonly token: PrincipalToken | undefined
  readonly scopes: ReadonlySet<string>
  readonly #openSignal: () => AbortSignal
  #signal: AbortSignal | undefined

  constructor({ partner, identity, key, token }: Grant, openSignal: () => AbortSignal) {
    this.partner = Object.freeze({ id: partner.id, metadata: partner.metadata ?? NO_METADATA })
    this.certificate = identity?.certificate
    this.key = key === undefined ? undefined : principalKey(key.key)
    this.token = token === undefined ? undefined : principalToken(token)
    this.scopes = token === undefined ? grantedScopes(partner, key?.key) : tokenScopes(token.scopes, partner, key?.key)
    this.#openSignal = openSignal
  }

  /** Made when it is first read: nearly no handler does, and those that do not pay nothing. */
  get signal(): AbortSignal {
    this.#signal ??= this.#openSignal()
    return this.#signal
  }
}

export function grantPrincipal(grant: Grant, openSignal: () => AbortSignal): AnyPrincipal {
  return Object.freeze(new GrantedPrincipal(grant, openSignal))
}

function principalKey({ id, notAfter }: KeyRecord): PrincipalKey {
  return Object.freeze({ id, notAfter: notAfter === undefined ? undefined : new Date(notAfter) })
}

function principalToken({ id, issuer, subject, expiresAt, claims }: VerifiedToken): PrincipalToken {
  return Object.freeze({ id, issuer, subject, expiresAt, claims })
}
