/** Certificate revocation lists (RFC 5280 §5): strict DER, kept as the original octets and an index over them. @module */
import { primitives } from '#primitives'
import { equalBytes } from '../bytes/equal.ts'
import { encodeHex } from '../bytes/hex.ts'
import { PemError, parsePem } from '../bytes/pem.ts'
import { DerError } from '../der/der-error.ts'
import { DerReader } from '../der/reader.ts'
import { contextConstructed, GENERALIZED_TIME, INTEGER, SEQUENCE, UTC_TIME } from '../der/tags.ts'
import { runInSlices } from '../primitives/slices.ts'
import { readExtension } from '../x509/extension.ts'
import { type AuthorityKeyIdentifier, readAuthorityKeyIdentifier } from '../x509/extension-values.ts'
import { Name } from '../x509/name.ts'
import { EXTENSION } from '../x509/oids.ts'
import { CRL_INDEX_SEED_OCTETS, type CrlEntries, CrlEntryWalk } from './crl-entries.ts'
import { CrlError } from './crl-error.ts'
import { type IssuingDistributionPoint, readIssuingDistributionPoint } from './distribution-point.ts'
import type { RevocationUnknownCause } from './revocation-status.ts'
import { SignatureMemo } from './signature-memo.ts'

/** Six million entries; a list beyond that is partitioned, or a mistake. */
export const MAX_CRL_OCTETS: number = 256 * 1024 * 1024

/** RFC 5280 §5.2.3. */
const MAX_NUMBER_OCTETS = 20

/** A list has half a dozen; bounds the search for duplicates. */
const MAX_EXTENSIONS = 64

/** Entries between two looks at the clock: some tenths of a millisecond. */
const ENTRIES_A_STEP = 1024

const CRL_EXTENSION = {
  number: '2.5.29.20',
  deltaIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
} as const

interface CrlExtensions {
  number: bigint | undefined
  deltaBase: bigint | undefined
  scope: IssuingDistributionPoint | undefined
  scopeDer: Uint8Array | undefined
  authorityKeyIdentifier: AuthorityKeyIdentifier | undefined
  unknownCritical: string | undefined
}

interface CrlHead extends CrlExtensions {
  readonly der: Uint8Array
  readonly tbs: Uint8Array
  readonly version: 1 | 2
  readonly signatureAlgorithm: Uint8Array
  readonly signature: Uint8Array
  readonly issuer: Name
  readonly thisUpdate: number
  readonly nextUpdate: number | undefined
  readonly entriesStart: number
  readonly entriesEnd: number
}

/** Made by `parseCrl` and `loadCrl` alone. Well-formed, and nothing more: its signature and its scope are for the checker. */
export class Crl {
  readonly der: Uint8Array
  /** TBSCertList: what is signed. */
  readonly tbs: Uint8Array
  readonly version: 1 | 2
  /** AlgorithmIdentifier, DER; the signed and the outer one are the same. */
  readonly signatureAlgorithm: Uint8Array
  readonly signature: Uint8Array
  readonly issuer: Name
  /** Milliseconds since 1970, as is `nextUpdate`. */
  readonly thisUpdate: number
  readonly nextUpdate: number | undefined
  readonly number: bigint | undefined
  /** Number of the list that this delta adds to; `undefined`: a complete list. */
  readonly deltaBase: bigint | undefined
  readonly scope: IssuingDistributionPoint | undefined
  /** The scope as it was encoded: a delta and its base have the same (§5.2.4). */
  readonly scopeDer: Uint8Array | undefined
  readonly authorityKeyIdentifier: AuthorityKeyIdentifier | undefined
  /** OID of a critical extension, of the list or of an entry, that is not understood: the list says nothing then (§5.2). */
  readonly unknownCriticalExtension: string | undefined
  readonly entries: CrlEntries
  /** @internal */
  readonly signatures: SignatureMemo<RevocationUnknownCause | undefined> = new SignatureMemo()

  private constructor(head: CrlHead, entries: CrlEntries) {
    this.der = head.der
    this.tbs = head.tbs
    this.version = head.version
    this.signatureAlgorithm = head.signatureAlgorithm
    this.signature = head.signature
    this.issuer = head.issuer
    this.thisUpdate = head.thisUpdate
    this.nextUpdate = head.nextUpdate
    this.number = head.number
    this.deltaBase = head.deltaBase
    this.scope = head.scope
    this.scopeDer = head.scopeDer
    this.authorityKeyIdentifier = head.authorityKeyIdentifier
    this.unknownCriticalExtension = head.unknownCritical ?? entries.unknownCriticalExtension
    this.entries = entries
  }

  /** @internal */
  static of(head: CrlHead, entries: CrlEntries): Crl {
    return new Crl(head, entries)
  }
}

/**
 * DER octets, or PEM text with exactly one `X509 CRL` block, read at once: a list of a million entries takes a quarter of
 * a second. The octets are kept, not copied.
 * @throws CrlError
 */
export function parseCrl(input: Uint8Array | string): Crl {
  const head = readHead(typeof input === 'string' ? onlyBlock(input) : input)
  const walk = createWalk(head)
  while (!walk.step(Number.MAX_SAFE_INTEGER));
  return Crl.of(head, walk.entries())
}

/** As `parseCrl`, in slices of a few milliseconds between which the event loop turns. Rejects with the signal's reason. */
export async function loadCrl(der: Uint8Array, signal?: AbortSignal): Promise<Crl> {
  const head = readHead(der)
  const walk = createWalk(head)
  await runInSlices(() => walk.step(ENTRIES_A_STEP), signal)
  return Crl.of(head, walk.entries())
}

function onlyBlock(text: string): Uint8Array {
  let blocks: ReturnType<typeof parsePem>
  try {
    blocks = parsePem(text)
  } catch (error) {
    if (error instanceof PemError) throw new CrlError('crl-malformed', error.offset, error.code)
    throw error
  }
  const [only, ...others] = blocks
  if (only?.label !== 'X509 CRL' || others.length > 0)
    throw new CrlError('crl-malformed', 0, 'not exactly one PEM block of a CRL')
  return only.bytes
}

function createWalk(head: CrlHead): CrlEntryWalk {
  const rules = { version: head.version, indirect: head.scope?.indirect === true, delta: head.deltaBase !== undefined }
  const seed = primitives.randomBytes(CRL_INDEX_SEED_OCTETS)
  return new CrlEntryWalk(head.der, head.entriesStart, head.entriesEnd, rules, seed)
}

function readHead(octets: Uint8Array): CrlHead {
  // A plain view: one kind of array keeps the loops over it fast (a Buffer is another).
  const der = new Uint8Array(octets.buffer, octets.byteOffset, octets.byteLength)
  if (der.length > MAX_CRL_OCTETS)
    throw new CrlError('crl-oversized', MAX_CRL_OCTETS, `more than ${MAX_CRL_OCTETS} octets`)
  try {
    return readCertificateList(der)
  } catch (error) {
    if (error instanceof DerError) throw new CrlError('crl-malformed', error.offset, error.code)
    throw error
  }
}

function readCertificateList(der: Uint8Array): CrlHead {
  const outer = new DerReader(der)
  const list = outer.enter(SEQUENCE)
  outer.finish()
  const tbs = list.enter(SEQUENCE)
  const signatureAlgorithm = list.encodingOf(list.read(SEQUENCE))
  const signature = list.readBitStringOctets()
  list.finish()

  const version = readVersion(tbs)
  const signed = tbs.read(SEQUENCE)
  // §5.1.1.2
  if (!equalBytes(tbs.encodingOf(signed), signatureAlgorithm)) {
    throw new CrlError('crl-malformed', signed.start, 'the signed and the outer algorithm differ')
  }
  const issuer = Name.read(tbs)
  // §5.1.2.3
  if (issuer.isEmpty) throw new CrlError('crl-malformed', signed.end, 'the issuer has no name')
  const thisUpdate = tbs.readTime()
  const hasNextUpdate = tbs.nextTag === UTC_TIME || tbs.nextTag === GENERALIZED_TIME
  const nextUpdate = hasNextUpdate ? tbs.readTime() : undefined
  const entries = tbs.nextTag === SEQUENCE ? tbs.read(SEQUENCE) : undefined
  // §5.1.2.6: without entries the list of them is absent.
  if (entries?.content === entries?.end && entries !== undefined)
    throw new CrlError('crl-malformed', entries.start, 'an empty list of entries')
  const extensions = readExtensions(tbs, version)
  tbs.finish()
  return {
    der,
    tbs: der.subarray(tbs.start, tbs.end),
    version,
    signatureAlgorithm,
    signature,
    issuer,
    thisUpdate,
    nextUpdate,
    entriesStart: entries?.content ?? 0,
    entriesEnd: entries?.end ?? 0,
    ...extensions,
  }
}

/** §5.1.2.1: absent, or 2. Version 1 written out is not allowed. */
function readVersion(tbs: DerReader): 1 | 2 {
  if (tbs.nextTag !== INTEGER) return 1
  const { offset } = tbs
  if (tbs.readSmallInteger() !== 1) throw new CrlError('crl-version', offset, 'the version is not 2')
  return 2
}

function readExtensions(tbs: DerReader, version: 1 | 2): CrlExtensions {
  const values: CrlExtensions = {
    number: undefined,
    deltaBase: undefined,
    scope: undefined,
    scopeDer: undefined,
    authorityKeyIdentifier: undefined,
    unknownCritical: undefined,
  }
  const explicit = tbs.enterOptional(contextConstructed(0))
  if (explicit === undefined) return values
  if (version === 1)
    throw new CrlError('crl-version', explicit.start, 'a v1 list has no extensions (RFC 5280 §5.1.2.7)')
  const list = explicit.enter(SEQUENCE)
  explicit.finish()
  if (list.isDone) throw new DerError('der-truncated', list.start)
  const seen = new Set<string>()
  while (!list.isDone) {
    const { offset: start } = list
    const { oid, critical, offset, end } = readExtension(list)
    if (seen.has(oid) || seen.size === MAX_EXTENSIONS)
      throw new CrlError('crl-malformed', start, 'an extension twice, or too many')
    seen.add(oid)
    const reader = new DerReader(list.bytes, offset, end)
    const isKnown = readKnownExtension(oid, reader, values)
    if (isKnown) reader.finish()
    // §5.2.3: a CRL number is never critical; what its issuer means by it is not known here.
    if (critical && (!isKnown || oid === CRL_EXTENSION.number)) values.unknownCritical ??= oid
  }
  return values
}

/** What is known is read whether it is critical or not: a scope counts even where the CA forgot to mark it (§5.2.5). */
function readKnownExtension(oid: string, value: DerReader, values: CrlExtensions): boolean {
  switch (oid) {
    case CRL_EXTENSION.number:
      values.number = readNumber(value)
      return true
    case CRL_EXTENSION.deltaIndicator:
      values.deltaBase = readNumber(value)
      return true
    case CRL_EXTENSION.issuingDistributionPoint:
      values.scopeDer = value.bytes.subarray(value.offset, value.end)
      values.scope = readIssuingDistributionPoint(value)
      return true
    case EXTENSION.authorityKeyIdentifier:
      values.authorityKeyIdentifier = readAuthorityKeyIdentifier(value)
      return true
    default:
      return false
  }
}

function readNumber(value: DerReader): bigint {
  const { offset } = value
  const octets = value.readInteger()
  // One more for the sign of a number whose first bit is set.
  if ((octets[0] as number) >= 0x80 || octets.length > MAX_NUMBER_OCTETS + 1) {
    throw new CrlError('crl-malformed', offset, 'a CRL number is negative or too long (RFC 5280 §5.2.3)')
  }
  return BigInt(`0x${encodeHex(octets)}`)
}
