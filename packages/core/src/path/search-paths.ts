/**
 * The search for a path that holds: the shortest first, and of these the one whose key identifiers fit, bounded by the budget.
 *
 * Signatures are checked once a candidate path is complete: first that of the anchor on the certificate below it, so that
 * nothing dear is computed with a stranger's keys, then from the leaf up; and before anything that a certificate claims
 * about names or policies is evaluated.
 * @module
 */
import { equalBytes } from '../bytes/equal.ts'
import { type Flow, isPromiseLike, type MaybePromise } from '../primitives/flow.ts'
import type { SignatureVerdict } from '../primitives/primitives.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { SignatureFault } from '../x509/verify-signature.ts'
import { Meter } from './budget.ts'
import { type Candidate, CandidatePaths, type Nodes } from './candidate-paths.ts'
import { checkAnchor, checkIntermediate, checkKeyIdentifiers, checkLeaf } from './check-certificate.ts'
import { checkConstraints } from './check-constraints.ts'
import { crlSignersBeside } from './crl-signers.ts'
import { createIssuerGraph, deadEndOf, type IssuerNode } from './issuer-graph.ts'
import type { PathReason, Unplaced } from './path-reason.ts'
import type { PathSettings } from './path-settings.ts'
import { checkPolicies } from './policies.ts'
import { type JudgedEdge, type SignedEdge, SignedEdges } from './signed-edges.ts'
import { createSubjectNames, type SubjectNames } from './subject-names.ts'
import { type PreparedAnchor, prepareAnchor, type TrustAnchor } from './trust-anchor.ts'
import { VerifiedPath } from './verified-path.ts'

interface SearchInput<R> {
  readonly leaf: Certificate
  readonly intermediates?: readonly Certificate[]
  readonly anchors: readonly (Certificate | TrustAnchor)[]
  readonly accept?: (path: VerifiedPath) => MaybePromise<R | undefined>
}

type Outcome<R> =
  | { readonly ok: true; readonly path: VerifiedPath }
  | { readonly ok: false; readonly reason: PathReason | R }

/** How far a candidate came before it was refused; of all reasons the one that came farthest is given. */
const REACHED = { signature: 1, certificate: 2, path: 3, accept: 4 } as const

const LOCAL_LIMIT = 'RFC 5280 §6.1, local limit'

interface Search<R> {
  readonly settings: PathSettings
  readonly meter: Meter
  readonly namesOf: SubjectNames
  readonly intermediates: readonly Certificate[]
  readonly accept: ((path: VerifiedPath) => MaybePromise<R | undefined>) | undefined
  readonly edges: SignedEdges
  readonly faults: Map<Certificate, Unplaced<PathReason> | undefined>
  signedPaths: number
  best: { readonly reached: number; readonly reason: PathReason | R } | undefined
}

export function* searchPaths<R extends { readonly code: string }>(
  { leaf, intermediates = [], anchors, accept }: SearchInput<R>,
  settings: PathSettings,
): Flow<Outcome<R>> {
  const meter = new Meter(settings.budget)
  const prepared = anchors.map(prepareAnchor)
  const graph = createIssuerGraph(leaf, intermediates, prepared, meter)
  if (graph === undefined) return exhausted(meter, leaf)
  const { root } = graph
  const itself = prepared.find(
    ({ anchor: { certificate } }) => certificate !== undefined && equalBytes(certificate.der, leaf.der),
  )
  if (itself === undefined && root.distance === Number.POSITIVE_INFINITY) return refuse(issuerUnknown(root))
  const namesOf = createSubjectNames()
  const fault = checkLeaf(leaf, settings, namesOf)
  if (fault !== undefined) return refuse(place(fault, leaf, 0))
  const search: Search<R> = {
    settings,
    meter,
    namesOf,
    intermediates,
    accept,
    edges: new SignedEdges(settings),
    faults: new Map(),
    signedPaths: 0,
    best: undefined,
  }
  const alone = itself && (yield* judgeLeafAlone(search, leaf, itself))
  if (alone !== undefined) return { ok: true, path: alone }
  const candidates = new CandidatePaths(graph, {
    depth: settings.budget.depth,
    spendStep: () => meter.spendStep(),
    admits: (nodes, issuer) => admits(search, nodes, issuer),
  })
  for (let next = candidates.next(); next !== undefined; next = candidates.next()) {
    const path = yield* judgePath(search, next)
    if (path !== undefined) return { ok: true, path }
    if (meter.exhausted !== undefined) break
  }
  if (meter.exhausted !== undefined) return exhausted(meter, leaf)
  if (candidates.isCutShort) note(search, REACHED.certificate, place(depthFault(settings.budget.depth), leaf, 0))
  return refuse(search.best?.reason ?? issuerUnknown(root))
}

/** Whether the issuer may stand where it would stand; if not, the reason is kept. */
function admits<R>(search: Search<R>, nodes: Nodes, { certificate }: IssuerNode): boolean {
  const below = (nodes[nodes.length - 1] as IssuerNode).certificate
  const fault =
    intermediateFault(search, certificate) ??
    lengthFault(search, nodes, certificate) ??
    checkKeyIdentifiers(below, certificate, false)
  if (fault !== undefined) note(search, REACHED.certificate, place(fault, certificate, nodes.length))
  return fault === undefined
}

/** What the certificate lacks, whatever the path; asked once. */
function intermediateFault<R>(
  { settings, faults }: Search<R>,
  certificate: Certificate,
): Unplaced<PathReason> | undefined {
  if (!faults.has(certificate)) faults.set(certificate, checkIntermediate(certificate, settings))
  return faults.get(certificate)
}

function lengthFault<R>({ settings }: Search<R>, nodes: Nodes, issuer: Certificate): Unplaced<PathReason> | undefined {
  const { maxIntermediates } = settings
  const length = countLogical(nodes)
  const own = issuer.isSelfIssued ? 0 : 1
  return length + own > maxIntermediates ? depthFault(maxIntermediates) : pathLengthFault(issuer, length)
}

function depthFault(limit: number): Unplaced<PathReason> {
  return { code: 'depth-exceeded', limit, clause: LOCAL_LIMIT }
}

/** §6.1.4 (l), (m): how many certificates that are not self-issued may stand between this one and the leaf. */
function pathLengthFault(certificate: Certificate, length: number): Unplaced<PathReason> | undefined {
  const limit = certificate.basicConstraints?.pathLength
  if (limit === undefined || length <= limit) return undefined
  return { code: 'path-length-exceeded', limit, length, clause: 'RFC 5280 §6.1.4 (l)' }
}

/** Intermediates that are not self-issued. */
function countLogical(nodes: Nodes): number {
  let count = 0
  for (let index = 1; index < nodes.length; index++) if (!nodes[index]?.certificate.isSelfIssued) count++
  return count
}

/** The leaf is itself an anchor: trusted as it stands, its signature proves nothing more. */
function* judgeLeafAlone<R>(
  search: Search<R>,
  leaf: Certificate,
  anchor: PreparedAnchor,
): Flow<VerifiedPath | undefined> {
  const fault = checkAnchor(anchor, search.settings, false)
  const outcome = checkPolicies([leaf], undefined, search.settings.policies)
  if (fault !== undefined) note(search, REACHED.certificate, place(fault, leaf, 0))
  else if ('valid' in outcome) return yield* acceptPath(search, [leaf], anchor, outcome.valid)
  else note(search, REACHED.path, place({ code: 'policy-unacceptable', clause: 'RFC 5280 §6.1.5 (g)' }, leaf, 0))
  return undefined
}

/** A path that is complete by name: everything else that it needs. */
function* judgePath<R>(search: Search<R>, { nodes, anchor: prepared }: Candidate): Flow<VerifiedPath | undefined> {
  const { meter } = search
  const { name } = prepared
  const certificates = nodes.map(({ certificate }) => certificate) as [Certificate, ...Certificate[]]
  if (hasAnchorBelow(certificates, prepared)) return undefined
  const anchorFault = anchorFaultOf(search, nodes, prepared)
  if (anchorFault !== undefined) {
    note(search, REACHED.certificate, { ...anchorFault, index: nodes.length, subject: name.toString() } as PathReason)
    return undefined
  }
  const last = nodes.length - 1
  let begun: BegunEdge | undefined
  for (let turn = 0; turn <= last; turn++) {
    const index = signatureOrder(turn, last)
    const edge = begun?.edge ?? findEdge(search, nodes, index, prepared)
    let fault: SignatureFault | undefined
    if ('fault' in edge) fault = edge.fault
    else if (!meter.spendWork(edge.work)) return undefined
    else {
      // Only here may the runtime answer later: all that stands around it would be slower as a flow of its own.
      let verdict = begun?.verdict ?? search.edges.compute(edge)
      begun = undefined
      if (isPromiseLike(verdict)) {
        if (turn < last) begun = beginEdge(search, nodes, signatureOrder(turn + 1, last), prepared)
        verdict = (yield verdict) as SignatureVerdict
      }
      fault = search.edges.conclude(edge, verdict)
    }
    if (fault === undefined) continue
    const node = nodes[index] as IssuerNode
    node.dropSigner(signerOf(nodes, index, prepared).publicKey)
    note(search, REACHED.signature, place(signatureReason(fault), node.certificate, index))
    return undefined
  }
  // Beyond the first, each path that is signed throughout costs: constraints, and whatever `accept` does.
  if (search.signedPaths++ > 0 && !meter.spendWork(1)) return undefined
  const constrained = checkConstraints(certificates, prepared, search.settings, search.namesOf, meter)
  if ('reason' in constrained) {
    note(search, REACHED.path, constrained.reason)
    return undefined
  }
  const path = yield* acceptPath(search, certificates, prepared, constrained.policies)
  if (path !== undefined) remember(search, nodes, prepared)
  return path
}

/** The anchor's own first, then from the leaf up. */
function signatureOrder(turn: number, last: number): number {
  return turn === 0 ? last : turn - 1
}

function signerOf(nodes: Nodes, index: number, { anchor }: PreparedAnchor): Certificate | TrustAnchor {
  return nodes[index + 1]?.certificate ?? anchor.certificate ?? anchor
}

function findEdge<R>(
  { edges }: Search<R>,
  nodes: Nodes,
  index: number,
  prepared: PreparedAnchor,
): JudgedEdge | SignedEdge {
  const { certificate } = nodes[index] as IssuerNode
  return edges.find(certificate, signerOf(nodes, index, prepared), index > 0 ? prepared.anchor : undefined)
}

/** An edge that is being computed before its turn. */
interface BegunEdge {
  readonly edge: SignedEdge
  readonly verdict: MaybePromise<SignatureVerdict>
}

/** Most work that is begun while the signature before is not known to hold: a stranger's key may cost as much in vain. */
const CHEAP_WORK = 1

/** Where signatures are computed elsewhere, the next one can be on its way meanwhile, which is half of the time of most paths. */
function beginEdge<R>(search: Search<R>, nodes: Nodes, index: number, prepared: PreparedAnchor): BegunEdge | undefined {
  const edge = findEdge(search, nodes, index, prepared)
  if ('fault' in edge || edge.work > CHEAP_WORK) return undefined
  const verdict = search.edges.compute(edge)
  // If its turn never comes, nobody else will look at how it ended.
  if (isPromiseLike(verdict)) verdict.then(undefined, () => undefined)
  return { edge, verdict }
}

/** The anchor once more, sent along as an intermediate: the shorter path was judged before. */
function hasAnchorBelow(certificates: readonly Certificate[], { anchor, name }: PreparedAnchor): boolean {
  for (let index = 1; index < certificates.length; index++) {
    const { publicKey, subject } = certificates[index] as Certificate
    if (equalBytes(publicKey, anchor.publicKey) && subject.equals(name)) return true
  }
  return false
}

function anchorFaultOf<R>(
  { settings }: Search<R>,
  nodes: Nodes,
  prepared: PreparedAnchor,
): Unplaced<PathReason> | undefined {
  const { certificate } = prepared.anchor
  const below = (nodes[nodes.length - 1] as IssuerNode).certificate
  return (
    checkAnchor(prepared, settings, true) ??
    (certificate &&
      (pathLengthFault(certificate, countLogical(nodes)) ?? checkKeyIdentifiers(below, certificate, true)))
  )
}

function signatureReason(fault: SignatureFault): Unplaced<PathReason> {
  const clause = 'RFC 5280 §6.1.3 (a)(1)'
  // Never reached: a budget that ended stops the search before a reason is made of it.
  if (fault.code === 'budget-exhausted') return { code: 'budget-exhausted', limit: 'work', clause }
  return { ...fault, clause }
}

function* acceptPath<R>(
  search: Search<R>,
  certificates: [Certificate, ...Certificate[]],
  { anchor }: PreparedAnchor,
  policies: readonly string[],
): Flow<VerifiedPath | undefined> {
  const { accept } = search
  const path = VerifiedPath.proven({
    certificates,
    anchor,
    policies,
    notAfter: earliestEnd(certificates, anchor, search.settings),
    crlSigners: accept === undefined ? [] : crlSignersBeside(certificates, anchor, search.intermediates),
  })
  if (accept === undefined) return path
  const answer = accept(path)
  const refusal = isPromiseLike(answer) ? ((yield answer) as R | undefined) : answer
  if (refusal === undefined) return path
  // The last word counts: a verdict that is final for a key is given again for every further path.
  search.best = { reached: REACHED.accept, reason: refusal }
  return undefined
}

function earliestEnd(
  certificates: readonly Certificate[],
  { certificate }: TrustAnchor,
  { expiredAnchors }: PathSettings,
): number {
  let end =
    certificate === undefined || expiredAnchors === 'accept' ? Number.POSITIVE_INFINITY : certificate.notAfter.getTime()
  for (const { notAfter } of certificates) end = Math.min(end, notAfter.getTime())
  return end
}

/** The intermediates of an accepted path, for the next leaf below them. */
function remember<R>({ edges }: Search<R>, nodes: Nodes, { anchor }: PreparedAnchor): void {
  for (let index = 1; index < nodes.length; index++) {
    const signerKey = nodes[index + 1]?.certificate.publicKey ?? anchor.publicKey
    edges.remember((nodes[index] as IssuerNode).certificate, signerKey, anchor)
  }
}

function note<R>(search: Search<R>, reached: number, reason: PathReason): void {
  if (search.best === undefined || search.best.reached < reached) search.best = { reached, reason }
}

function place(reason: Unplaced<PathReason>, certificate: Certificate, index: number): PathReason {
  return { ...reason, index, subject: certificate.subject.toString() } as PathReason
}

function issuerUnknown(root: IssuerNode): PathReason {
  const way = deadEndOf(root)
  const { certificate } = way[way.length - 1] as IssuerNode
  const reason: Unplaced<PathReason> = {
    code: 'issuer-unknown',
    issuer: certificate.issuer.toString(),
    clause: 'RFC 5280 §6.1.3 (a)(4)',
  }
  return place(reason, certificate, way.length - 1)
}

function exhausted<R>({ exhausted: limit = 'work' }: Meter, leaf: Certificate): Outcome<R> {
  return refuse(place({ code: 'budget-exhausted', limit, clause: LOCAL_LIMIT }, leaf, 0))
}

function refuse<R>(reason: PathReason | R): Outcome<R> {
  return { ok: false, reason }
}
