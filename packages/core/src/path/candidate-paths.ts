/**
 * Candidate paths in the order in which they are worth judging: the shortest first, and of these the one whose key
 * identifiers fit. Deepening step by step, a set of certificates that is built to explode is left before it does.
 * @module
 */
import { type IssuerGraph, type IssuerNode, isSameKeyAndName } from './issuer-graph.ts'
import type { PreparedAnchor } from './trust-anchor.ts'

/** Leaf first, then the issuers. */
export type Nodes = readonly [IssuerNode, ...IssuerNode[]]

export interface Candidate {
  readonly nodes: Nodes
  readonly anchor: PreparedAnchor
}

export interface CandidateRules {
  readonly depth: number
  /** Whether one more issuer may be looked at. */
  spendStep(): boolean
  /** Whether this issuer may stand above these certificates; whoever says no keeps the reason. */
  admits(nodes: Nodes, issuer: IssuerNode): boolean
}

/** Certificates so far, and what is still to be tried on top of them. */
interface Frame {
  readonly nodes: Nodes
  readonly issuers: readonly IssuerNode[]
  nextIssuer: number
}

export class CandidatePaths {
  readonly #graph: IssuerGraph
  readonly #rules: CandidateRules
  /** Intermediates that a path has in the present round. */
  #length: number
  #frames: Frame[]
  /** A path of the present length could have gone on. */
  #hasLonger = false
  #complete: { readonly nodes: Nodes; readonly anchors: readonly PreparedAnchor[]; nextAnchor: number } | undefined
  /** The search ended at the limit of depth, not for want of issuers. */
  isCutShort: boolean

  constructor(graph: IssuerGraph, rules: CandidateRules) {
    this.#graph = graph
    this.#rules = rules
    this.#length = graph.root.distance
    this.#frames = []
    this.isCutShort = this.#length > rules.depth && this.#length < Number.POSITIVE_INFINITY
    if (this.#length <= rules.depth) this.#begin([graph.root])
  }

  /** The next one; undefined when there is none, or the budget ended. What was dropped from the graph meanwhile is passed over. */
  next(): Candidate | undefined {
    for (;;) {
      const candidate = this.#nextOfComplete()
      if (candidate !== undefined) return candidate
      if (!this.#advance() && !this.#deepen()) return undefined
    }
  }

  #nextOfComplete(): Candidate | undefined {
    const complete = this.#complete
    if (complete === undefined) return undefined
    const { nodes, anchors } = complete
    const anchor = anchors[complete.nextAnchor++]
    if (anchor !== undefined) return { nodes, anchor }
    this.#complete = undefined
    return undefined
  }

  /** Looks at one more issuer. False if the round is over. */
  #advance(): boolean {
    const frame = this.#frames[this.#frames.length - 1]
    if (frame === undefined) return false
    const issuer = frame.issuers[frame.nextIssuer++]
    if (issuer === undefined) {
      this.#frames.pop()
      return true
    }
    if (!this.#rules.spendStep()) {
      this.#frames = []
      this.#hasLonger = false
      return false
    }
    const { nodes } = frame
    const top = nodes[nodes.length - 1] as IssuerNode
    if (top.issuers !== frame.issuers && !top.issuers.includes(issuer)) return true
    if (nodes.some(({ certificate }) => isSameKeyAndName(certificate, issuer.certificate))) return true
    if (!this.#rules.admits(nodes, issuer)) return true
    if (nodes.length + issuer.distance > this.#length) this.#hasLonger = true
    else this.#begin([...nodes, issuer])
    return true
  }

  #begin(nodes: Nodes): void {
    const top = nodes[nodes.length - 1] as IssuerNode
    if (nodes.length - 1 < this.#length) this.#frames.push({ nodes, issuers: top.issuers, nextIssuer: 0 })
    else {
      this.#hasLonger ||= top.mayHaveIssuers
      this.#complete = { nodes, anchors: top.anchors, nextAnchor: 0 }
    }
  }

  /** The next round, if there is anything for it. */
  #deepen(): boolean {
    if (!this.#hasLonger) return false
    this.#graph.measure()
    if (this.#graph.root.distance === Number.POSITIVE_INFINITY) return false
    this.isCutShort = this.#length >= this.#rules.depth
    if (this.isCutShort) return false
    this.#length++
    this.#hasLonger = false
    this.#begin([this.#graph.root])
    return true
  }
}
