/** Why revocation refuses a path that otherwise holds. @module */
import type { RevocationReasonCode, RevocationUnknownCause } from './revocation-status.ts'

/** Which certificate of the path: 0 is the leaf. Names are text, for people. */
export interface RevocationPlace {
  readonly index: number
  readonly subject: string
  readonly issuer: string
  /** Hex, content octets. */
  readonly serialNumber: string
  /** The provider that said so, or the names of all that were asked. */
  readonly provider: string
}

export type RevocationReason =
  | (RevocationPlace & {
      readonly code: 'certificate-revoked'
      readonly revokedAt: Date
      readonly revocationReason: RevocationReasonCode
    })
  /** A responder that may speak for the issuer does not know the certificate. */
  | (RevocationPlace & { readonly code: 'certificate-status-unknown' })
  /** A source failed, is stale, is missing, or says something that is not understood. */
  | (RevocationPlace & { readonly code: 'revocation-unavailable'; readonly cause: RevocationUnknownCause })
