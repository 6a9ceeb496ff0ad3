/** Revocation of a verified path, from answers that the caller brings. @module */
import { primitives as nativePrimitives } from '#primitives'
import type { VerifiedPath } from '../path/verified-path.ts'
import { type Flow, type MaybePromise, runFlow } from '../primitives/flow.ts'
import type { Primitives } from '../primitives/primitives.ts'
import { type AlgorithmPolicy, DEFAULT_ALGORITHMS } from '../x509/algorithm-policy.ts'
import { Crl, parseCrl } from './crl.ts'
import { CrlError } from './crl-error.ts'
import { CrlSet } from './crl-set.ts'
import { type CrlQuery, crlStatus } from './crl-status.ts'
import { createPlan, judgePlan } from './judge-plan.ts'
import type { RevocationRules } from './revocation-policy.ts'
import type { RevocationProvider, RevocationSubject } from './revocation-provider.ts'
import type { RevocationReason } from './revocation-reason.ts'
import type { RevocationStatus } from './revocation-status.ts'

export interface CheckRevocationOptions extends RevocationRules {
  /** Parsed, or DER octets or PEM text with one list; what does not parse says nothing. */
  readonly crls?: readonly (Crl | Uint8Array | string)[]
  /** Asked after what is given here, in this order. */
  readonly providers?: readonly RevocationProvider[]
  readonly at: Date
  /** Counts CRLs older than this as expired; without it a list that has no nextUpdate counts for nothing. */
  readonly maxAgeSeconds?: number
  readonly algorithms?: AlgorithmPolicy
  readonly primitives?: Primitives
  readonly signal?: AbortSignal
}

/**
 * A reason to refuse the path, or nothing: every certificate below the anchor is good. Fits `accept` of `verifyPath`:
 * `accept: (path) => checkRevocation(path, { crls, at })`. Answers at once where everything is at hand.
 */
export function checkRevocation(
  path: VerifiedPath,
  options: CheckRevocationOptions,
): MaybePromise<RevocationReason | undefined> {
  const { crls, providers = [], at, maxAgeSeconds, signal } = options
  const { algorithms = DEFAULT_ALGORITHMS, primitives = nativePrimitives } = options
  const plan = createPlan(path, options)
  const { graceSeconds, depth } = plan
  const query = { at, graceSeconds, depth, algorithms, primitives, ...(signal === undefined ? {} : { signal }) }
  return runFlow(judgePlan(plan, [...given(crls, maxAgeSeconds), ...providers], query, () => {}))
}

function given(
  crls: CheckRevocationOptions['crls'] = [],
  maxAgeSeconds: number | undefined,
): readonly RevocationProvider[] {
  if (crls.length === 0) return []
  const parsed = crls.map(parse)
  const set = new CrlSet(parsed.filter((each) => each !== undefined))
  return [
    {
      name: 'crls',
      status: (subject, query) =>
        runFlow(askCrls(subject, set, { ...query, by: 'crls', maxAgeSeconds }, parsed.includes(undefined))),
    },
  ]
}

function* askCrls(
  subject: RevocationSubject,
  set: CrlSet,
  query: CrlQuery,
  isPartial: boolean,
): Flow<RevocationStatus> {
  const { status } = yield* crlStatus(subject, set, query)
  // The list that was meant may be the one that does not parse.
  if (isPartial && status.status === 'unknown' && status.cause === 'no-source')
    return { ...status, cause: 'crl-malformed' }
  return status
}

function parse(crl: Crl | Uint8Array | string): Crl | undefined {
  if (crl instanceof Crl) return crl
  try {
    return parseCrl(crl)
  } catch (error) {
    if (error instanceof CrlError) return undefined
    throw error
  }
}
