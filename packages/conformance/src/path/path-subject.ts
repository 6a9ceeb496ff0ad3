/** What the author of a path validator writes so that the suite can judge it. @module */
import type { MaybePromise } from '@countersign/core'

export type PathFeature =
  /** Names that must stand in the leaf may be asked for. */
  'names' | 'rsa-pss' | 'ed25519' | 'p-521'

export interface PathSubject {
  readonly name: string
  readonly features: readonly PathFeature[]
  /** Never throws for what the certificates hold. */
  verify(question: PathQuestion): MaybePromise<PathAnswer>
}

/** Everything is DER. The defaults of `verifyPath` hold: a client's certificate, strict words. */
export interface PathQuestion {
  readonly leaf: Uint8Array
  /** In any order, helpful or not. */
  readonly intermediates: readonly Uint8Array[]
  readonly anchors: readonly Uint8Array[]
  readonly at: Date
  readonly names?: readonly { readonly kind: 'dns' | 'ip' | 'email' | 'uri'; readonly value: string }[]
}

export type PathAnswer = { readonly accepted: true } | { readonly accepted: false; readonly reason: string }
