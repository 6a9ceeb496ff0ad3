/** Whether an authenticator can do its work now, and what will stop it soon. @module */
import type { RevocationHealth } from '../revocation/revocation-health.ts'
import type { Trust } from './trust.ts'

export interface AnchorHealth {
  readonly subject: string
  readonly label: string | undefined
  readonly notAfter: Date
  readonly state: 'current' | 'expiring' | 'expired'
}

export interface AuthenticatorHealth {
  /** Usable as a readiness probe: some anchor is in force, and every configured CA has a usable source of revocation. */
  readonly ready: boolean
  readonly anchors: readonly AnchorHealth[]
  readonly revocation: RevocationHealth
  /** Responses that run with somebody holding their `principal.signal`. */
  readonly liveStreams: number
  /** Exposed keys that were not looked at because the limits were reached. */
  readonly exposuresDropped: number
}

/** Replacing a trust anchor at every partner takes weeks. */
const WARN_MILLISECONDS = 30 * 86_400_000

export function anchorHealth(trust: Trust, at: Date): readonly AnchorHealth[] {
  return trust.anchors.map(({ certificate, label }) => {
    const left = certificate.notAfter.getTime() - at.getTime()
    const state = left < 0 ? 'expired' : left < WARN_MILLISECONDS ? 'expiring' : 'current'
    return { subject: String(certificate.subject), label, notAfter: certificate.notAfter, state }
  })
}
