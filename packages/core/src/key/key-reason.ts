/** Why a presented API key does not hold. None of it holds any part of the key but its id, which is no secret. @module */

/**
 * What is said of every key that was looked up, `undefined` where there is nothing to say. Objects of one shape: others take the
 * code that handles them longer, and the time of a refusal must not tell its reason.
 */
interface JudgedKey {
  readonly keyId: string
  readonly partnerId?: string | undefined
  readonly cause?: string | undefined
  readonly notBefore?: string | undefined
  readonly notAfter?: string | undefined
}

export type KeyReason =
  /** `Authorization` carries another scheme, or none. */
  | { readonly code: 'key-scheme-wrong'; readonly header: string }
  /** Not of the form `<prefix>_<id>_<secret><checksum>`. */
  | { readonly code: 'key-malformed'; readonly header: string; readonly cause: string }
  | { readonly code: 'key-checksum-wrong'; readonly header: string }
  | { readonly code: 'key-environment-wrong'; readonly keyId: string; readonly prefix: string }
  | (JudgedKey & { readonly code: 'key-unknown' })
  /** The id is known and the secret is not the one that was issued. */
  | (JudgedKey & { readonly code: 'key-mismatch'; readonly partnerId: string })
  | (JudgedKey & { readonly code: 'key-not-yet-valid'; readonly partnerId: string; readonly notBefore: string })
  | (JudgedKey & { readonly code: 'key-expired'; readonly partnerId: string; readonly notAfter: string })
  | (JudgedKey & { readonly code: 'key-revoked'; readonly partnerId: string; readonly cause: string })
  | (JudgedKey & { readonly code: 'key-suspended'; readonly partnerId: string; readonly cause: string })
  /** It had been seen in a URL or over plaintext, and was suspended or revoked for that. */
  | (JudgedKey & { readonly code: 'key-exposed'; readonly partnerId: string })

/** Framing: what was presented as a key cannot be taken for one credential. */
export type KeyFramingReason =
  /** A value in our key format stands in a field that keys are not read from. */
  { readonly code: 'key-misplaced'; readonly header: string }

/** A key in our format, with a right checksum, in the request target. */
export interface ExposureReason {
  readonly code: 'key-in-url'
  readonly part: 'path' | 'query' | 'fragment' | 'authority'
  readonly keyId: string
}
