/**
 * The search for a path that holds: the shortest first, and of these the one whose key identifiers fit, bounded by the budget.
 *
 * Signatures are checked once a candidate path is complete: first that of the anchor on the certificate below it, so that a
 * stranger's keys are not computed with, then from the leaf up; and before anything that a certificate claims about names
 * or policies is evaluated. A signature is checked once, however many paths cross it.
 * @module
 */
import { equalBytes } from '../bytes/equal.ts'
import { type Flow, type MaybePromise, settle } from '../primitives/flow.ts'
import type { Certificate } from '../x509/certificate.ts'
import { checkSignature, type SignatureFault } from '../x509/verify-signature.ts'
import { createMeter, type Meter } from './budget.ts'
import { checkAnchor, checkIntermediate, checkKeyIdentifiers, checkLeaf } from './check-certificate.ts'
import { checkConstraints } from './check-constraints.ts'
import { crlSignersBeside } from './crl-signers.ts'
import { createIssuerGraph, deadEndOf, type IssuerGraph, type IssuerNode, isSameKeyAndName } from './issuer-graph.ts'
import type { PathReason, Unplaced } from './path-reason.ts'
import type { PathSettings } from './path-settings.ts'
import { checkPolicies } from './policies.ts'
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

/** Leaf first, then the issuers. */
type Nodes = readonly [IssuerNode, ...IssuerNode[]]

interface CheckedSignature {
  readonly signerKey: Uint8Array
  readonly fault: SignatureFault | undefined
}

interface Search<R> {
  readonly settings: PathSettings
  readonly meter: Meter
  readonly intermediates: readonly Certificate[]
  readonly accept: ((path: VerifiedPath) => MaybePromise<R | undefined>) | undefined
  readonly signatures: Map<Certificate, CheckedSignature[]>
  readonly faults: Map<Certificate, Unplaced<PathReason> | undefined>
  signedPaths: number
  /** A path of the present length could have gone on. */
  hasLonger: boolean
  best: { readonly reached: number; readonly reason: PathReason | R } | undefined
}

export function* searchPaths<R extends { readonly code: string }>(
  { leaf, intermediates = [], anchors, accept }: SearchInput<R>,
  settings: PathSettings,
): Flow<Outcome<R>> {
  const meter = createMeter(settings.budget)
  const prepared = anchors.map((anchor) => prepareAnchor(anchor, settings.primitives))
  const graph = createIssuerGraph(leaf, intermediates, prepared, meter)
  if (graph === undefined) return exhausted(meter, leaf)
  const { root } = graph
  const itself = prepared.find(
    ({ anchor: { certificate } }) => certificate !== undefined && equalBytes(certificate.der, leaf.der),
  )
  if (itself === undefined && root.distance === Number.POSITIVE_INFINITY) return refuse(issuerUnknown(root))
  const fault = checkLeaf(leaf, settings)
  if (fault !== undefined) return refuse(place(fault, leaf, 0))
  const search: Search<R> = {
    settings,
    meter,
    intermediates,
    accept,
    signatures: new Map(),
    faults: new Map(),
    signedPaths: 0,
    hasLonger: false,
    best: undefined,
  }
  const path = (itself && (yield* judgeLeafAlone(search, root, itself))) ?? (yield* searchByLength(search, graph))
  if (path !== undefined) return { ok: true, path }
  return meter.exhausted === undefined ? refuse(search.best?.reason ?? issuerUnknown(root)) : exhausted(meter, leaf)
}

/** Deepening step by step: a set of certificates that is built to explode is left before it does. */
function* searchByLength<R>(search: Search<R>, { root, measure }: IssuerGraph): Flow<VerifiedPath | undefined> {
  const { meter, settings } = search
  if (root.distance === Number.POSITIVE_INFINITY) return undefined
  for (let length = root.distance; length <= settings.budget.depth; length++) {
    search.hasLonger = false
    const path = yield* extendPath(search, [root], length)
    if (path !== undefined || meter.exhausted !== undefined || !search.hasLonger) return path
    measure()
    if (root.distance === Number.POSITIVE_INFINITY) return undefined
  }
  const tooDeep: Unplaced<PathReason> = { code: 'depth-exceeded', limit: settings.budget.depth, clause: LOCAL_LIMIT }
  note(search, REACHED.certificate, place(tooDeep, root.certificate, 0))
  return undefined
}

/** Paths with exactly so many more intermediates. */
function* extendPath<R>(search: Search<R>, nodes: Nodes, remaining: number): Flow<VerifiedPath | undefined> {
  const { meter } = search
  const top = nodes[nodes.length - 1] as IssuerNode
  if (remaining === 0) {
    search.hasLonger ||= top.issuers.length > 0
    for (const anchor of top.anchors) {
      const path = yield* judgePath(search, nodes, anchor)
      if (path !== undefined || meter.exhausted !== undefined) return path
    }
    return undefined
  }
  for (const issuer of top.issuers) {
    if (!meter.spendStep()) return undefined
    // An edge that was dropped since the list was taken.
    if (!top.issuers.includes(issuer)) continue
    if (nodes.some(({ certificate }) => isSameKeyAndName(certificate, issuer.certificate))) continue
    const fault =
      intermediateFault(search, issuer.certificate) ??
      lengthFault(search, nodes, issuer) ??
      checkKeyIdentifiers(top.certificate, issuer.certificate, false)
    if (fault !== undefined) {
      note(search, REACHED.certificate, place(fault, issuer.certificate, nodes.length))
      continue
    }
    if (issuer.distance > remaining - 1) {
      search.hasLonger = true
      continue
    }
    const path = yield* extendPath(search, [...nodes, issuer], remaining - 1)
    if (path !== undefined || meter.exhausted !== undefined) return path
  }
  return undefined
}

/** What the certificate lacks, whatever the path; asked once. */
function intermediateFault<R>(
  { settings, faults }: Search<R>,
  certificate: Certificate,
): Unplaced<PathReason> | undefined {
  if (!faults.has(certificate)) faults.set(certificate, checkIntermediate(certificate, settings))
  return faults.get(certificate)
}

function lengthFault<R>({ settings }: Search<R>, nodes: Nodes, issuer: IssuerNode): Unplaced<PathReason> | undefined {
  const { maxIntermediates } = settings
  const length = countLogical(nodes)
  const own = issuer.certificate.isSelfIssued ? 0 : 1
  if (length + own > maxIntermediates) return { code: 'depth-exceeded', limit: maxIntermediates, clause: LOCAL_LIMIT }
  return pathLengthFault(issuer.certificate, length)
}

/** §6.1.4 (l), (m): how many certificates that are not self-issued may stand between this one and the leaf. */
function pathLengthFault(certificate: Certificate, length: number): Unplaced<PathReason> | undefined {
  const limit = certificate.basicConstraints?.pathLength
  if (limit === undefined || length <= limit) return undefined
  return { code: 'path-length-exceeded', limit, length, clause: 'RFC 5280 §6.1.4 (l)' }
}

/** Intermediates that are not self-issued. */
function countLogical(nodes: Nodes): number {
  return nodes.reduce(
    (count, { certificate }, index) => (index > 0 && !certificate.isSelfIssued ? count + 1 : count),
    0,
  )
}

/** The leaf is itself an anchor: trusted as it stands, its signature proves nothing more. */
function* judgeLeafAlone<R>(
  search: Search<R>,
  { certificate }: IssuerNode,
  anchor: PreparedAnchor,
): Flow<VerifiedPath | undefined> {
  const fault = checkAnchor(anchor, search.settings, false)
  const outcome = checkPolicies([certificate], undefined, search.settings.policies)
  if (fault !== undefined) note(search, REACHED.certificate, place(fault, certificate, 0))
  else if ('valid' in outcome) return yield* acceptPath(search, [certificate], anchor, outcome.valid)
  else note(search, REACHED.path, place({ code: 'policy-unacceptable', clause: 'RFC 5280 §6.1.5 (g)' }, certificate, 0))
  return undefined
}

/** A path that is complete by name: everything else that it needs. */
function* judgePath<R>(search: Search<R>, nodes: Nodes, prepared: PreparedAnchor): Flow<VerifiedPath | undefined> {
  const { settings, meter } = search
  const { anchor, name } = prepared
  const certificates = nodes.map(({ certificate }) => certificate) as [Certificate, ...Certificate[]]
  // The anchor once more, sent along as an intermediate: the shorter path was judged before.
  if (
    certificates.some(
      ({ publicKey, subject }, index) => index > 0 && equalBytes(publicKey, anchor.publicKey) && subject.equals(name),
    )
  )
    return undefined
  const length = countLogical(nodes)
  const top = certificates[certificates.length - 1] as Certificate
  const anchorFault =
    checkAnchor(prepared, settings, true) ??
    (anchor.certificate &&
      (pathLengthFault(anchor.certificate, length) ?? checkKeyIdentifiers(top, anchor.certificate, true)))
  if (anchorFault !== undefined) {
    note(search, REACHED.certificate, { ...anchorFault, index: nodes.length, subject: name.toString() } as PathReason)
    return undefined
  }
  const last = nodes.length - 1
  for (const index of [last, ...nodes.keys()].slice(0, nodes.length)) {
    const node = nodes[index] as IssuerNode
    const signerKey = nodes[index + 1]?.certificate.publicKey ?? anchor.publicKey
    const fault = yield* signatureFault(search, node.certificate, signerKey, index > 0 ? prepared : undefined)
    if (fault === undefined) continue
    if (meter.exhausted !== undefined) return undefined
    node.dropSigner(signerKey)
    note(search, REACHED.signature, place(signatureReason(fault), node.certificate, index))
    return undefined
  }
  // Beyond the first, each path that is signed throughout costs: constraints, and whatever `accept` does.
  if (search.signedPaths++ > 0 && !meter.spendWork(1)) return undefined
  const constrained = checkConstraints(certificates, prepared, settings, meter)
  if ('reason' in constrained) {
    note(search, REACHED.path, constrained.reason)
    return undefined
  }
  const path = yield* acceptPath(search, certificates, prepared, constrained.policies)
  if (path !== undefined) remember(nodes, prepared)
  return path
}

function* signatureFault<R>(
  { settings, meter, signatures }: Search<R>,
  certificate: Certificate,
  signerKey: Uint8Array,
  prepared: PreparedAnchor | undefined,
): Flow<SignatureFault | undefined> {
  const checked = signatures.get(certificate) ?? []
  const known = checked.find((each) => equalBytes(each.signerKey, signerKey))
  if (known !== undefined) return known.fault
  const signed = {
    data: certificate.tbs,
    signatureAlgorithm: certificate.signatureAlgorithm,
    signature: certificate.signature,
  }
  const fault = yield* checkSignature(signed, signerKey, {
    algorithms: settings.algorithms,
    primitives: settings.primitives,
    spend: meter.spendWork,
    isProven: () => prepared?.memory.has(certificate, signerKey) === true,
  })
  signatures.set(certificate, [...checked, { signerKey, fault }])
  return fault
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
  const path = VerifiedPath.proven({
    certificates,
    anchor,
    policies,
    notAfter: earliestEnd(certificates, anchor, search.settings),
    crlSigners: search.accept === undefined ? [] : crlSignersBeside(certificates, anchor, search.intermediates),
  })
  const refusal = search.accept === undefined ? undefined : yield* settle(search.accept(path))
  if (refusal === undefined) return path
  // The last word counts: a verdict that is final for a key is given again for every further path.
  search.best = { reached: REACHED.accept, reason: refusal }
  return undefined
}

function earliestEnd(
  certificates: readonly Certificate[],
  { certificate }: TrustAnchor,
  { expiredAnchors }: PathSettings,
): Date {
  const bounded =
    certificate === undefined || expiredAnchors === 'accept' ? certificates : [...certificates, certificate]
  return new Date(Math.min(...bounded.map(({ notAfter }) => notAfter.getTime())))
}

function remember(nodes: Nodes, { anchor, memory }: PreparedAnchor): void {
  for (const [index, { certificate }] of nodes.entries()) {
    const signerKey = nodes[index + 1]?.certificate.publicKey ?? anchor.publicKey
    if (index > 0 && !memory.has(certificate, signerKey)) memory.add(certificate, signerKey)
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
