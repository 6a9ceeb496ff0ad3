/** Asks the configured providers about every certificate of a path, on every request. @module */
import { equalBytes } from '../bytes/equal.ts'
import { encodeHex } from '../bytes/hex.ts'
import type { VerifiedPath } from '../path/verified-path.ts'
import { type Flow, isPromiseLike, type MaybePromise, runFlow } from '../primitives/flow.ts'
import { checkRevocationOption } from './check-revocation-option.ts'
import { coverageOf } from './coverage.ts'
import type { RevocationHealth } from './revocation-health.ts'
import type { RevocationOption, RevocationPolicy, RevocationRules } from './revocation-policy.ts'
import type {
  RevocationHost,
  RevocationIssuer,
  RevocationProvider,
  RevocationQuery,
  RevocationSubject,
} from './revocation-provider.ts'
import type { RevocationPlace, RevocationReason } from './revocation-reason.ts'
import type { RevocationStatus, RevocationUnknownCause } from './revocation-status.ts'

export interface RevocationChecker {
  /** No promise where every answer is at hand. */
  check(path: VerifiedPath, at: Date): MaybePromise<RevocationReason | undefined>
  health(): RevocationHealth
  close(): void
}

/** @throws TypeError naming the option `certificate.revocation` */
export function createRevocationChecker(option: RevocationOption, host: RevocationHost): RevocationChecker {
  const policy = checkRevocationOption(option)
  if (policy === 'unchecked') return UNCHECKED
  for (const provider of policy.providers) provider.attach?.(host)
  const plans = new WeakMap<VerifiedPath, Plan>()

  function planOf(path: VerifiedPath): Plan {
    const known = plans.get(path)
    if (known !== undefined) return known
    const plan = createPlan(path, policy as RevocationPolicy, host)
    plans.set(path, plan)
    return plan
  }

  return {
    check(path, at) {
      const plan = planOf(path)
      const query = { at, graceSeconds: plan.graceSeconds, algorithms: host.algorithms, primitives: host.primitives }
      return runFlow(judge(plan, policy.providers, query, host))
    },
    health() {
      const providers = policy.providers.flatMap((provider) => provider.health?.() ?? [])
      const coverage = coverageOf(policy, host.issuers(), providers)
      const usable = coverage.some(({ state }) => state !== 'missing' && state !== 'stale')
      return {
        checked: true,
        ready: usable || coverage.length === 0 || policy.unknown === 'allow',
        providers,
        coverage,
      }
    },
    close() {
      for (const provider of policy.providers) provider.close?.()
    },
  }
}

const UNCHECKED: RevocationChecker = Object.freeze({
  check: () => undefined,
  health: () => ({ checked: false, ready: true, providers: [], coverage: [] }),
  close: () => {},
})

/** What is to be asked about one path; made once, for a remembered path is asked about on every request. */
interface Plan {
  readonly subjects: readonly RevocationSubject[]
  readonly graceSeconds: number
  readonly allowsUnknown: boolean
}

function createPlan(path: VerifiedPath, policy: RevocationPolicy, host: RevocationHost): Plan {
  const label = path.anchor.label ?? host.labelOf?.(path.anchor.certificate)
  const rules: RevocationRules = { ...policy, ...(label === undefined ? undefined : policy.anchors?.[label]) }
  const { depth = 'chain', graceSeconds = 0, unknown = 'deny', noRevAvail = 'ignore' } = rules
  const subjects = subjectsOf(path)
    .slice(0, depth === 'leaf' ? 1 : undefined)
    .filter(({ certificate }) => !(noRevAvail === 'honour' && hasNoRevocation(certificate)))
  return { subjects, graceSeconds, allowsUnknown: unknown === 'allow' }
}

/** Every certificate below the anchor with its issuer, the leaf first. None if the leaf is the anchor: nobody is above it. */
export function subjectsOf(path: VerifiedPath): readonly RevocationSubject[] {
  const { anchor, certificates, leaf } = path
  if (equalBytes(leaf.publicKey, anchor.publicKey) && equalBytes(leaf.subject.der, anchor.subject)) return []
  return certificates.map((certificate, index) => {
    const above = certificates[index + 1]
    const issuer: RevocationIssuer =
      above === undefined ? anchor : { subject: above.subject.der, publicKey: above.publicKey, certificate: above }
    return { certificate, issuer, path, index }
  })
}

/** RFC 9608 §3 allows it in end-entity certificates that name no source of revocation; elsewhere it means nothing. */
function hasNoRevocation({
  noRevAvail,
  basicConstraints,
  crlDistributionPoints,
  freshestCrl,
}: RevocationSubject['certificate']): boolean {
  return noRevAvail && basicConstraints?.ca !== true && crlDistributionPoints === undefined && freshestCrl === undefined
}

function* judge(
  plan: Plan,
  providers: readonly RevocationProvider[],
  query: RevocationQuery,
  host: RevocationHost,
): Flow<RevocationReason | undefined> {
  let unknown: RevocationReason | undefined
  for (const subject of plan.subjects) {
    let cause: RevocationUnknownCause | undefined
    for (const provider of providers) {
      const answer = askProvider(provider, subject, query, host)
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
function askProvider(
  provider: RevocationProvider,
  subject: RevocationSubject,
  query: RevocationQuery,
  host: RevocationHost,
): MaybePromise<RevocationStatus> {
  try {
    const answer: unknown = provider.status(subject, query)
    if (!isPromiseLike(answer)) return isStatus(answer) ? answer : providerFailed(provider, host, 'no status')
    return answer.then(
      (settled) => (isStatus(settled) ? settled : providerFailed(provider, host, 'no status')),
      (error) => providerFailed(provider, host, error),
    )
  } catch (error) {
    return providerFailed(provider, host, error)
  }
}

function providerFailed(provider: RevocationProvider, host: RevocationHost, error: unknown): RevocationStatus {
  host.notify({
    type: 'degraded',
    source: provider.name,
    cause: error instanceof Error ? error.message : String(error),
  })
  return { status: 'unknown', by: provider.name, cause: 'provider-failed' }
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
function weightier(known: RevocationUnknownCause | undefined, cause: RevocationUnknownCause): RevocationUnknownCause {
  if (known === undefined || known === 'no-source' || cause === 'responder-unknown') return cause
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
    serialNumber: encodeHex(certificate.serialNumber),
    provider,
  }
}
