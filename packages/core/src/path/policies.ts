/**
 * Certificate policies (RFC 5280 §6.1.2 to §6.1.5) with the policy graph of RFC 9618 in place of the tree.
 *
 * The tree of RFC 5280 can double with every certificate (CVE-2023-0464). The graph has at each depth one node a policy, so
 * it is never larger than the certificates themselves. Nodes point to their parents alone; what remains valid is found by
 * one walk from the last depth to the first.
 * @module
 */
import type { Certificate } from '../x509/certificate.ts'
import { ANY_POLICY } from '../x509/oids.ts'
import type { PolicyRules } from './path-settings.ts'

/** One depth of the graph. */
interface Level {
  /** The node of anyPolicy. */
  hasAny: boolean
  /** Parents of each policy at the depth before; none if its parent is anyPolicy. */
  readonly nodes: Map<string, string[]>
}

export type PolicyOutcome =
  | { readonly valid: readonly string[] }
  | { readonly code: 'policy-mapping-invalid'; readonly index: number }
  | { readonly code: 'policy-unacceptable' }

/** §6.1.2 (d), (e), (f): how many more certificates until a policy is required, anyPolicy ignored, mapping forbidden. */
interface Counters {
  explicit: number
  inhibitAny: number
  mapping: number
}

/**
 * @param certificates leaf first, as everywhere
 * @param anchor whose policy constraints bind like those of a certificate above the path (RFC 5937 §3.2)
 */
export function checkPolicies(
  certificates: readonly Certificate[],
  anchor: Certificate | undefined,
  { acceptable = [ANY_POLICY], requireExplicit = false, inhibitAny = false, inhibitMapping = false }: PolicyRules,
): PolicyOutcome {
  if (!requireExplicit && areUntouched(certificates, anchor)) return NO_POLICIES
  const unlimited = certificates.length + 1
  const counters: Counters = {
    explicit: requireExplicit ? 0 : unlimited,
    inhibitAny: inhibitAny ? 0 : unlimited,
    mapping: inhibitMapping ? 0 : unlimited,
  }
  if (anchor !== undefined) tighten(counters, anchor)
  const levels: Level[] = []
  let expected: Level = { hasAny: true, nodes: new Map() }
  for (let index = certificates.length - 1; index >= 0; index--) {
    const certificate = certificates[index] as Certificate
    const isFinal = index === 0
    const anyAllowed = counters.inhibitAny > 0 || (!isFinal && certificate.isSelfIssued)
    const level = applyPolicies(certificate, expected, anyAllowed)
    levels.push(level)
    if (isFinal) {
      // §6.1.5 (a), (b)
      counters.explicit = Math.max(0, counters.explicit - 1)
      if (certificate.policyConstraints?.requireExplicitPolicy === 0) counters.explicit = 0
    } else {
      const { policyMappings = [] } = certificate
      if (
        policyMappings.some((each) => each.issuerDomainPolicy === ANY_POLICY || each.subjectDomainPolicy === ANY_POLICY)
      )
        return { code: 'policy-mapping-invalid', index }
      expected = applyMappings(certificate, level, counters.mapping > 0)
      if (!certificate.isSelfIssued) countDown(counters)
      tighten(counters, certificate)
    }
  }
  const valid = validPolicies(levels, acceptable)
  return counters.explicit === 0 && valid.length === 0 ? { code: 'policy-unacceptable' } : { valid }
}

const NO_POLICIES: PolicyOutcome = { valid: Object.freeze([]) }

/** Nobody asks for a policy, and the leaf has none: what remains valid is nothing, and nothing is asked of it. */
function areUntouched(certificates: readonly Certificate[], anchor: Certificate | undefined): boolean {
  if (certificates[0]?.certificatePolicies !== undefined || anchor?.policyConstraints !== undefined) return false
  return certificates.every(
    ({ policyConstraints, policyMappings }) => policyConstraints === undefined && policyMappings === undefined,
  )
}

/** §6.1.3 (d), (e): `expected` holds a node for every policy that the certificate above lets follow. */
function applyPolicies({ certificatePolicies }: Certificate, expected: Level, anyAllowed: boolean): Level {
  if (certificatePolicies === undefined) return { hasAny: false, nodes: new Map() }
  const asserted = new Set(certificatePolicies)
  const allowsAny = asserted.has(ANY_POLICY) && anyAllowed
  const nodes = new Map<string, string[]>()
  for (const [policy, parents] of expected.nodes) if (allowsAny || asserted.has(policy)) nodes.set(policy, parents)
  if (expected.hasAny)
    for (const policy of asserted) if (policy !== ANY_POLICY && !nodes.has(policy)) nodes.set(policy, [])
  return { hasAny: expected.hasAny && allowsAny, nodes }
}

/** §6.1.4 (b): the level that the next certificate meets. Where mapping is forbidden a mapped policy ends here. */
function applyMappings({ policyMappings = [] }: Certificate, level: Level, allowed: boolean): Level {
  const mapped = new Map<string, string[]>()
  for (const { issuerDomainPolicy, subjectDomainPolicy } of policyMappings) {
    const targets = mapped.get(issuerDomainPolicy)
    if (targets === undefined) mapped.set(issuerDomainPolicy, [subjectDomainPolicy])
    else targets.push(subjectDomainPolicy)
  }
  for (const policy of mapped.keys()) {
    if (!allowed) level.nodes.delete(policy)
    else if (level.hasAny && !level.nodes.has(policy)) level.nodes.set(policy, [])
  }
  const next = new Map<string, string[]>()
  for (const policy of level.nodes.keys())
    for (const target of mapped.get(policy) ?? [policy]) {
      const parents = next.get(target)
      if (parents === undefined) next.set(target, [policy])
      else parents.push(policy)
    }
  return { hasAny: level.hasAny, nodes: next }
}

/** §6.1.4 (h) */
function countDown(counters: Counters): void {
  counters.explicit = Math.max(0, counters.explicit - 1)
  counters.inhibitAny = Math.max(0, counters.inhibitAny - 1)
  counters.mapping = Math.max(0, counters.mapping - 1)
}

/** §6.1.4 (i), (j) */
function tighten(counters: Counters, { policyConstraints, inhibitAnyPolicy }: Certificate): void {
  counters.explicit = Math.min(counters.explicit, policyConstraints?.requireExplicitPolicy ?? counters.explicit)
  counters.mapping = Math.min(counters.mapping, policyConstraints?.inhibitPolicyMapping ?? counters.mapping)
  counters.inhibitAny = Math.min(counters.inhibitAny, inhibitAnyPolicy ?? counters.inhibitAny)
}

/**
 * §6.1.5 (g): the policies, in the words of the anchor's domain, that hold for the whole path and that the caller accepts:
 * those nodes whose parent is anyPolicy and from which the last depth can be reached.
 */
function validPolicies(levels: readonly Level[], acceptable: readonly string[]): readonly string[] {
  const last = levels[levels.length - 1]
  if (last === undefined) return []
  const acceptsAny = acceptable.includes(ANY_POLICY)
  if (last.hasAny) return acceptsAny ? [ANY_POLICY] : [...acceptable]
  const valid = new Set<string>()
  let reached = new Set(last.nodes.keys())
  for (const level of levels.toReversed()) {
    const parents = new Set<string>()
    for (const policy of reached) {
      const above = level.nodes.get(policy) ?? []
      if (above.length === 0 && (acceptsAny || acceptable.includes(policy))) valid.add(policy)
      for (const parent of above) parents.add(parent)
    }
    reached = parents
  }
  return [...valid]
}
