/** Certificate-bound access tokens (RFC 8705, RFC 9068), checked offline and issued. The one door that loads jose. @module */

export type { TokenVerifierOptions } from './token/create-token-verifier.ts'
export { tokenVerifier } from './token/create-token-verifier.ts'
export { findExposedToken } from './token/exposed-tokens.ts'
export type { IssuerResponse, RequestBody, TokenIssuer } from './token/issuer-endpoints.ts'
export { DEFAULT_TOKEN_ALGORITHMS } from './token/key-set.ts'
export type { RemoteKeySetOptions } from './token/remote-key-set.ts'
export type { SigningKey, SigningKeyCallback, SigningKeyTimes } from './token/signing-key.ts'
export { signingKey, signingKeyCallback } from './token/signing-key.ts'
export type { TokenHolder, TokenIssuerOptions } from './token/token-issuer.ts'
export { tokenIssuer } from './token/token-issuer.ts'
export type { TokenExposureReason, TokenFormFault, TokenReason } from './token/token-reason.ts'
export type { TokenVerdict, TokenVerifier, VerifiedToken } from './token/token-verifier.ts'
