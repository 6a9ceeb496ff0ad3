/** The questions of a request, asked again while its stream runs. @module */
import { type Flow, settle } from '../primitives/flow.ts'
import type { Reason } from '../problem/reason.ts'
import { checkStanding } from '../registry/check-key.ts'
import { identify } from './certificate-identity.ts'
import { checkDenied, checkTogether, findHolder, type Grant } from './check-together.ts'
import { faultReason } from './fault-reason.ts'
import type { Parts } from './parts.ts'

/**
 * By the record that was matched in the request, not by the key or token itself, which is not kept.
 * @param askRegistry otherwise only what this process knows is asked: dates, trust, revocation, its own denials
 * @returns why the grant no longer holds; never throws
 */
export function* judgeAgain(grant: Grant, parts: Parts, askRegistry: boolean): Flow<Reason | undefined> {
  try {
    return yield* judge(grant, parts, askRegistry)
  } catch (error) {
    return faultReason(error)
  }
}

function* judge(grant: Grant, parts: Parts, askRegistry: boolean): Flow<Reason | undefined> {
  const at = parts.clock()
  const judged = grant.identity === undefined ? undefined : yield* settle(identify(grant.identity.presented, parts, at))
  if (judged?.reason !== undefined) return judged.reason
  const identity = judged?.identity
  if (identity !== undefined && parts.denials.has(identity.names)) return { code: 'certificate-denied', by: 'process' }
  const ended = grant.token === undefined ? undefined : parts.tokens?.standing(grant.token, at)
  if (ended !== undefined) return ended

  const now = askRegistry ? yield* renew({ ...grant, identity }, parts) : { ...grant, identity }
  if ('code' in now) return now
  return (now.key === undefined ? undefined : checkStanding(now.key.key, at)) ?? checkTogether(now, at)
}

/** The same grant by what the registry says now. */
function* renew(grant: Grant, parts: Parts): Flow<Grant | Reason> {
  const { identity, key, token } = grant
  const denied = identity === undefined ? undefined : yield* settle(checkDenied(identity.names, parts))
  if (denied !== undefined) return denied
  if (key === undefined) {
    const partner = yield* settle(findHolder(identity, { token }, parts))
    return 'code' in partner ? partner : { ...grant, partner }
  }
  const { id: keyId, partnerId, digest } = key.key
  const snapshot = yield* settle(parts.registry.findKey(keyId))
  if (snapshot === undefined) return { code: 'key-unknown', keyId }
  if (snapshot.key.digest !== digest || snapshot.partner.id !== partnerId)
    return { code: 'key-mismatch', keyId, partnerId }
  return { ...grant, key: snapshot, partner: snapshot.partner }
}
