/** Which configured CA has a source of revocation, and until when. @module */
import type { Certificate } from '../x509/certificate.ts'
import { ANY_ISSUER, type ProviderHealth, type RevocationCoverage } from './revocation-health.ts'
import type { RevocationPolicy } from './revocation-policy.ts'

const RANK = { missing: 0, stale: 1, 'on-demand': 2, expiring: 3, covered: 4 } as const

export function coverageOf(
  policy: RevocationPolicy,
  issuers: readonly Certificate[],
  health: readonly ProviderHealth[],
): readonly RevocationCoverage[] {
  const onDemand = policy.providers.some((provider) => provider.health === undefined)
  const needed = new Map<string, Certificate>()
  for (const issuer of issuers) if (needsCoverage(issuer, issuers, policy)) needed.set(String(issuer.subject), issuer)
  return [...needed.keys()].map((issuer) => {
    const found = health
      .filter((each) => each.issuer === issuer || each.issuer === ANY_ISSUER)
      .map((each) => coverageFrom(each, issuer))
    if (onDemand) found.push({ issuer, state: 'on-demand' })
    found.sort((one, other) => RANK[other.state] - RANK[one.state] || endOf(other) - endOf(one))
    return found[0] ?? { issuer, state: 'missing' }
  })
}

/** Where only leaves are checked, a CA that issued other configured CAs is taken for one that issues nothing else. */
function needsCoverage(issuer: Certificate, issuers: readonly Certificate[], { depth }: RevocationPolicy): boolean {
  if (issuer.basicConstraints?.ca !== true) return false
  if (depth !== 'leaf') return true
  return !issuers.some((other) => other !== issuer && !other.isSelfIssued && other.issuer.equals(issuer.subject))
}

function coverageFrom({ issuer, state, nextUpdate }: ProviderHealth, of: string): RevocationCoverage {
  const usable = issuer === ANY_ISSUER ? 'on-demand' : state === 'current' ? 'covered' : state
  const isUsable = state === 'current' || state === 'expiring'
  return {
    issuer: of,
    state: isUsable && usable !== 'failed' ? usable : 'stale',
    ...(nextUpdate === undefined ? {} : { until: nextUpdate }),
  }
}

function endOf({ until }: RevocationCoverage): number {
  return until?.getTime() ?? 0
}
