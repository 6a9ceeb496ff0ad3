/** Certification path validation (RFC 5280 §6), with the search for the path to validate. @module */
import { type MaybePromise, runFlow } from '../primitives/flow.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { PathReason } from './path-reason.ts'
import { type PathRules, resolveSettings } from './path-settings.ts'
import { searchPaths } from './search-paths.ts'
import type { TrustAnchor } from './trust-anchor.ts'
import type { VerifiedPath } from './verified-path.ts'

export interface VerifyPathOptions<R extends { readonly code: string } = never> extends PathRules {
  readonly leaf: Certificate
  /** In any order; useless and hostile ones cost budget and nothing else. */
  readonly intermediates?: readonly Certificate[]
  /** At least one. What the certificate of an anchor says of itself binds. */
  readonly anchors: readonly (Certificate | TrustAnchor)[]
  readonly at: Date
  /** Asked for each path that holds, best first; what it returns refuses that path, and the next one is tried. */
  readonly accept?: (path: VerifiedPath) => MaybePromise<R | undefined>
}

export type VerifyPathResult<R = never> =
  | { readonly ok: true; readonly path: VerifiedPath }
  | { readonly ok: false; readonly reason: PathReason | R }

/**
 * Finds a path from the leaf to an anchor for which every rule holds. The answer comes at once where the primitives and
 * `accept` answer at once, else as a promise.
 * @throws TypeError for options that make no sense
 */
export function verifyPath<R extends { readonly code: string } = never>(
  options: VerifyPathOptions<R>,
): MaybePromise<VerifyPathResult<R>> {
  const { leaf, anchors, at } = options
  if (!(leaf?.der instanceof Uint8Array) || leaf.der.length === 0)
    throw new TypeError('leaf: a Certificate, made by parseCertificate')
  if (!Array.isArray(anchors) || anchors.length === 0)
    throw new TypeError('anchors: at least one; there are no default roots')
  return runFlow(searchPaths(options, resolveSettings(options, at)))
}
