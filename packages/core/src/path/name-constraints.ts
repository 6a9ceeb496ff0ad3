/**
 * Name constraints (RFC 5280 §4.2.1.10, §6.1.3 (b), (c)).
 *
 * A constraint is read conservatively in both directions. Permitted means that every name which a certificate could stand
 * for lies inside; excluded, that none does: `*.example.com` is not within the permitted `a.example.com`, and does meet the
 * excluded `a.example.com` (CVE-2025-61727). A constraint that cannot be read refuses the path, for it was meant to
 * restrict something; so does a name that cannot be read where its form is constrained.
 * @module
 */
import type { Certificate } from '../x509/certificate.ts'
import type { NameConstraints } from '../x509/extension-values.ts'
import type { GeneralName } from '../x509/general-name.ts'
import type { Meter } from './budget.ts'
import { isHostName, isWithinDomain } from './dns-name.ts'
import { type Mailbox, parseMailbox } from './mailbox.ts'
import type { NameFact } from './path-reason.ts'
import { generalNameFact, nameFact, type SubjectName, type SubjectNames } from './subject-names.ts'

export type NameConstraintFault =
  | { readonly code: 'name-constraint-violated'; readonly name: NameFact; readonly constraint: NameFact | undefined }
  | { readonly code: 'name-constraint-unsupported'; readonly name: NameFact }
  | { readonly code: 'name-malformed'; readonly name: NameFact }
  | { readonly code: 'budget-exhausted'; readonly limit: 'nameComparisons' }

/** One subtree, ready to be compared. */
type Subtree = { readonly source: GeneralName } & (
  | { readonly form: 'dns'; readonly domain: string }
  | { readonly form: 'uri'; readonly domain: string; readonly subdomainsOnly: boolean }
  | { readonly form: 'email'; readonly mailbox: Mailbox }
  | { readonly form: 'email'; readonly mailbox: undefined; readonly domain: string; readonly subdomainsOnly: boolean }
  | { readonly form: 'ip'; readonly address: Uint8Array; readonly mask: Uint8Array }
  | { readonly form: 'directory'; readonly rdns: readonly string[] }
  | { readonly form: 'other' | 'x400' | 'edi-party' | 'registered-id' }
)

type SubtreesByForm = ReadonlyMap<SubjectName['form'], readonly Subtree[]>

export interface ConstraintSet {
  readonly permitted: SubtreesByForm
  readonly excluded: SubtreesByForm
}

export type ReadConstraints = ConstraintSet | { readonly malformed: NameFact }

// Derived from an immutable value, and asked for again for every certificate and path below it.
const READ = new WeakMap<NameConstraints, ReadConstraints>()

/** The subtrees, or the first one that is not what its form asks for. */
export function readConstraintSet(constraints: NameConstraints): ReadConstraints {
  let set = READ.get(constraints)
  if (set === undefined) {
    set = readSubtreeLists(constraints)
    READ.set(constraints, set)
  }
  return set
}

/** A name of the certificate that the constraints do not let pass. */
export function checkNameConstraints(
  certificate: Certificate,
  { permitted, excluded }: ConstraintSet,
  namesOf: SubjectNames,
  meter: Meter,
): NameConstraintFault | undefined {
  const names = namesOf(certificate)
  const subtreesOf = (form: SubjectName['form'], lists: SubtreesByForm): readonly Subtree[] => lists.get(form) ?? []
  let comparisons = 0
  for (const { form } of names) comparisons += subtreesOf(form, permitted).length + subtreesOf(form, excluded).length
  // Asked before the first comparison: a certificate that is too much costs nothing.
  if (comparisons > 0 && !meter.spendComparisons(comparisons))
    return { code: 'budget-exhausted', limit: 'nameComparisons' }
  for (const name of names) {
    const fault = checkName(name, subtreesOf(name.form, permitted), subtreesOf(name.form, excluded))
    if (fault !== undefined) return fault
  }
  return undefined
}

function checkName(
  name: SubjectName,
  permitted: readonly Subtree[],
  excluded: readonly Subtree[],
): NameConstraintFault | undefined {
  if (permitted.length + excluded.length === 0) return undefined
  const fact = (): NameFact => nameFact(name)
  if (name.form === 'other' || name.form === 'x400' || name.form === 'edi-party' || name.form === 'registered-id')
    return { code: 'name-constraint-unsupported', name: fact() }
  // §4.2.1.10: a URI without a host name, under a constraint on URIs, MUST be rejected.
  if (name.parsed === undefined || (name.form === 'uri' && name.parsed.kind === 'none'))
    return { code: 'name-malformed', name: fact() }
  for (const subtree of excluded)
    if (meets(name, subtree, 'any'))
      return { code: 'name-constraint-violated', name: fact(), constraint: generalNameFact(subtree.source) }
  if (permitted.length === 0 || permitted.some((subtree) => meets(name, subtree, 'all'))) return undefined
  return { code: 'name-constraint-violated', name: fact(), constraint: undefined }
}

/** Whether all, or any, of what the name stands for lies in the subtree. */
function meets(name: SubjectName, subtree: Subtree, extent: 'all' | 'any'): boolean {
  if (name.form === 'dns' && subtree.form === 'dns' && name.parsed !== undefined) {
    const { host, wildcard } = name.parsed
    if (isWithinDomain(host, subtree.domain)) return true
    // The one label that a wildcard stands for may be the first of the subtree.
    return wildcard && extent === 'any' && subtree.domain.slice(subtree.domain.indexOf('.') + 1) === host
  }
  if (name.form === 'uri' && subtree.form === 'uri' && name.parsed?.kind === 'host')
    return isInHost(name.parsed.host, subtree)
  if (name.form === 'email' && subtree.form === 'email' && name.parsed !== undefined) {
    const { local, domain } = name.parsed
    if (subtree.mailbox !== undefined) return subtree.mailbox.local === local && subtree.mailbox.domain === domain
    return isInHost(domain, subtree)
  }
  if (name.form === 'ip' && subtree.form === 'ip') return isInNetwork(name.parsed, subtree)
  // §7.1: the subtree's relative names are the first of the name's.
  if (name.form === 'directory' && subtree.form === 'directory')
    return subtree.rdns.every((rdn, index) => name.parsed.folded[index] === rdn)
  return false
}

/** §4.2.1.10: a name alone is that host; with a period in front, all below it. The empty one is everything, as in NSS and Go. */
function isInHost(host: string, { domain, subdomainsOnly }: { domain: string; subdomainsOnly: boolean }): boolean {
  if (domain === '') return true
  return subdomainsOnly ? host !== domain && isWithinDomain(host, domain) : host === domain
}

function isInNetwork(octets: Uint8Array, { address, mask }: { address: Uint8Array; mask: Uint8Array }): boolean {
  if (octets.length !== address.length) return false
  for (let index = 0; index < octets.length; index++)
    if ((((octets[index] as number) ^ (address[index] as number)) & (mask[index] as number)) !== 0) return false
  return true
}

function readSubtreeLists({ permitted, excluded }: NameConstraints): ReadConstraints {
  const lists: Map<SubjectName['form'], Subtree[]>[] = []
  for (const bases of [permitted, excluded]) {
    const byForm = new Map<SubjectName['form'], Subtree[]>()
    for (const base of bases ?? []) {
      const subtree = readSubtree(base)
      if (subtree === undefined) return { malformed: generalNameFact(base) }
      const list = byForm.get(subtree.form)
      if (list === undefined) byForm.set(subtree.form, [subtree])
      else list.push(subtree)
    }
    lists.push(byForm)
  }
  const [permittedByForm = new Map(), excludedByForm = new Map()] = lists
  return { permitted: permittedByForm, excluded: excludedByForm }
}

function readSubtree(source: GeneralName): Subtree | undefined {
  switch (source.kind) {
    case 'dns': {
      const domain = source.value.toLowerCase()
      // No period in front and no wildcard: §4.2.1.10 has neither for dNSName, and their writers mean different things by them.
      return domain === '' || isHostName(domain, true) ? { form: 'dns', domain, source } : undefined
    }
    case 'uri': {
      const host = readHostConstraint(source.value)
      return host && { form: 'uri', ...host, source }
    }
    case 'email': {
      if (source.value.includes('@')) {
        const mailbox = parseMailbox(source.value)
        return mailbox && { form: 'email', mailbox, source }
      }
      const host = readHostConstraint(source.value)
      return host && { form: 'email', mailbox: undefined, ...host, source }
    }
    case 'ip': {
      const half = source.octets.length / 2
      const mask = source.octets.subarray(half)
      return isPrefixMask(mask) ? { form: 'ip', address: source.octets.subarray(0, half), mask, source } : undefined
    }
    case 'directory':
      return { form: 'directory', rdns: source.name.folded, source }
    case 'other':
    case 'x400':
    case 'edi-party':
    case 'registered-id':
      return { form: source.kind, source }
  }
}

function readHostConstraint(text: string): { domain: string; subdomainsOnly: boolean } | undefined {
  const subdomainsOnly = text.startsWith('.')
  const domain = (subdomainsOnly ? text.slice(1) : text).toLowerCase()
  return text === '' || isHostName(domain, true) ? { domain, subdomainsOnly } : undefined
}

/** RFC 4632: ones, then zeros. */
function isPrefixMask(mask: Uint8Array): boolean {
  let ended = false
  for (const octet of mask)
    for (let bit = 0x80; bit > 0; bit >>= 1) {
      const isSet = (octet & bit) !== 0
      if (isSet && ended) return false
      ended ||= !isSet
    }
  return true
}
