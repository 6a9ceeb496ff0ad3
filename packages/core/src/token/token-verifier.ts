/** The seam between the flow and the checking of access tokens: the flow knows this alone, and loads no JOSE library for it. @module */
import type { MaybePromise } from '../primitives/flow.ts'
import type { TokenExposureReason, TokenReason } from './token-reason.ts'

/** What a token says, once its signature, its dates and its binding held. */
export interface VerifiedToken {
  /** `jti`. */
  readonly id: string | undefined
  readonly issuer: string
  readonly subject: string
  /** `client_id` (RFC 9068 §2.2), else `sub`: the partner. */
  readonly clientId: string
  /** From `scope` (RFC 9068 §2.2.3) or `scp`. */
  readonly scopes: readonly string[]
  readonly issuedAt: Date
  readonly expiresAt: Date
  /** The API key that it was issued for, if it came from `tokenIssuer`: where a registry is at hand its standing counts too. */
  readonly apiKeyId: string | undefined
  readonly claims: Readonly<Record<string, unknown>>
}

export type TokenVerdict =
  | { readonly ok: true; readonly token: VerifiedToken }
  | { readonly ok: false; readonly reason: TokenReason }

/** Made by `tokenVerifier()`; may be implemented by anybody. */
export interface TokenVerifier {
  readonly name: string
  /** Whether a request target holds a token of its issuer (RFC 6750 §5.3). Never throws. `findExposedToken` looks for JWTs. */
  findExposed(target: string): TokenExposureReason | undefined
  /**
   * Never throws on client input.
   * @param fingerprint SHA-256 of the *verified* leaf, lower-case hex
   */
  verify(token: string, fingerprint: string, at: Date): MaybePromise<TokenVerdict>
  /** Whether a token that was accepted is still within its dates, for streams that run. */
  standing(token: VerifiedToken, at: Date): TokenReason | undefined
  close?(): void
}
