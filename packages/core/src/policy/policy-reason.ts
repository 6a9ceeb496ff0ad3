/** Why two good credentials are still not enough. @module */
import type { RateQuota } from './rate-limiter.ts'

export type CredentialKind = 'certificate' | 'key' | 'token'

export type PolicyReason =
  | {
      readonly code: 'credentials-missing' | `${CredentialKind}-missing`
      /** Any one of the kinds that would do, where one would. */
      readonly missing: readonly CredentialKind[]
    }
  /** The certificate meets no live rule of the key's partner: the two do not vouch for each other. */
  | { readonly code: 'binding-missing'; readonly keyId: string; readonly partnerId: string }
  /** The token was issued for another partner than the key that it names belongs to. */
  | { readonly code: 'token-partner-mismatch'; readonly keyId: string; readonly partnerId: string }
  /** The key came without a certificate and was not issued with `binding: 'none'`. */
  | { readonly code: 'certificate-required-by-key'; readonly keyId: string; readonly partnerId: string }
  /** The certificate names no partner. */
  | { readonly code: 'partner-unknown' }
  | { readonly code: 'partner-ambiguous' }
  | { readonly code: 'partner-suspended'; readonly partnerId: string }
  /** More than one SPIFFE ID in one certificate (SPIFFE X509-SVID §2). */
  | { readonly code: 'spiffe-id-ambiguous'; readonly count: number }
  /** An operator denied the certificate. */
  | { readonly code: 'certificate-denied'; readonly by: 'registry' | 'process' }
  | {
      readonly code: 'scope-missing'
      readonly partnerId: string
      readonly required: readonly string[]
      readonly missing: readonly string[]
    }
  | {
      readonly code: 'rate-limited'
      readonly limit: 'key' | 'partner' | 'address'
      readonly retryAfterSeconds: number
      readonly quota?: RateQuota
      /** Code of the reason that would have been given without the limit: an address is only charged for failures. */
      readonly hides?: string
    }
  /** What counts requests did not answer, and the policy for that is to refuse. */
  | { readonly code: 'limiter-unavailable'; readonly limit: 'key' | 'partner' | 'address' }
