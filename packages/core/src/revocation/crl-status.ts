/**
 * What CRLs say of one certificate (RFC 5280 §6.3.3). `good` only if lists that are authentic, current, understood and
 * about this certificate cover every reason; `revoked` as soon as one that is authentic and about it names it, even past
 * its nextUpdate, for nothing but a newer list takes that back; everything else is unknown.
 * @module
 */
import { DerError } from '../der/der-error.ts'
import { DerReader } from '../der/reader.ts'
import { SEQUENCE } from '../der/tags.ts'
import type { VerifiedPath } from '../path/verified-path.ts'
import { type Flow, runFlow } from '../primitives/flow.ts'
import type { Certificate } from '../x509/certificate.ts'
import { type GeneralName, readGeneralNames } from '../x509/general-name.ts'
import type { Name } from '../x509/name.ts'
import type { Crl } from './crl.ts'
import type { CrlGroup, CrlSet } from './crl-set.ts'
import { type CrlSubject, findSigner, type SignerContext } from './crl-signer.ts'
import { directoryName, namesOf, shareName } from './distribution-point.ts'
import { subjectsOf } from './path-subjects.ts'
import type { RevocationQuery } from './revocation-provider.ts'
import { ALL_REASONS, reasonsOf } from './revocation-reasons.ts'
import type { RevocationReasonCode, RevocationStatus, RevocationUnknownCause } from './revocation-status.ts'

export interface CrlQuery extends RevocationQuery {
  /** Name of the provider, for the status. */
  readonly by: string
  /** A list older than this counts as expired; the only way in which one without nextUpdate counts at all. */
  readonly maxAgeSeconds?: number | undefined
}

/** A status, and between which instants it holds as long as the lists are the same. */
export interface CrlFinding {
  readonly status: RevocationStatus
  /** Milliseconds since 1970; before it the lists may say something else. */
  readonly until: number
}

/** Causes by how far a list got; the furthest is the one to report. */
const PROGRESS: readonly RevocationUnknownCause[] = [
  'no-source',
  'crl-scope',
  'crl-signer',
  'crl-authority-key',
  'algorithm',
  'crl-signature',
  'crl-critical-extension',
  'crl-delta',
  'crl-not-yet-valid',
  'crl-without-next-update',
  'crl-expired',
  'crl-reasons',
]

/** What one question is asked with, and what was found so far. */
interface Tally {
  readonly subject: CrlSubject
  readonly set: CrlSet
  readonly query: CrlQuery
  readonly trail: readonly Certificate[]
  covered: number
  until: number
  cause: RevocationUnknownCause
  revoked: { readonly at: Date; readonly reason: RevocationReasonCode } | undefined
}

/** @param trail signers of CRLs whose own status is being asked for */
export function* crlStatus(
  subject: CrlSubject,
  set: CrlSet,
  query: CrlQuery,
  trail: readonly Certificate[] = [],
): Flow<CrlFinding> {
  const until = Number.POSITIVE_INFINITY
  const tally: Tally = { subject, set, query, trail, covered: 0, until, cause: 'no-source', revoked: undefined }
  for (const crlIssuer of crlIssuersOf(subject.certificate)) {
    for (const group of set.of(crlIssuer)) {
      yield* judgeGroup(group, tally)
      if (tally.revoked !== undefined) return { status: { status: 'revoked', by: query.by, ...tally.revoked }, until }
    }
  }
  if (tally.covered === ALL_REASONS) {
    return { status: { status: 'good', by: query.by, until: new Date(tally.until) }, until: tally.until }
  }
  if (tally.covered !== 0) note(tally, 'crl-reasons')
  return { status: { status: 'unknown', by: query.by, cause: tally.cause }, until: 0 }
}

/** The certificate's issuer, and whoever its distribution points name instead (RFC 5280 §4.2.1.13, cRLIssuer). */
function crlIssuersOf(certificate: Certificate): readonly Name[] {
  const issuers = [certificate.issuer]
  for (const { crlIssuer } of certificate.crlDistributionPoints ?? []) {
    for (const name of crlIssuer ?? []) {
      if (name.kind === 'directory' && !issuers.some((known) => known.equals(name.name))) issuers.push(name.name)
    }
  }
  return issuers
}

function* judgeGroup(group: CrlGroup, tally: Tally): Flow<void> {
  const { query } = tally
  const { certificate } = tally.subject
  const some = group.complete[0] ?? group.deltas[0]
  if (some === undefined) return
  const reasons = reasonsInScope(some, certificate)
  if (reasons === 0) return note(tally, 'crl-scope')

  const delta = yield* newestAuthentic(group.deltas, tally)
  const base = yield* newestAuthentic(group.complete, tally)
  const deltaEntry = delta === undefined ? undefined : findEntry(delta, certificate)
  // A delta that has ended, or that adds to another base, still names what was revoked.
  if (deltaEntry !== undefined && deltaEntry.reason !== 'removeFromCRL') {
    tally.revoked = deltaEntry
    return
  }
  if (base === undefined) {
    if (delta !== undefined) note(tally, 'crl-delta')
    return
  }
  const combined = delta !== undefined && addsTo(delta, base) && freshnessFault(delta, query) === undefined
  const baseEntry = findEntry(base, certificate)
  if (baseEntry !== undefined && !(combined && deltaEntry !== undefined)) {
    tally.revoked = baseEntry
    return
  }
  const fault = freshnessFault(base, query)
  if (fault !== undefined) return note(tally, fault)
  tally.covered |= reasons
  tally.until = Math.min(tally.until, endOf(base, query), combined ? endOf(delta, query) : Number.POSITIVE_INFINITY)
}

function* newestAuthentic(crls: readonly Crl[], tally: Tally): Flow<Crl | undefined> {
  for (const crl of crls) {
    if (tally.query.at.getTime() < crl.thisUpdate) {
      note(tally, 'crl-not-yet-valid')
      // From then on it says what counts.
      tally.until = Math.min(tally.until, crl.thisUpdate)
      continue
    }
    if (crl.unknownCriticalExtension !== undefined) {
      note(tally, 'crl-critical-extension')
      continue
    }
    const signer = yield* findSigner(crl, tally.subject, signerContext(tally))
    if ('fault' in signer) {
      note(tally, signer.fault)
      continue
    }
    tally.until = Math.min(tally.until, signer.until)
    return crl
  }
  return undefined
}

/** The certificates of a signer's path are checked against the same lists. */
function signerContext({ set, query, trail }: Tally): SignerContext {
  return {
    query,
    trail,
    accept: (path, signer) => runFlow(judgeSigner(path, set, query, [...trail, signer])),
  }
}

function* judgeSigner(
  path: VerifiedPath,
  set: CrlSet,
  query: CrlQuery,
  trail: readonly Certificate[],
): Flow<{ readonly code: string } | undefined> {
  for (const subject of subjectsOf(path)) {
    const { status } = (yield* crlStatus(subject, set, query, trail)).status
    // Where only the leaf is checked, nobody promised lists about CAs.
    if (status === 'revoked' || (status === 'unknown' && query.depth !== 'leaf')) return { code: 'crl-signer' }
  }
  return undefined
}

/** §6.3.3 (b) and (d): the reasons for which a list of this scope speaks about the certificate; 0 if it does not. */
function reasonsInScope({ issuer, scope }: Crl, certificate: Certificate): number {
  if (scope !== undefined && !isOfKind(certificate, scope.only)) return 0
  const own = issuer.equals(certificate.issuer)
  // The point that §6.3.3 assumes beyond those that the certificate names.
  const points = [
    ...(certificate.crlDistributionPoints ?? []),
    {
      name: { fullName: [directoryName(certificate.issuer)], relativeName: undefined },
      reasons: undefined,
      crlIssuer: undefined,
    },
  ]
  let reasons = 0
  for (const point of points) {
    const { crlIssuer } = point
    // (b)(1): where the point names who signs, that is who signed, and the list says that it is about others' certificates.
    const bySigner =
      crlIssuer === undefined ? own : scope?.indirect === true && shareName(crlIssuer, [directoryName(issuer)])
    if (!bySigner) continue
    // (b)(2)(i)
    if (scope?.name !== undefined) {
      const names: readonly GeneralName[] = point.name === undefined ? (crlIssuer ?? []) : namesOf(point.name, issuer)
      if (!shareName(namesOf(scope.name, issuer), names)) continue
    }
    reasons |= reasonsOf(point.reasons) & (scope?.reasons ?? ALL_REASONS)
  }
  return reasons
}

/** (b)(2)(ii) to (iv). Before version 3 nothing tells a CA from others, so no list that separates them is about it. */
function isOfKind(certificate: Certificate, only: 'user' | 'ca' | 'attribute' | undefined): boolean {
  if (only === undefined) return true
  if (only === 'attribute' || certificate.version !== 3) return false
  return (certificate.basicConstraints?.ca === true) === (only === 'ca')
}

/** §5.2.4 (c), (d): not older than what the delta builds on, and older than the delta. */
function addsTo(delta: Crl, base: Crl): boolean {
  if (delta.deltaBase === undefined || delta.number === undefined || base.number === undefined) return false
  return base.number >= delta.deltaBase && base.number < delta.number
}

function freshnessFault(crl: Crl, query: CrlQuery): RevocationUnknownCause | undefined {
  if (crl.nextUpdate === undefined && query.maxAgeSeconds === undefined) return 'crl-without-next-update'
  return query.at.getTime() > endOf(crl, query) ? 'crl-expired' : undefined
}

/** Until when the list counts, grace included. */
function endOf(crl: Crl, { graceSeconds, maxAgeSeconds }: CrlQuery): number {
  const { nextUpdate = Number.POSITIVE_INFINITY, thisUpdate } = crl
  const end = maxAgeSeconds === undefined ? nextUpdate : Math.min(nextUpdate, thisUpdate + 1000 * maxAgeSeconds)
  return end + 1000 * graceSeconds
}

function findEntry(crl: Crl, certificate: Certificate): { at: Date; reason: RevocationReasonCode } | undefined {
  const { entries } = crl
  const { serialNumber } = certificate
  const first = entries.find(serialNumber)
  if (first === 0) return undefined
  if (crl.scope?.indirect !== true && crl.deltaBase === undefined) return entries.at(first)
  const matching = entries
    .findAll(serialNumber)
    .filter((offset) => isAbout(crl, offset, certificate))
    .map((offset) => entries.at(offset))
  // A list that both revokes and takes back revokes.
  return matching.find(({ reason }) => reason !== 'removeFromCRL') ?? matching[0]
}

/** §5.3.3: whose certificate an entry of an indirect list means. */
function isAbout(crl: Crl, offset: number, certificate: Certificate): boolean {
  const names = crl.entries.certificateIssuer(offset)
  if (names === undefined) return crl.issuer.equals(certificate.issuer)
  try {
    const issuers = readGeneralNames(new DerReader(names).enter(SEQUENCE))
    return shareName(issuers, [directoryName(certificate.issuer)])
  } catch (error) {
    // Whom it means cannot be told: then it may be this one.
    if (error instanceof DerError) return true
    throw error
  }
}

function note(tally: Tally, cause: RevocationUnknownCause): void {
  if (PROGRESS.indexOf(cause) > PROGRESS.indexOf(tally.cause)) tally.cause = cause
}
