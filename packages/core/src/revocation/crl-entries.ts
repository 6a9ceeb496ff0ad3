/**
 * The entries of a CRL (RFC 5280 §5.1.2.6, §5.3), found by serial number: an index over the original octets.
 *
 * A list of a million entries as objects costs gigabytes (see `decisions/020`). Here an entry is the offset of its
 * serial number, kept in one open-addressing table of 32-bit words, about 8 octets an entry. The walk that builds it
 * checks every entry, because one critical extension that is not understood makes the whole list unusable (§5.3), and it
 * can be taken in steps, because forty megabytes must not hold up an event loop.
 * @module
 */
import { decodeOid } from '../der/oid.ts'
import {
  BOOLEAN,
  ENUMERATED,
  GENERALIZED_TIME,
  INTEGER,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  SEQUENCE,
  UTC_TIME,
} from '../der/tags.ts'
import { parseGeneralizedTime, parseUtcTime } from '../der/time.ts'
import { CrlError } from './crl-error.ts'
import type { RevocationReasonCode } from './revocation-status.ts'

export interface CrlEntryRules {
  readonly version: 1 | 2
  /** Only an indirect list may say that an entry is about another CA's certificate. */
  readonly indirect: boolean
  /** Only a delta may take an entry back. */
  readonly delta: boolean
}

/** What an entry says. */
export interface CrlEntry {
  readonly at: Date
  readonly reason: RevocationReasonCode
}

export interface CrlEntries {
  readonly count: number
  /** OID of a critical entry extension that is not understood: with one, the list says nothing about any certificate. */
  readonly unknownCriticalExtension: string | undefined
  /**
   * Offset of the first entry with this serial number, or 0. Allocates nothing.
   * @param serialNumber content octets
   */
  find(serialNumber: Uint8Array): number
  /** Every entry with this serial number, as offsets. For lists in which several may have it: deltas and indirect lists. */
  findAll(serialNumber: Uint8Array): readonly number[]
  at(offset: number): CrlEntry
  /** GeneralNames, DER: the CA that an entry of an indirect list is about. `undefined`: the list's own issuer. */
  certificateIssuer(offset: number): Uint8Array | undefined
}

/** RFC 5280 allows 20. Others' certificates may have longer ones, which match none of ours and do no harm. */
const MAX_SERIAL_OCTETS = 127

/** One coefficient for the length and one for each octet of a serial number. */
const COEFFICIENTS = 1 + MAX_SERIAL_OCTETS

/** Entries that are checked before they are entered. */
const BATCH = 256

/** Octets of randomness that an index is made with. */
export const CRL_INDEX_SEED_OCTETS: number = 4 * COEFFICIENTS

/** CRLReason by its number (RFC 5280 §5.3.1); 7 is not used. */
export const REASONS: readonly (RevocationReasonCode | undefined)[] = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
]

const REMOVE_FROM_CRL = 8

/** Extensions that hold a reasonCode and nothing else, which is how nearly all entries with extensions look; its value follows. */
const REASON_ONLY = Uint8Array.of(0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01)

/** The entry extensions that are understood, by their last arc under id-ce. */
const REASON_CODE = 0x15
const INVALIDITY_DATE = 0x18
const CERTIFICATE_ISSUER = 0x1d

/**
 * Builds the index in steps. First it counts, which sizes the table and proves that the entries fill their list without
 * a gap; then it checks and enters them.
 */
export class CrlEntryWalk {
  readonly #der: Uint8Array
  readonly #start: number
  readonly #end: number
  readonly #rules: CrlEntryRules
  readonly #coefficients: Uint32Array
  #counting = true
  #at: number
  #count = 0
  #table: Uint32Array = new Uint32Array(0)
  #shift = 31
  readonly #slots = new Uint32Array(BATCH)
  readonly #offsets = new Uint32Array(BATCH)
  #unknownCriticalExtension: string | undefined
  /** Runs of entries with the same certificate issuer: offset of the first, then start and end of the GeneralNames. */
  readonly #issuers: number[] = []

  /**
   * @param start offset of the first entry
   * @param end offset behind the last; equal to `start` if there is none
   * @param seed so that a list made to collide does not: `CRL_INDEX_SEED_OCTETS` octets that its author cannot know
   */
  constructor(der: Uint8Array, start: number, end: number, rules: CrlEntryRules, seed: Uint8Array) {
    this.#der = der
    this.#start = start
    this.#end = end
    this.#at = start
    this.#rules = rules
    const words = new DataView(seed.buffer, seed.byteOffset, seed.byteLength)
    this.#coefficients = Uint32Array.from({ length: COEFFICIENTS }, (_, index) => words.getUint32(4 * index))
  }

  /** Handles up to `entries` more of them. True when the index is complete. Throws `CrlError`. */
  step(entries: number): boolean {
    if (!this.#counting) return this.#enter(entries)
    if (this.#tally(entries)) {
      this.#counting = false
      this.#at = this.#start
      const bits = Math.max(1, Math.ceil(Math.log2(2 * Math.max(1, this.#count))))
      this.#table = new Uint32Array(2 ** bits)
      this.#shift = 32 - bits
    }
    return false
  }

  entries(): CrlEntries {
    const table = this.#table
    const shift = this.#shift
    const mask = table.length - 1
    const der = this.#der
    const coefficients = this.#coefficients
    const issuers = Uint32Array.from(this.#issuers)
    return {
      count: this.#count,
      unknownCriticalExtension: this.#unknownCriticalExtension,
      find(serialNumber) {
        const { length } = serialNumber
        if (length > MAX_SERIAL_OCTETS) return 0
        let slot = hash(serialNumber, 0, length, coefficients) >>> shift
        for (let offset = table[slot]; offset; offset = table[slot]) {
          if (hasSerial(der, offset, serialNumber)) return offset
          slot = (slot + 1) & mask
        }
        return 0
      },
      findAll(serialNumber) {
        const found: number[] = []
        const { length } = serialNumber
        if (length > MAX_SERIAL_OCTETS) return found
        let slot = hash(serialNumber, 0, length, coefficients) >>> shift
        for (let offset = table[slot]; offset; offset = table[slot]) {
          if (hasSerial(der, offset, serialNumber)) found.push(offset)
          slot = (slot + 1) & mask
        }
        return found
      },
      at: (offset) => readEntry(der, offset),
      certificateIssuer: (offset) => issuerOf(der, issuers, offset),
    }
  }

  #tally(entries: number): boolean {
    const der = this.#der
    const end = this.#end
    let at = this.#at
    let left = entries
    for (; left > 0 && at < end; left--) {
      if (der[at] !== SEQUENCE) malformed(at, 'an entry is not a SEQUENCE')
      at = nextOf(der, at)
      if (at > end) malformed(end, 'an entry is longer than its list')
    }
    this.#count += entries - left
    this.#at = at
    return at === end
  }

  #enter(entries: number): boolean {
    for (let left = entries; left > 0 && this.#at < this.#end; left -= BATCH)
      this.#insert(this.#check(Math.min(left, BATCH)))
    return this.#at >= this.#end
  }

  /** Checks up to `entries` of them and leaves slot and offset of each in the batch. Returns how many there were. */
  #check(entries: number): number {
    const der = this.#der
    const end = this.#end
    const shift = this.#shift
    const coefficients = this.#coefficients
    const slots = this.#slots
    const offsets = this.#offsets
    let at = this.#at
    let count = 0
    for (; count < entries && at < end; count++) {
      const entry = at
      const length = der[at + 1] as number
      // Nearly every entry is shorter than 128 octets.
      const serial = length < 0x80 ? at + 2 : contentOf(der, at)
      at = length < 0x80 ? serial + length : nextOf(der, at)
      const size = checkSerial(der, serial, at)
      const extensions = checkTime(der, serial + 2 + size, at)
      if (extensions !== at) this.#checkExtensions(entry, extensions, at)
      slots[count] = hash(der, serial + 2, size, coefficients) >>> shift
      offsets[count] = entry
    }
    this.#at = at
    return count
  }

  /** A loop of its own: the processor then waits for several cache misses at a time, which is most of what an entry costs. */
  #insert(count: number): void {
    const table = this.#table
    const mask = table.length - 1
    const slots = this.#slots
    const offsets = this.#offsets
    for (let index = 0; index < count; index++) {
      let slot = slots[index] as number
      while (table[slot] !== 0) slot = (slot + 1) & mask
      table[slot] = offsets[index] as number
    }
  }

  #checkExtensions(entry: number, start: number, end: number): void {
    const der = this.#der
    const rules = this.#rules
    if (rules.version === 1)
      throw new CrlError('crl-version', start, 'a v1 list has no entry extensions (RFC 5280 §5.3)')
    if (isReasonOnly(der, start, end)) {
      checkReason(der[end - 1] as number, end - 1, rules)
      return
    }
    if (der[start] !== SEQUENCE || nextOf(der, start) !== end)
      malformed(start, 'entry extensions do not fill their entry')
    let at = contentOf(der, start)
    if (at === end) malformed(start, 'entry extensions are empty')
    const seen = new Set<string>()
    while (at < end) {
      const extension = readExtension(der, at, end)
      const oid = oidOf(der, extension)
      if (seen.has(oid)) malformed(at, 'an entry has an extension twice (RFC 5280 §4.2)')
      seen.add(oid)
      this.#checkExtension(entry, extension)
      at = extension.end
    }
  }

  #checkExtension(entry: number, extension: EntryExtension): void {
    const der = this.#der
    const { value, end } = extension
    const arc = entryExtensionArc(der, extension)
    if (arc === REASON_CODE) {
      if (end - value !== 3 || der[value] !== ENUMERATED || der[value + 1] !== 1)
        malformed(value, 'a reasonCode is not one octet')
      checkReason(der[value + 2] as number, value + 2, this.#rules)
    } else if (arc === CERTIFICATE_ISSUER) {
      if (!this.#rules.indirect)
        malformed(value, 'only an indirect list has entries of another issuer (RFC 5280 §5.3.3)')
      if (der[value] !== SEQUENCE || nextOf(der, value) !== end)
        malformed(value, 'certificateIssuer is not GeneralNames')
      this.#issuers.push(entry, value, end)
    } else if (arc !== INVALIDITY_DATE && extension.critical) {
      this.#unknownCriticalExtension ??= oidOf(der, extension)
    }
  }
}

/**
 * Multiply-shift hashing of a vector of octets with random coefficients (Dietzfelbinger et al.): for serial numbers
 * chosen without knowing the coefficients, two collide with a probability of about 2^-bits. The top bits count.
 */
function hash(octets: Uint8Array, start: number, length: number, coefficients: Uint32Array): number {
  let sum = Math.imul(length, coefficients[0] as number)
  for (let index = 0; index < length; ) {
    const octet = octets[start + index] as number
    sum = (sum + Math.imul(octet, coefficients[++index] as number)) | 0
  }
  return sum
}

function hasSerial(der: Uint8Array, entry: number, serialNumber: Uint8Array): boolean {
  const serial = contentOf(der, entry)
  const { length } = serialNumber
  if (der[serial + 1] !== length) return false
  for (let index = 0; index < length; index++) if (der[serial + 2 + index] !== serialNumber[index]) return false
  return true
}

/** Returns how many content octets the serial number at `at` has. */
function checkSerial(der: Uint8Array, at: number, end: number): number {
  if (der[at] !== INTEGER) malformed(at, 'a serial number is not an INTEGER')
  const size = der[at + 1] as number
  if (size === 0 || size > MAX_SERIAL_OCTETS || at + 2 + size > end)
    malformed(at + 1, 'a serial number has an impossible length')
  const first = der[at + 2] as number
  if (size > 1 && (first === 0 || first === 0xff) && (first & 0x80) === ((der[at + 3] as number) & 0x80)) {
    malformed(at + 2, 'a serial number is not minimal (X.690 §8.3.2)')
  }
  return size
}

/** Returns the offset behind the Time at `at` (RFC 5280 §5.1.2.4: Zulu, with seconds, no fraction). */
function checkTime(der: Uint8Array, at: number, end: number): number {
  const tag = der[at]
  const digits = tag === UTC_TIME ? 12 : 14
  if (tag !== UTC_TIME && tag !== GENERALIZED_TIME) malformed(at, 'a revocation date is not a Time')
  const zulu = at + 2 + digits
  if (der[at + 1] !== digits + 1 || zulu >= end || der[zulu] !== 0x5a)
    malformed(at, 'a revocation date has another form')
  for (let index = at + 2; index < zulu; index++) {
    const digit = (der[index] as number) - 0x30
    if (digit < 0 || digit > 9) malformed(index, 'a revocation date holds something that is no digit')
  }
  const month = twoDigits(der, zulu - 10)
  const day = twoDigits(der, zulu - 8)
  const onClock = twoDigits(der, zulu - 6) < 24 && twoDigits(der, zulu - 4) < 60 && twoDigits(der, zulu - 2) < 60
  // Only the last days of a month need its length, and so the exact reading.
  const onCalendar = month >= 1 && month <= 12 && day >= 1 && (day < 29 || parseTime(der, at) !== undefined)
  if (!onClock || !onCalendar) malformed(at, 'a revocation date is no instant')
  return zulu + 1
}

function isReasonOnly(der: Uint8Array, start: number, end: number): boolean {
  if (end - start !== REASON_ONLY.length + 1) return false
  for (let index = 0; index < REASON_ONLY.length; index++) if (der[start + index] !== REASON_ONLY[index]) return false
  return true
}

function checkReason(reason: number, at: number, rules: CrlEntryRules): void {
  if (REASONS[reason] === undefined) malformed(at, 'a reasonCode is not one of RFC 5280 §5.3.1')
  if (reason === REMOVE_FROM_CRL && !rules.delta)
    malformed(at, 'removeFromCRL stands in delta CRLs only (RFC 5280 §5.3.1)')
}

/** Of an entry that the walk has checked. */
function readEntry(der: Uint8Array, entry: number): CrlEntry {
  const time = nextOf(der, contentOf(der, entry))
  return { at: new Date(parseTime(der, time) ?? 0), reason: readReason(der, nextOf(der, time), nextOf(der, entry)) }
}

function parseTime(der: Uint8Array, at: number): number | undefined {
  const parse = der[at] === UTC_TIME ? parseUtcTime : parseGeneralizedTime
  return parse(der, contentOf(der, at), nextOf(der, at))
}

function readReason(der: Uint8Array, extensions: number, end: number): RevocationReasonCode {
  if (extensions === end) return 'unspecified'
  for (let at = contentOf(der, extensions); at < end; ) {
    const extension = readExtension(der, at, end)
    if (entryExtensionArc(der, extension) === REASON_CODE)
      return REASONS[der[extension.value + 2] as number] ?? 'unspecified'
    at = extension.end
  }
  return 'unspecified'
}

/** An entry without certificateIssuer is about the same CA as the one before it (RFC 5280 §5.3.3). */
function issuerOf(der: Uint8Array, issuers: Uint32Array, entry: number): Uint8Array | undefined {
  let low = 0
  let high = issuers.length / 3
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((issuers[3 * middle] as number) <= entry) low = middle + 1
    else high = middle
  }
  return low === 0 ? undefined : der.subarray(issuers[3 * low - 2], issuers[3 * low - 1])
}

interface EntryExtension {
  readonly oid: number
  readonly oidEnd: number
  readonly critical: boolean
  /** Offset of what the OCTET STRING holds, which goes on to `end`. */
  readonly value: number
  readonly end: number
}

function readExtension(der: Uint8Array, at: number, limit: number): EntryExtension {
  const end = nextOf(der, at)
  const oidHeader = contentOf(der, at)
  if (der[at] !== SEQUENCE || end > limit || der[oidHeader] !== OBJECT_IDENTIFIER) malformed(at, 'not an Extension')
  const oid = contentOf(der, oidHeader)
  const oidEnd = nextOf(der, oidHeader)
  let next = oidEnd
  const critical = der[next] === BOOLEAN
  if (critical) {
    // X.690 §11.1, §11.5: TRUE is FF, and the default FALSE is not written.
    if (der[next + 1] !== 1 || der[next + 2] !== 0xff) malformed(next, 'criticality is not TRUE')
    next += 3
  }
  if (oid === oidEnd || next >= end || der[next] !== OCTET_STRING || nextOf(der, next) !== end)
    malformed(next, 'an Extension has no value')
  return { oid, oidEnd, critical, value: contentOf(der, next), end }
}

function oidOf(der: Uint8Array, { oid, oidEnd }: EntryExtension): string {
  return decodeOid(der, oid, oidEnd) ?? malformed(oid, 'an Extension has no proper identifier')
}

/** The last arc of an extension under id-ce, else -1. */
function entryExtensionArc(der: Uint8Array, { oid, oidEnd }: EntryExtension): number {
  return oidEnd - oid === 3 && der[oid] === 0x55 && der[oid + 1] === 0x1d ? (der[oid + 2] as number) : -1
}

function twoDigits(der: Uint8Array, at: number): number {
  return 10 * ((der[at] as number) - 0x30) + ((der[at + 1] as number) - 0x30)
}

/** Offset of the content of the element at `at`. Written for speed beside the general reader: this runs for every entry. */
function contentOf(der: Uint8Array, at: number): number {
  const first = der[at + 1] as number
  return first < 0x80 ? at + 2 : at + 2 + (first & 0x7f)
}

/** Offset behind the element at `at`; its length must be definite and minimal (X.690 §10.1). */
function nextOf(der: Uint8Array, at: number): number {
  const first = der[at + 1] as number
  if (first < 0x80) return at + 2 + first
  const octets = first & 0x7f
  let length = 0
  // Four octets address everything that fits the index. Past the end of the buffer the sum is NaN, which is refused too.
  for (let index = 0; index < octets && index < 4; index++) length = 256 * length + (der[at + 2 + index] as number)
  if (octets === 0 || octets > 4 || !(length >= (octets === 1 ? 0x80 : 256 ** (octets - 1))))
    malformed(at + 1, 'a length is not in DER')
  return at + 2 + octets + length
}

function malformed(offset: number, rule: string): never {
  throw new CrlError('crl-malformed', offset, rule)
}
