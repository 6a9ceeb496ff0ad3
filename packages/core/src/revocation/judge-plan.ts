/** Asks providers, one after the other, about every certificate of a path: revoked refuses, unknown does unless it is allowed. @module */
import type { VerifiedPath } from '../path/verified-path.ts'
import { type Flow, isPromiseLike, type MaybePromise } from '../primitives/flow.ts'
import { ACCESS_METHOD } from '../x509/oids.ts'
import { subjectsOf } from './path-subjects.ts'
import type { RevocationRules } from './revocation-policy.ts'
import type { RevocationNotice, RevocationProvider, RevocationQuery, RevocationSubject } from './revocation-provider.ts'
import type { RevocationPlace, RevocationReason } from './revocation-reason.ts'
import type { RevocationStatus, RevocationUnknownCause } from './revocation-status.ts'

export type Notify = (notice: RevocationNotice) => void

/** Which subject the first provider was asked about last, and what it answered. Those before it are good. */
export interface Doubt {
  readonly index: number
  readonly answer: MaybePromise<RevocationStatus>
}

/** What is to be asked about one path; made once, for a remembered path is asked about on every request. */
export interface RevocationPlan {
  readonly subjects: readonly RevocationSubject[]
  readonly graceSeconds: number
  readonly depth: 'chain' | 'leaf'
  readonly allowsUnknown: boolean
}

export function createPlan(path: VerifiedPath, rules: RevocationRules): RevocationPlan {
  const { depth = 'chain', graceSeconds = 0, unknown = 'deny', noRevAvail = 'ignore' } = rules
  const subjects = subjectsOf(path)
    .slice(0, depth === 'leaf' ? 1 : undefined)
    .filter(({ certificate }) => !(noRevAvail === 'honour' && hasNoRevocation(certificate)))
  return { subjects, graceSeconds, depth, allowsUnknown: unknown === 'allow' }
}

/** RFC 9608 §3 allows it in end-entity certificates that name no source of revocation; elsewhere it means nothing. */
function hasNoRevocation(certificate: RevocationSubject['certificate']): boolean {
  const { noRevAvail, basicConstraints, crlDistributionPoints, freshestCrl, authorityInfoAccess = [] } = certificate
  if (!noRevAvail || basicConstraints?.ca === true || crlDistributionPoints !== undefined || freshestCrl !== undefined)
    return false
  return !authorityInfoAccess.some(({ method }) => method === ACCESS_METHOD.ocsp)
}

export function* judgePlan(
  plan: RevocationPlan,
  providers: readonly RevocationProvider[],
  query: RevocationQuery,
  notify: Notify,
  begun?: Doubt,
): Flow<RevocationReason | undefined> {
  let unknown: RevocationReason | undefined
  for (const [index, subject] of plan.subjects.entries()) {
    if (begun !== undefined && index < begun.index) continue
    let cause: RevocationUnknownCause | undefined = 'no-source'
    for (const provider of providers) {
      const isAnswered = index === begun?.index && provider === providers[0]
      const answer = isAnswered ? begun.answer : askProvider(provider, subject, query, notify)
      const status = isPromiseLike(answer) ? ((yield answer) as RevocationStatus) : answer
      if (status.status === 'revoked') return revokedReason(subject, status)
      if (status.status === 'good') {
        cause = undefined
        break
      }
      cause = weightier(cause, status.cause)
    }
    // A certificate further up that is revoked says more than one below it of which nothing is known.
    if (cause !== undefined && !plan.allowsUnknown) unknown ??= unknownReason(subject, cause, providers)
  }
  return unknown
}

/** A provider that breaks its contract knows nothing. */
export function askProvider(
  provider: RevocationProvider,
  subject: RevocationSubject,
  query: RevocationQuery,
  notify: Notify,
): MaybePromise<RevocationStatus> {
  try {
    const answer: unknown = provider.status(subject, query)
    if (!isPromiseLike(answer)) return isStatus(answer) ? answer : providerFailed(provider, notify, 'no status')
    return withinTime(answer, (cause) => providerFailed(provider, notify, cause))
  } catch (error) {
    return providerFailed(provider, notify, nameOf(error))
  }
}

/** Twice what our own fetching may take. A provider that never answers must not leave a request unanswered. */
const ANSWER_LIMIT_MILLISECONDS = 10_000

/** Never rejects. */
function withinTime(
  answer: PromiseLike<unknown>,
  failed: (cause: string) => RevocationStatus,
): Promise<RevocationStatus> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(failed('timeout')), ANSWER_LIMIT_MILLISECONDS)
    const settle = (status: RevocationStatus): void => {
      clearTimeout(timer)
      resolve(status)
    }
    // A foreign thenable may throw where it should reject; an async function makes a rejection of that.
    const settled = (async () => await answer)()
    settled.then(
      (status) => settle(isStatus(status) ? status : failed('no status')),
      (error: unknown) => settle(failed(nameOf(error))),
    )
  })
}

function providerFailed(provider: RevocationProvider, notify: Notify, cause: string): RevocationStatus {
  notify({ type: 'degraded', source: provider.name, cause })
  return { status: 'unknown', by: provider.name, cause: 'provider-failed' }
}

/** Only the error's name goes on: what a provider throws may quote a URL with its password. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'not an Error'
}

function isStatus(answer: unknown): answer is RevocationStatus {
  const { status, at, cause } = (answer ?? {}) as { status?: unknown; at?: unknown; cause?: unknown }
  return (
    status === 'good' ||
    (status === 'revoked' && at instanceof Date) ||
    (status === 'unknown' && typeof cause === 'string')
  )
}

/** Of what several providers lack, the word of a responder counts most, and least that there is no source. */
function weightier(known: RevocationUnknownCause, cause: RevocationUnknownCause): RevocationUnknownCause {
  if (known === 'no-source' || cause === 'responder-unknown') return cause
  return known
}

function revokedReason(subject: RevocationSubject, status: RevocationStatus & { status: 'revoked' }): RevocationReason {
  return {
    code: 'certificate-revoked',
    ...placeOf(subject, status.by),
    revokedAt: status.at,
    revocationReason: status.reason,
  }
}

function unknownReason(
  subject: RevocationSubject,
  cause: RevocationUnknownCause,
  providers: readonly RevocationProvider[],
): RevocationReason {
  const place = placeOf(subject, providers.map(({ name }) => name).join(', '))
  if (cause === 'responder-unknown') return { code: 'certificate-status-unknown', ...place }
  return { code: 'revocation-unavailable', ...place, cause }
}

function placeOf({ certificate, index }: RevocationSubject, provider: string): RevocationPlace {
  return {
    index,
    subject: String(certificate.subject),
    issuer: String(certificate.issuer),
    serialNumber: certificate.serialNumberHex,
    provider,
  }
}
