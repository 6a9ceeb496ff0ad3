/**
 * One request, top to bottom: this is the flow, and everything else is what it calls.
 *
 * ```
 * Exchange ─► transport, exposure ─► Presented ─► certificate ─► key or token ─► together ─► Grant, or the Reason why not
 * ```
 * @module
 */
import type { Exchange } from '../exchange/exchange.ts'
import { type ExposedKey, findExposedKeys } from '../key/exposed-keys.ts'
import { checkPresence } from '../policy/requirement.ts'
import { type Flow, settle } from '../primitives/flow.ts'
import { problemOf } from '../problem/problem-of.ts'
import type { Reason } from '../problem/reason.ts'
import { checkTransport } from '../source/secure-transport.ts'
import { identify } from './certificate-identity.ts'
import { checkTogether, findGrant, type Grant } from './check-together.ts'
import { hideExposure, judgeCredential } from './judge-credential.ts'
import type { Parts } from './parts.ts'

/** Found on the way, for the event, however the verdict turns out. */
export interface Findings {
  fingerprint: string | undefined
  keyId: string | undefined
  partnerId: string | undefined
  credentialSent: boolean
}

export type Verdict =
  | { readonly kind: 'granted'; readonly grant: Grant }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'refused'; readonly reason: Reason }

/** @throws RegistryFault, or rejects with it; whatever a defect of ours throws */
export function* judgeExchange(exchange: Exchange, parts: Parts, optional: boolean, findings: Findings): Flow<Verdict> {
  const at = parts.clock()

  // Did it come securely? Answered before a credential is looked at, and the same for a good one and a bad one.
  const presented = parts.readCertificate(exchange)
  const exposed = findExposedKeys(exchange.target)
  const insecure = checkTransport(exchange, parts.source, presented !== undefined)
  if (insecure !== undefined) {
    parts.exposure.report([...keysOf(exposed), ...parts.credentials.keyCandidates(exchange)], 'plaintext', exchange)
    return refuse(insecure)
  }
  const inUrl = exposed[0]
  if (inUrl !== undefined) {
    parts.exposure.report(keysOf(exposed), 'url', exchange)
    return refuse({ code: 'key-in-url', part: inUrl.part, keyId: inUrl.keyId })
  }
  const token = parts.tokens?.findExposed(exchange.target)
  if (token !== undefined) return refuse(token)

  // What was presented, each in its one place?
  const credential = parts.credentials.read(exchange)
  const { kind } = credential
  findings.credentialSent = kind !== 'none'
  const unreadable = presented !== undefined && 'code' in presented ? presented : undefined
  if (unreadable !== undefined && problemOf(unreadable) !== 'credentials-invalid') return refuse(unreadable)
  if (kind === 'malformed') return refuse(credential.reason)
  if (optional && presented === undefined && kind === 'none') return { kind: 'anonymous' }
  const presence = {
    certificate: presented !== undefined,
    key: kind === 'key' || kind === 'unusable',
    token: kind === 'token',
  }
  const missing = checkPresence(parts.require, presence)
  if (missing !== undefined) return refuse(missing)

  // The certificate. What cannot be told at this moment waits: a fault of the other credential weighs more than a source that is down.
  if (presented !== undefined && 'code' in presented) return refuse(presented)
  const judged = yield* settle(presented && identify(presented, parts, at))
  findings.fingerprint = judged?.fingerprint
  const doubt = judged?.reason
  if (doubt !== undefined && problemOf(doubt) !== 'verification-unavailable') return refuse(doubt)

  // The key, by its digest before anything that its record says; or the token, by its signature and its binding.
  const claim = yield* settle(judgeCredential(credential, judged, parts, at))
  findings.keyId = claim.keyId
  findings.partnerId = claim.partnerId
  if (claim.reason !== undefined) return refuse(doubt === undefined ? claim.reason : hideExposure(claim.reason))
  if (doubt !== undefined) return refuse(doubt)

  // All of it together.
  const grant = yield* settle(findGrant(judged?.identity, claim, parts))
  if ('code' in grant) return refuse(grant)
  findings.partnerId = grant.partner.id
  const reason = checkTogether(grant, at)
  return reason === undefined ? { kind: 'granted', grant } : refuse(reason)
}

function keysOf(exposed: readonly ExposedKey[]): readonly string[] {
  return exposed.map(({ key }) => key)
}

function refuse(reason: Reason): Verdict {
  return { kind: 'refused', reason }
}
