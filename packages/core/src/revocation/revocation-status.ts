/** What a source of revocation says of one certificate: good, revoked, or unknown with its cause (RFC 5280 §6.3, RFC 6960 §2.2). @module */

export type RevocationStatus =
  /** `until`: how long the answer may be repeated without asking again. */
  | { readonly status: 'good'; readonly by: string; readonly until?: Date }
  | { readonly status: 'revoked'; readonly by: string; readonly at: Date; readonly reason: RevocationReasonCode }
  | { readonly status: 'unknown'; readonly by?: string; readonly cause: RevocationUnknownCause }

/** CRLReason in the words of RFC 5280 §5.3.1. `unspecified` where the entry gives none. */
export type RevocationReasonCode =
  | 'unspecified'
  | 'keyCompromise'
  | 'cACompromise'
  | 'affiliationChanged'
  | 'superseded'
  | 'cessationOfOperation'
  | 'certificateHold'
  | 'removeFromCRL'
  | 'privilegeWithdrawn'
  | 'aACompromise'

/** Why there is no answer. Only `responder-unknown` was said by somebody entitled to say it; everything else is a want of ours. */
export type RevocationUnknownCause =
  /** No source has anything for this issuer. */
  | 'no-source'
  /** The source is configured, and nothing was loaded from it so far. */
  | 'not-loaded'
  /** It could not be reached, answered with an error, or is being left alone after repeated failures. */
  | 'source-failed'
  /** Too many look-ups were under way. */
  | 'overloaded'
  | 'crl-malformed'
  | 'crl-signature'
  /** Signed by a certificate whose keyUsage lacks cRLSign, or by one that could not be validated. */
  | 'crl-signer'
  /** The authority key identifier names another key of the same name. */
  | 'crl-authority-key'
  | 'crl-not-yet-valid'
  /** Past nextUpdate and the grace that the policy gives. */
  | 'crl-expired'
  /** It carries no nextUpdate, and no maximum age was configured. */
  | 'crl-without-next-update'
  /** The issuing distribution point says that it is about other certificates. */
  | 'crl-scope'
  /** CRLs for some reasons are at hand, and together they do not cover all. */
  | 'crl-reasons'
  /** An unknown critical extension of the list, or of an entry. */
  | 'crl-critical-extension'
  /** A delta without its base, or against another base. */
  | 'crl-delta'
  | 'ocsp-malformed'
  /** tryLater, internalError, unauthorized and the like (RFC 6960 §2.3). */
  | 'ocsp-refused'
  | 'ocsp-signature'
  /** Nobody who may speak for the issuer (RFC 6960 §4.2.2.2). */
  | 'ocsp-responder'
  /** It speaks of another certificate. */
  | 'ocsp-certificate'
  | 'ocsp-nonce'
  | 'ocsp-not-yet-valid'
  | 'ocsp-expired'
  /** It carries no nextUpdate, and no maximum age was configured. */
  | 'ocsp-without-next-update'
  | 'ocsp-critical-extension'
  /** The responder, entitled to speak, does not know this certificate. */
  | 'responder-unknown'
  /** The signature algorithm is not one that the policy names, or the runtime lacks it. */
  | 'algorithm'
  /** A provider broke its contract: it threw, or answered with something that is no status. */
  | 'provider-failed'
