/** The questions of a request, asked again while its stream runs. @module */
import type { Flow } from '../primitives/flow.ts'
import type { Reason } from '../problem/reason.ts'
import { checkStanding } from '../registry/check-key.ts'
import { checkTogether, type Grant } from './authenticator.ts'
import { identify } from './certificate-identity.ts'
import { faultReason } from './fault-reason.ts'
import type { Parts } from './parts.ts'

/**
 * By the record that was matched in the request, not by the key itself, which is not kept.
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
  const judged = grant.identity === undefined ? undefined : yield* identify(grant.identity.presented, parts, at)
  if (judged?.reason !== undefined) return judged.reason
  const identity = judged?.identity
  const denied = identity === undefined ? undefined : yield* parts.checkDenied(identity.names, askRegistry)
  if (denied !== undefined) return denied

  let { key, partner } = grant
  if (askRegistry && key !== undefined) {
    const { id: keyId, partnerId, digest } = key.key
    key = yield* parts.findKey(keyId)
    if (key === undefined) return { code: 'key-unknown', keyId }
    if (key.key.digest !== digest || key.partner.id !== partnerId) return { code: 'key-mismatch', keyId, partnerId }
    partner = key.partner
  } else if (askRegistry) {
    const found = yield* parts.findPartner(identity)
    if ('code' in found) return found
    partner = found
  }
  return (key === undefined ? undefined : checkStanding(key.key, at)) ?? checkTogether(identity, key, partner, at)
}
