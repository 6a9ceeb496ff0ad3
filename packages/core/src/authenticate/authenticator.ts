/**
 * One request, top to bottom: this is the flow, and everything else is what it calls.
 *
 * ```
 * Exchange ─► transport, exposure ─► Presented ─► certificate ─► key ─► together ─► Grant, or the Reason why not
 * ```
 * @module
 */
import type { Exchange } from '../exchange/exchange.ts'
import { findExposedKeys } from '../key/exposed-keys.ts'
import type { KeyReason } from '../key/key-reason.ts'
import { checkBinding } from '../policy/binding.ts'
import { checkPresence } from '../policy/requirement.ts'
import type { Flow } from '../primitives/flow.ts'
import { problemOf } from '../problem/problem-of.ts'
import type { Reason } from '../problem/reason.ts'
import { checkKey } from '../registry/check-key.ts'
import type { Partner } from '../registry/records.ts'
import type { KeySnapshot } from '../registry/registry.ts'
import { checkTransport } from '../source/secure-transport.ts'
import { type CertificateIdentity, identify } from './certificate-identity.ts'
import type { Parts } from './parts.ts'

/** What a request may do, before it is made presentable. */
export interface Grant {
  readonly partner: Partner
  readonly identity: CertificateIdentity | undefined
  readonly key: KeySnapshot | undefined
}

/** Found on the way, for the event, however the verdict turns out. */
export interface Findings {
  fingerprint: string | undefined
  keyId: string | undefined
  partnerId: string | undefined
  keySent: boolean
}

export type Verdict =
  | { readonly kind: 'granted'; readonly grant: Grant }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'refused'; readonly reason: Reason }

/** @throws RegistryFault; whatever a defect of ours throws */
export function* judgeExchange(exchange: Exchange, parts: Parts, optional: boolean, findings: Findings): Flow<Verdict> {
  const at = parts.clock()

  // Did it come securely? Answered before a credential is looked at, and the same for a good one and a bad one.
  const presented = parts.readCertificate(exchange)
  const exposed = findExposedKeys(exchange.target)
  const insecure = checkTransport(exchange, parts.source, presented !== undefined)
  if (insecure !== undefined) {
    parts.exposure.report(
      [...exposed.map(({ key }) => key), ...parts.keyReader.candidates(exchange)],
      'plaintext',
      exchange,
    )
    return refuse(insecure)
  }
  const [inUrl] = exposed
  if (inUrl !== undefined) {
    parts.exposure.report(
      exposed.map(({ key }) => key),
      'url',
      exchange,
    )
    return refuse({ code: 'key-in-url', part: inUrl.part, keyId: inUrl.keyId })
  }

  // What was presented, each in its one place?
  const key = parts.keyReader.read(exchange)
  findings.keySent = key.kind !== 'none'
  if (presented !== undefined && 'code' in presented) return refuse(presented)
  if (key.kind === 'malformed') return refuse(key.reason)
  if (optional && presented === undefined && key.kind === 'none') return { kind: 'anonymous' }
  const missing = checkPresence(parts.require, presented !== undefined, key.kind !== 'none')
  if (missing !== undefined) return refuse(missing)

  // The certificate. What cannot be told at this moment waits: a fault of the key weighs more than a source that is down.
  const judged = presented === undefined ? undefined : yield* identify(presented, parts, at)
  findings.fingerprint = judged?.fingerprint
  const doubt = judged?.reason
  if (doubt !== undefined && problemOf(doubt) !== 'verification-unavailable') return refuse(doubt)
  const identity = judged?.identity

  // The key, by its digest before anything that its record says.
  if (key.kind === 'unusable') return refuse(key.reason)
  let snapshot: KeySnapshot | undefined
  if (key.kind === 'key') {
    const verdict = yield* checkKey(key.text, { ...parts.keyCheck, at })
    if (!verdict.ok) {
      findings.keyId = 'keyId' in verdict.reason ? verdict.reason.keyId : undefined
      findings.partnerId = verdict.snapshot?.partner.id
      return refuse(
        doubt === undefined
          ? exposedOnlyToHolder(verdict.reason, verdict.snapshot, identity, at)
          : hideExposure(verdict.reason),
      )
    }
    snapshot = verdict.snapshot
    findings.keyId = snapshot.key.id
    findings.partnerId = snapshot.partner.id
  }
  if (doubt !== undefined) return refuse(doubt)

  // Both together.
  const denied = identity === undefined ? undefined : yield* parts.checkDenied(identity.names, true)
  if (denied !== undefined) return refuse(denied)
  const partner = snapshot?.partner ?? (yield* parts.findPartner(identity))
  if ('code' in partner) return refuse(partner)
  findings.partnerId = partner.id
  const reason = checkTogether(identity, snapshot, partner, at)
  return reason === undefined ? { kind: 'granted', grant: { partner, identity, key: snapshot } } : refuse(reason)
}

/** Good credentials of one partner, which is in good standing: asked in a request and again while its stream runs. */
export function checkTogether(
  identity: CertificateIdentity | undefined,
  snapshot: KeySnapshot | undefined,
  partner: Partner,
  at: Date,
): Reason | undefined {
  const unbound = snapshot === undefined ? undefined : checkBinding(identity?.names, snapshot, at)
  if (unbound !== undefined) return unbound
  return partner.status === 'active' ? undefined : { code: 'partner-suspended', partnerId: partner.id }
}

/** Who was exposed learns it only together with a certificate that proves that it is the holder who asks. */
function exposedOnlyToHolder(
  reason: KeyReason,
  snapshot: KeySnapshot | undefined,
  identity: CertificateIdentity | undefined,
  at: Date,
): KeyReason {
  const holds = snapshot !== undefined && checkBinding(identity?.names, snapshot, at) === undefined
  return holds ? reason : hideExposure(reason)
}

function hideExposure(reason: KeyReason): KeyReason {
  if (reason.code !== 'key-exposed') return reason
  return { code: 'key-revoked', keyId: reason.keyId, partnerId: reason.partnerId, cause: 'exposed' }
}

function refuse(reason: Reason): Verdict {
  return { kind: 'refused', reason }
}
