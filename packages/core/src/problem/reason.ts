/**
 * Why exactly a request was refused, for the operator: in the event, never in the response.
 *
 * Each room states its own reasons; here they are one union, so that whoever handles reasons handles all of them.
 * @module
 */
import type { ExposureReason, KeyFramingReason, KeyReason } from '../key/key-reason.ts'
import type { PathReason } from '../path/path-reason.ts'
import type { PolicyReason } from '../policy/policy-reason.ts'
import type { RevocationReason } from '../revocation/revocation-reason.ts'
import type { SourceReason, TransportReason } from '../source/source-reason.ts'
import type { TokenExposureReason, TokenFramingReason, TokenReason } from '../token/token-reason.ts'

/** Something that a verdict depends on did not answer, or not in the form that its contract gives. */
export type FaultReason =
  | { readonly code: 'registry-unavailable'; readonly call: string; readonly cause: string }
  /** An exception of our own. */
  | { readonly code: 'internal-error'; readonly cause: string }

export type Reason =
  | TransportReason
  | ExposureReason
  | TokenExposureReason
  | SourceReason
  | KeyFramingReason
  | TokenFramingReason
  | PolicyReason
  | PathReason
  | RevocationReason
  | KeyReason
  | TokenReason
  | FaultReason
