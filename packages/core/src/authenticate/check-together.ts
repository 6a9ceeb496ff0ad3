/** Whether good credentials are those of one partner in good standing: asked in a request and again while its stream runs. @module */
import { checkBinding } from '../policy/binding.ts'
import type { PolicyReason } from '../policy/policy-reason.ts'
import { after, type MaybePromise } from '../primitives/flow.ts'
import type { Reason } from '../problem/reason.ts'
import type { CertificateNames } from '../registry/certificate-names.ts'
import type { Partner } from '../registry/records.ts'
import type { KeySnapshot } from '../registry/registry.ts'
import type { VerifiedToken } from '../token/token-verifier.ts'
import type { CertificateIdentity } from './certificate-identity.ts'
import type { Claim } from './judge-credential.ts'
import type { Parts } from './parts.ts'

/** What a request may do, before it is made presentable. */
export interface Grant {
  readonly partner: Partner
  readonly identity: CertificateIdentity | undefined
  readonly key: KeySnapshot | undefined
  readonly token: VerifiedToken | undefined
}

/** @throws RegistryFault */
export function checkDenied(names: CertificateNames, parts: Parts): MaybePromise<PolicyReason | undefined> {
  if (parts.denials.has(names)) return { code: 'certificate-denied', by: 'process' }
  return after(parts.registry.isDenied(names), (denied) =>
    denied ? { code: 'certificate-denied', by: 'registry' } : undefined,
  )
}

/** The partner: of the key, of the token, or the one that the certificate names on its own. @throws RegistryFault */
export function findHolder(
  identity: CertificateIdentity | undefined,
  { snapshot, token }: Claim,
  parts: Parts,
): MaybePromise<Partner | PolicyReason> {
  if (snapshot !== undefined) return snapshot.partner
  if (token !== undefined) return { id: token.clientId, status: 'active', rules: [], scopes: token.scopes }
  if (identity === undefined) return { code: 'partner-unknown' }
  return after(parts.registry.findPartner(identity.names), (partner) =>
    partner === 'ambiguous' ? { code: 'partner-ambiguous' } : (partner ?? { code: 'partner-unknown' }),
  )
}

/** @throws RegistryFault */
export function findGrant(
  identity: CertificateIdentity | undefined,
  claim: Claim,
  parts: Parts,
): MaybePromise<Grant | PolicyReason> {
  return after(identity && checkDenied(identity.names, parts), (denied) =>
    after(denied ?? findHolder(identity, claim, parts), (holder) =>
      'code' in holder ? holder : { partner: holder, identity, key: claim.snapshot, token: claim.token },
    ),
  )
}

export function checkTogether({ partner, identity, key, token }: Grant, at: Date): Reason | undefined {
  // A token names its certificate itself; a key is bound by the rules of its partner.
  const unbound = key === undefined || token !== undefined ? undefined : checkBinding(identity?.names, key, at)
  if (unbound !== undefined) return unbound
  return partner.status === 'active' ? undefined : { code: 'partner-suspended', partnerId: partner.id }
}
