/**
 * Who may have issued whom, by name: the possible ancestors of a leaf, each with the anchors and intermediates of its
 * issuer's name and the least number of certificates up to an anchor. What leads to none is never searched.
 * @module
 */
import { equalBytes } from '../bytes/equal.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Name } from '../x509/name.ts'
import type { Meter } from './budget.ts'
import type { PreparedAnchor } from './trust-anchor.ts'

/** All that has one name, and so may have issued what names it as issuer. */
interface IssuerGroup {
  readonly anchors: readonly PreparedAnchor[]
  readonly members: IssuerNode[]
  /** The least distance of a member. */
  distance: number
}

export interface IssuerGraph {
  /** The leaf. */
  readonly root: IssuerNode
  /** Distances anew, now that some signatures are known not to hold. */
  measure(): void
}

export class IssuerNode {
  readonly certificate: Certificate
  readonly #group: IssuerGroup
  /** Fewest intermediates between this certificate and an anchor; infinite if nothing leads to one. */
  distance: number = Number.POSITIVE_INFINITY
  #anchors: readonly PreparedAnchor[] | undefined
  #issuers: readonly IssuerNode[] | undefined
  #dropped: readonly Uint8Array[] = []

  constructor(certificate: Certificate, group: IssuerGroup) {
    this.certificate = certificate
    this.#group = group
  }

  /** Whether the distance became less. */
  approach(): boolean {
    const distance = this.anchors.length > 0 ? 0 : this.#group.distance + 1
    const isLess = distance < this.distance
    if (isLess) this.distance = distance
    return isLess
  }

  /** Most promising first. */
  get anchors(): readonly PreparedAnchor[] {
    this.#anchors ??= inOrder(
      this.#group.anchors.filter(({ anchor }) => !this.#isDropped(anchor.publicKey)),
      ({ anchor }) => keyRank(this.certificate, anchor.certificate),
    )
    return this.#anchors
  }

  /** Intermediates that lead to an anchor, most promising first. */
  get issuers(): readonly IssuerNode[] {
    this.#issuers ??= inOrder(
      this.#group.members.filter(
        ({ distance, certificate }) => distance < Number.POSITIVE_INFINITY && !this.#isDropped(certificate.publicKey),
      ),
      // The key that is named before others (§4.2.1.1), then the shortest way; a path has fewer than 100 certificates.
      (issuer) => 100 * keyRank(this.certificate, issuer.certificate) + Math.min(issuer.distance, 99),
    )
    return this.#issuers
  }

  /** Whether any certificate of the issuer's name leads to an anchor; found without putting them in order. */
  get mayHaveIssuers(): boolean {
    return this.#group.distance < Number.POSITIVE_INFINITY
  }

  /** Every certificate of the issuer's name, whether it leads anywhere or not. */
  get named(): readonly IssuerNode[] {
    return this.#group.members
  }

  /** The signature is not this key's: no path needs to come that way again. */
  dropSigner(key: Uint8Array): void {
    this.#dropped = [...this.#dropped, key]
    this.#anchors = this.#anchors?.filter(({ anchor }) => !equalBytes(anchor.publicKey, key))
    this.#issuers = this.#issuers?.filter(({ certificate }) => !equalBytes(certificate.publicKey, key))
  }

  #isDropped(key: Uint8Array): boolean {
    return this.#dropped.some((each) => equalBytes(each, key))
  }
}

/** The node of the leaf, with all that it reaches; undefined if the budget ended before. */
export function createIssuerGraph(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  anchors: readonly PreparedAnchor[],
  meter: Meter,
): IssuerGraph | undefined {
  const namedBy = indexBySubject(intermediates, meter)
  if (namedBy === undefined) return undefined
  const groups = new Map<string, IssuerGroup>()
  const groupOf = (name: Name): IssuerGroup => {
    const { key } = name
    let group = groups.get(key)
    if (group === undefined) {
      const named = anchors.filter((anchor) => anchor.name.key === key)
      group = { anchors: named, members: [], distance: Number.POSITIVE_INFINITY }
      groups.set(key, group)
    }
    return group
  }
  const nodeOf = (certificate: Certificate): IssuerNode | undefined =>
    meter.spendBytes(certificate.der.length) ? new IssuerNode(certificate, groupOf(certificate.issuer)) : undefined

  const root = nodeOf(leaf)
  if (root === undefined) return undefined
  // Grows while it is walked: each new issuer's name is a group of its own.
  for (const [key, group] of groups)
    for (const candidate of namedBy(key)) {
      const node = nodeOf(candidate)
      if (node === undefined) return undefined
      group.members.push(node)
    }
  const measure = (): void => measureDistances(root, [...groups.values()].reverse())
  measure()
  return { root, measure }
}

/** A map pays from about so many on. */
const FEW = 8

/** The certificates of a name, by its key; undefined if the budget ended. */
function indexBySubject(
  certificates: readonly Certificate[],
  meter: Meter,
): ((key: string) => readonly Certificate[]) | undefined {
  if (certificates.length <= FEW) return (key) => certificates.filter(({ subject }) => subject.key === key)
  const byKey = new Map<string, Certificate[]>()
  for (const certificate of certificates) {
    if (!meter.spendStep()) return undefined
    const { key } = certificate.subject
    const named = byKey.get(key)
    if (named === undefined) byKey.set(key, [certificate])
    else named.push(certificate)
  }
  return (key) => byKey.get(key) ?? []
}

export function isSameKeyAndName(a: Certificate, b: Certificate): boolean {
  return equalBytes(a.publicKey, b.publicKey) && a.subject.equals(b.subject)
}

/** Further up nobody looks for the certificate that is missing. */
const MAX_WAY = 10

/** Where the likeliest way up ends without an anchor: the nodes from the leaf to the one whose issuer is missing. */
export function deadEndOf(root: IssuerNode): readonly IssuerNode[] {
  const way = [root]
  const isOnWay = ({ certificate }: IssuerNode): boolean =>
    way.some((each) => isSameKeyAndName(each.certificate, certificate))
  for (const node of way) {
    if (node.anchors.length > 0 || way.length === MAX_WAY) break
    const next = node.named.find((each) => !isOnWay(each))
    if (next !== undefined) way.push(next)
  }
  return way
}

/**
 * Until nothing changes: at most as many rounds as the longest way up has names.
 * @param groups the farthest from the leaf first
 */
function measureDistances(root: IssuerNode, groups: readonly IssuerGroup[]): void {
  root.distance = Number.POSITIVE_INFINITY
  for (const group of groups) {
    group.distance = Number.POSITIVE_INFINITY
    for (const member of group.members) member.distance = Number.POSITIVE_INFINITY
  }
  for (let changed = true; changed; ) {
    changed = false
    for (const group of groups)
      for (const member of group.members)
        if (member.approach()) {
          group.distance = Math.min(group.distance, member.distance)
          changed = true
        }
  }
  root.approach()
}

function inOrder<T>(candidates: readonly T[], rankOf: (candidate: T) => number): readonly T[] {
  if (candidates.length < 2) return candidates
  const ranked = candidates.map((candidate) => ({ candidate, rank: rankOf(candidate) }))
  return ranked.sort((a, b) => a.rank - b.rank).map(({ candidate }) => candidate)
}

/** 0: the key identifiers agree. 1: one of them is absent. 2: they differ, which makes it unlikely and not impossible. */
function keyRank(child: Certificate, issuer: Certificate | undefined): number {
  const wanted = child.authorityKeyIdentifier?.keyIdentifier
  const has = issuer?.subjectKeyIdentifier
  if (wanted === undefined || has === undefined) return 1
  return equalBytes(wanted, has) ? 0 : 2
}
