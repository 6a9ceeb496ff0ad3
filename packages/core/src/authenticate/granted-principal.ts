/** The principal of an accepted request. @module */
import { grantedScopes } from '../policy/scopes.ts'
import type { Grant } from './authenticator.ts'
import type { Principal, PrincipalCertificate, PrincipalKey, PrincipalPartner } from './principal.ts'

const NO_METADATA: Readonly<Record<string, unknown>> = Object.freeze({})

class GrantedPrincipal implements Principal<'certificate-or-key'> {
  readonly partner: PrincipalPartner
  readonly certificate: PrincipalCertificate | undefined
  readonly key: PrincipalKey | undefined
  readonly scopes: ReadonlySet<string>
  readonly #openSignal: () => AbortSignal
  #signal: AbortSignal | undefined

  constructor({ partner, identity, key }: Grant, openSignal: () => AbortSignal) {
    this.partner = Object.freeze({ id: partner.id, metadata: partner.metadata ?? NO_METADATA })
    this.certificate = identity?.certificate
    this.key = key === undefined ? undefined : Object.freeze({ id: key.key.id })
    this.scopes = grantedScopes(partner, key?.key)
    this.#openSignal = openSignal
  }

  /** Made when it is first read: nearly no handler does, and those that do not pay nothing. */
  get signal(): AbortSignal {
    this.#signal ??= this.#openSignal()
    return this.#signal
  }
}

export function grantPrincipal(grant: Grant, openSignal: () => AbortSignal): Principal<'certificate-or-key'> {
  return Object.freeze(new GrantedPrincipal(grant, openSignal))
}
