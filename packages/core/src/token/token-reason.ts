/** Why a presented access token does not hold. None of it holds any part of the token but its id. @module */

export type TokenReason =
  /** Not a signed JWT in compact form (RFC 7515 §7.1), or one that breaks a rule of its form. `cause` names the rule. */
  | { readonly code: 'token-malformed'; readonly cause: TokenFormFault }
  /** `typ` is not `at+jwt` (RFC 9068 §4), so it may be a token of another kind from the same issuer. */
  | { readonly code: 'token-type-wrong'; readonly type: string }
  | { readonly code: 'token-algorithm-refused'; readonly algorithm: string }
  /** The issuer publishes no key that could have signed it. */
  | { readonly code: 'token-key-unknown'; readonly keyId: string | undefined }
  | { readonly code: 'token-signature-invalid' }
  /** A claim is missing, has another form than its definition gives it, or another value than is wanted. */
  | { readonly code: 'token-claim-invalid'; readonly claim: string; readonly cause: string }
  | { readonly code: 'token-expired'; readonly expiresAt: Date }
  | { readonly code: 'token-not-yet-valid'; readonly notBefore: Date }
  /** Issued longer ago than is accepted, whatever its own end says. */
  | { readonly code: 'token-too-old'; readonly issuedAt: Date }
  /** No `cnf["x5t#S256"]` (RFC 8705 §3.1): a bearer token, which is never accepted by accident. */
  | { readonly code: 'token-unbound' }
  /** Bound to another certificate than the verified one. */
  | { readonly code: 'token-mismatch'; readonly tokenId: string | undefined }
  /** The issuer's keys are not known at this moment. */
  | { readonly code: 'token-keys-unavailable'; readonly source: string; readonly cause: string }

export type TokenFormFault =
  | 'too-long'
  | 'not-three-parts'
  | 'not-base64url'
  | 'not-json-object'
  | 'member-duplicated'
  | 'nested'
  | 'critical-header'
  | 'refused'

/** Framing: what was presented cannot be taken for one credential. */
export type TokenFramingReason =
  /** A token stands in a field that tokens are not read from. */
  | { readonly code: 'token-misplaced'; readonly header: string }
  /** A key and a token: where either would do, nobody can say which one is meant. */
  | { readonly code: 'bearer-ambiguous'; readonly headers: readonly string[] }

/** A token of the configured issuer in the request target. */
export interface TokenExposureReason {
  readonly code: 'token-in-url'
  readonly part: 'path' | 'query' | 'fragment' | 'authority'
}
