/** The configured providers, asked about every certificate of a path on every request. @module */
import type { VerifiedPath } from '../path/verified-path.ts'
import { type MaybePromise, runFlow } from '../primitives/flow.ts'
import { checkRevocationOption } from './check-revocation-option.ts'
import { coverageOf } from './coverage.ts'
import { askProvider, createPlan, type Doubt, judgePlan, type Notify, type RevocationPlan } from './judge-plan.ts'
import type { RevocationHealth } from './revocation-health.ts'
import type { RevocationOption } from './revocation-policy.ts'
import type { RevocationHost, RevocationProvider, RevocationQuery, RevocationSubject } from './revocation-provider.ts'
import type { RevocationReason } from './revocation-reason.ts'

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
  const { providers, anchors, ...rules } = policy
  const labels = host.anchorLabels?.()
  for (const label of Object.keys(anchors ?? {})) {
    // A misspelt label would leave the CA that was meant under other rules, silently.
    if (labels?.includes(label) === false)
      throw new TypeError(`certificate.revocation.anchors.${label}: no anchor has this label`)
  }
  for (const provider of providers) provider.attach?.(host)
  const { algorithms, primitives } = host
  const notify = host.notify.bind(host)
  /** A remembered path is asked about on every request. */
  const plans = new WeakMap<VerifiedPath, RevocationPlan>()

  function planOf(path: VerifiedPath): RevocationPlan {
    const known = plans.get(path)
    if (known !== undefined) return known
    const { label } = path.anchor
    const plan = createPlan(path, { ...rules, ...(label === undefined ? undefined : anchors?.[label]) })
    plans.set(path, plan)
    return plan
  }

  return {
    check(path, at) {
      const plan = planOf(path)
      const { graceSeconds, depth } = plan
      const query = { at, graceSeconds, depth, algorithms, primitives }
      const stop = firstDoubt(plan, providers, query, notify)
      return stop === undefined ? undefined : runFlow(judgePlan(plan, providers, query, notify, stop))
    },
    health() {
      const health = providers.flatMap((provider) => provider.health?.() ?? [])
      const coverage = coverageOf(policy, host.issuers(), health)
      const isUsable = coverage.some(({ state }) => state !== 'missing' && state !== 'stale')
      const ready = isUsable || coverage.length === 0 || rules.unknown === 'allow'
      return { checked: true, ready, providers: health, coverage }
    },
    close() {
      for (const provider of providers) provider.close?.()
    },
  }
}

/**
 * Where the first provider does not know at once that everything is good, or nothing if it does, which is what nearly
 * every request comes to: this way that costs a tenth of a kilobyte and no generator.
 */
function firstDoubt(
  { subjects }: RevocationPlan,
  [first]: readonly RevocationProvider[],
  query: RevocationQuery,
  notify: Notify,
): Doubt | undefined {
  for (let index = 0; first !== undefined && index < subjects.length; index++) {
    const answer = askProvider(first, subjects[index] as RevocationSubject, query, notify)
    if (!('status' in answer) || answer.status !== 'good') return { index, answer }
  }
  return undefined
}

const UNCHECKED: RevocationChecker = Object.freeze({
  check: () => undefined,
  health: () => ({ checked: false, ready: true, providers: [], coverage: [] }),
  close: () => {},
})
