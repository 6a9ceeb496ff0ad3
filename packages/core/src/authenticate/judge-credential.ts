/** The second credential of a request, a key or a token: what it proves, or why it does not. @module */
import { vouchesFor } from '../policy/binding.ts'
import { after, type Flow, type MaybePromise, runFlow, settle } from '../primitives/flow.ts'
import type { Reason } from '../problem/reason.ts'
import { checkKey, checkStanding } from '../registry/check-key.ts'
import type { KeySnapshot } from '../registry/registry.ts'
import type { VerifiedToken } from '../token/token-verifier.ts'
import type { IdentityVerdict } from './certificate-identity.ts'
import type { Parts } from './parts.ts'
import type { PresentedCredential } from './presented-credential.ts'

/** What is known of it, whether it holds or not; the ids are for events. */
export interface Claim {
  readonly keyId?: string | undefined
  readonly partnerId?: string | undefined
  readonly snapshot?: KeySnapshot | undefined
  readonly token?: VerifiedToken | undefined
  readonly reason?: Reason | undefined
}

const NOTHING: Claim = {}

/** @throws RegistryFault */
export function judgeCredential(
  credential: PresentedCredential,
  judged: IdentityVerdict | undefined,
  parts: Parts,
  at: Date,
): MaybePromise<Claim> {
  switch (credential.kind) {
    case 'key':
      return judgeKey(credential, judged, parts, at)
    case 'token':
      return runFlow(judgeToken(credential.text, judged, parts, at))
    case 'none':
      return NOTHING
    default:
      return { reason: credential.reason }
  }
}

function judgeKey(
  { value, start }: PresentedCredential & { kind: 'key' },
  judged: IdentityVerdict | undefined,
  parts: Parts,
  at: Date,
): MaybePromise<Claim> {
  return after(checkKey(value, parts.keyCheck, at, start), (verdict) => {
    const { snapshot } = verdict
    if (verdict.ok) return { keyId: verdict.snapshot.key.id, partnerId: verdict.snapshot.partner.id, snapshot }
    const keyId = 'keyId' in verdict.reason ? verdict.reason.keyId : undefined
    // Who was exposed learns it only together with a certificate that proves that it is the holder who asks.
    // Asked for every refusal, or the time would tell a key that is merely no longer good from a wrong one.
    const target = verdict.judged ?? snapshot
    const isBound = target !== undefined && vouchesFor(judged?.identity?.names, target, at)
    const isHolder = snapshot !== undefined && isBound
    return { keyId, partnerId: snapshot?.partner.id, reason: isHolder ? verdict.reason : hideExposure(verdict.reason) }
  })
}

function* judgeToken(text: string, judged: IdentityVerdict | undefined, parts: Parts, at: Date): Flow<Claim> {
  // A platform's word for a certificate has no digest that a token could be bound to.
  const fingerprint = judged?.fingerprint
  if (fingerprint === undefined || parts.tokens === undefined) return { reason: { code: 'token-unbound' } }
  const verdict = yield* settle(parts.tokens.verify(text, fingerprint, at))
  if (verdict.ok !== true) return { reason: verdict.reason }
  const { token } = verdict
  const claim = { keyId: token.apiKeyId, partnerId: token.clientId, token }
  if (token.apiKeyId === undefined) return claim
  const standing = yield* judgeTokenKey(token.apiKeyId, token, parts, at)
  return { ...claim, ...standing }
}

/** Where the registry of the issuer is at hand, a key that was revoked ends the tokens that were issued for it. */
function* judgeTokenKey(keyId: string, token: VerifiedToken, parts: Parts, at: Date): Flow<Claim> {
  if (!parts.hasRegistry) return NOTHING
  const snapshot = yield* settle(parts.registry.findKey(keyId))
  if (snapshot === undefined) return { reason: { code: 'key-unknown', keyId } }
  if (snapshot.partner.id !== token.clientId) {
    return { reason: { code: 'token-partner-mismatch', keyId, partnerId: snapshot.partner.id } }
  }
  const ended = checkStanding(snapshot.key, at)
  return ended === undefined ? { snapshot } : { reason: hideExposure(ended) }
}

export function hideExposure<R extends Reason>(reason: R): Reason {
  if (reason.code !== 'key-exposed') return reason
  return { code: 'key-revoked', keyId: reason.keyId, partnerId: reason.partnerId, cause: 'exposed' }
}
