/**
 * Who may have issued whom, by name alone: the leaf's possible ancestors, each with the anchors and intermediates of its
 * issuer's name and the least number of steps to an anchor. What does not lead to an anchor is never searched.
 * @module
 */
import { equalBytes } from '../bytes/equal.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Meter } from './budget.ts'
import type { PreparedAnchor } from './trust-anchor.ts'

export interface IssuerNode {
  readonly certificate: Certificate
  /** Most promising first. An edge whose signature is wrong is taken out. */
  anchors: PreparedAnchor[]
  issuers: IssuerNode[]
  /** Fewest certificates above this one in a path; infinite if there is none. */
  distance: number
}

/** The node of the leaf, with all that it reaches; undefined if the budget ended before. */
export function createIssuerGraph(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  anchors: readonly PreparedAnchor[],
  meter: Meter,
): IssuerNode | undefined {
  const nodes = new Map<Certificate, IssuerNode>()
  const root = nodeOf(leaf, anchors)
  const pending = [root]
  for (const node of pending) {
    if (!meter.spendBytes(node.certificate.der.length)) return undefined
    for (const candidate of intermediates) {
      if (!meter.spendStep()) return undefined
      if (!candidate.subject.equals(node.certificate.issuer) || isSameKeyAndName(candidate, node.certificate)) continue
      let issuer = nodes.get(candidate)
      if (issuer === undefined) {
        issuer = nodeOf(candidate, anchors)
        nodes.set(candidate, issuer)
        pending.push(issuer)
      }
      node.issuers.push(issuer)
    }
  }
  measureDistances(pending)
  for (const node of pending) sortIssuers(node)
  return root
}

/** Where the likeliest way up ends without an anchor: the nodes from the leaf to the one whose issuer is missing. */
export function deadEndOf(root: IssuerNode): IssuerNode[] {
  const way = [root]
  for (const node of way) {
    const next = node.issuers.find((issuer) => !way.includes(issuer))
    if (next !== undefined && node.anchors.length === 0) way.push(next)
  }
  return way
}

export function isSameKeyAndName(a: Certificate, b: Certificate): boolean {
  return equalBytes(a.publicKey, b.publicKey) && a.subject.equals(b.subject)
}

function nodeOf(certificate: Certificate, anchors: readonly PreparedAnchor[]): IssuerNode {
  const named = anchors.filter(({ name }) => name.equals(certificate.issuer))
  if (named.length > 1)
    named.sort((a, b) => keyRank(certificate, a.anchor.certificate) - keyRank(certificate, b.anchor.certificate))
  return { certificate, anchors: named, issuers: [], distance: named.length === 0 ? Number.POSITIVE_INFINITY : 0 }
}

/** Bellman–Ford over a graph whose depth is bounded by the number of nodes; ends as soon as nothing changes. */
function measureDistances(nodes: readonly IssuerNode[]): void {
  for (let changed = true; changed; ) {
    changed = false
    for (const node of nodes.toReversed())
      for (const issuer of node.issuers)
        if (issuer.distance + 1 < node.distance) {
          node.distance = issuer.distance + 1
          changed = true
        }
  }
}

/** The key that the authority key identifier names before others (§4.2.1.1), then the shortest way to an anchor. */
function sortIssuers(node: IssuerNode): void {
  if (node.issuers.length < 2) return
  const { certificate } = node
  node.issuers.sort(
    (a, b) => keyRank(certificate, a.certificate) - keyRank(certificate, b.certificate) || a.distance - b.distance,
  )
}

/** 0: the key identifiers agree. 1: one of them is absent. 2: they differ, which makes it unlikely and not impossible. */
function keyRank(child: Certificate, issuer: Certificate | undefined): number {
  const wanted = child.authorityKeyIdentifier?.keyIdentifier
  const has = issuer?.subjectKeyIdentifier
  if (wanted === undefined || has === undefined) return 1
  return equalBytes(wanted, has) ? 0 : 2
}
