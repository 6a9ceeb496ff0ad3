/** What the certificates of one path demand of each other (RFC 5280 §6.1.3 (b) to (f), §6.1.4 (a) to (j)). @module */
import type { Certificate } from '../x509/certificate.ts'
import type { NameConstraints } from '../x509/extension-values.ts'
import type { Meter } from './budget.ts'
import { checkNameConstraints, readConstraintSet } from './name-constraints.ts'
import type { PathReason } from './path-reason.ts'
import type { PathSettings } from './path-settings.ts'
import { checkPolicies } from './policies.ts'
import type { SubjectNames } from './subject-names.ts'
import type { PreparedAnchor } from './trust-anchor.ts'

/** Whose signatures were verified before: what an unsigned certificate claims is not evaluated. */
export function checkConstraints(
  certificates: readonly Certificate[],
  { anchor, nameConstraints }: PreparedAnchor,
  settings: PathSettings,
  namesOf: SubjectNames,
  meter: Meter,
): { readonly policies: readonly string[] } | { readonly reason: PathReason } {
  const at = (index: number): { index: number; subject: string } => ({
    index,
    subject: String(certificates[index]?.subject ?? anchor.certificate?.subject ?? ''),
  })
  // From the anchor down: first what stands above the path, then each certificate over those below it.
  const sources: [number, NameConstraints | undefined][] = [
    [certificates.length, nameConstraints],
    [certificates.length, anchor.certificate?.nameConstraints],
  ]
  for (let index = certificates.length - 1; index > 0; index--)
    sources.push([index, certificates[index]?.nameConstraints])
  for (const [by, constraints] of sources) {
    const reason = constraints && checkBelow(certificates, by, constraints, namesOf, meter, at)
    if (reason !== undefined) return { reason }
  }
  const outcome = checkPolicies(certificates, anchor.certificate, settings.policies)
  if ('valid' in outcome) return { policies: outcome.valid }
  return outcome.code === 'policy-mapping-invalid'
    ? { reason: { code: outcome.code, ...at(outcome.index), clause: 'RFC 5280 §6.1.4 (a)' } }
    : { reason: { code: outcome.code, ...at(0), clause: 'RFC 5280 §6.1.5 (g)' } }
}

function checkBelow(
  certificates: readonly Certificate[],
  by: number,
  constraints: NameConstraints,
  namesOf: SubjectNames,
  meter: Meter,
  at: (index: number) => { index: number; subject: string },
): PathReason | undefined {
  const set = readConstraintSet(constraints)
  const clause = 'RFC 5280 §4.2.1.10'
  if ('malformed' in set) return { code: 'name-constraint-malformed', constraint: set.malformed, ...at(by), clause }
  for (let index = by - 1; index >= 0; index--) {
    const certificate = certificates[index] as Certificate
    // §6.1.3 (b), (c): a self-issued certificate is passed over, unless it is the final one.
    if (index > 0 && certificate.isSelfIssued) continue
    const fault = checkNameConstraints(certificate, set, namesOf, meter)
    if (fault === undefined) continue
    switch (fault.code) {
      case 'name-constraint-violated':
        return { ...fault, by, ...at(index), clause: 'RFC 5280 §6.1.3 (b), (c)' }
      case 'name-constraint-unsupported':
        return { ...fault, by, ...at(index), clause }
      case 'name-malformed':
        return { ...fault, ...at(index), clause }
      case 'budget-exhausted':
        return { ...fault, ...at(index), clause: 'RFC 5280 §6.1, local limit' }
    }
  }
  return undefined
}
