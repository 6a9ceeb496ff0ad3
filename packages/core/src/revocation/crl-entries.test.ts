import {
  boolean,
  concatBytes,
  enumerated,
  fromHex,
  generalizedTime,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  toHex,
  utcTime,
} from '@countersign/testing/der'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CRL_INDEX_SEED_OCTETS, type CrlEntries, type CrlEntryRules, CrlEntryWalk } from './crl-entries.ts'

const FULL: CrlEntryRules = { version: 2, indirect: false, delta: false }
const DATE = new Date('2025-03-04T05:06:07Z')
const REASON = '2.5.29.21'
const INVALIDITY = '2.5.29.24'
const ISSUER = '2.5.29.29'

describe('CrlEntryWalk', () => {
  it('finds what is listed and nothing else', () => {
    const serials = ['01', '7f', '0080', '00ffffffffffffffff', '75bcd15', 'ff', '80'].map((hex) => octets(hex))
    const entries = walk(serials.map((serial) => entry(serial)))
    expect(entries.count).toBe(7)
    for (const serial of serials) expect(entries.find(serial)).toBeGreaterThan(0)
    for (const absent of ['02', '00', '7f00', '00ffffffffffffff', '81']) expect(entries.find(octets(absent))).toBe(0)
    expect(entries.find(new Uint8Array(200))).toBe(0)
  })

  it('finds the same as a plain search, for any list', () => {
    const serial = fc.uint8Array({ minLength: 1, maxLength: 20 }).map(minimal)
    fc.assert(
      fc.property(
        fc.array(serial, { maxLength: 60 }),
        fc.array(serial),
        fc.integer({ min: 1, max: 70 }),
        (listed, asked, step) => {
          const list = concatBytes(...listed.map((each) => entry(each)))
          const walker = new CrlEntryWalk(prefixed(list), 1, 1 + list.length, FULL, seed())
          while (!walker.step(step));
          const entries = walker.entries()
          const keys = new Set(listed.map((each) => toHex(each)))
          for (const each of [...listed, ...asked]) expect(entries.find(each) > 0).toBe(keys.has(toHex(each)))
          expect(entries.count).toBe(listed.length)
        },
      ),
    )
  })

  it('answers for a list without entries', () => {
    const entries = walk([])
    expect(entries.count).toBe(0)
    expect(entries.find(octets('01'))).toBe(0)
  })

  it('reads date and reason of an entry', () => {
    const entries = walk([
      entry(octets('01')),
      entry(octets('02'), extension(REASON, enumerated(1))),
      sequence(
        integer(octets('03')),
        generalizedTime(DATE),
        sequence(extension(INVALIDITY, generalizedTime(DATE)), extension(REASON, enumerated(9))),
      ),
    ])
    expect(entries.at(entries.find(octets('01')))).toEqual({ at: DATE, reason: 'unspecified' })
    expect(entries.at(entries.find(octets('02')))).toEqual({ at: DATE, reason: 'keyCompromise' })
    expect(entries.at(entries.find(octets('03')))).toEqual({ at: DATE, reason: 'privilegeWithdrawn' })
  })

  it('gives the same index whatever the size of its steps', () => {
    const list = concatBytes(...Array.from({ length: 500 }, (_, index) => entry(integerOctets(1 + 977 * index))))
    const small = new CrlEntryWalk(prefixed(list), 1, 1 + list.length, FULL, seed())
    let steps = 0
    while (!small.step(7)) steps++
    expect(steps).toBeGreaterThan(140)
    const entries = small.entries()
    for (let index = 0; index < 500; index++) expect(entries.find(integerOctets(1 + 977 * index))).toBeGreaterThan(0)
    for (let index = 0; index < 500; index++) expect(entries.findAll(integerOctets(1 + 977 * index))).toHaveLength(1)
    expect(entries.count).toBe(500)
  })

  it('names a critical extension that it does not understand, on any entry', () => {
    const odd = sequence(objectIdentifier('1.3.6.1.4.1.55555.1'), boolean(true), octetString(integer(1)))
    const entries = walk([entry(octets('01')), entry(octets('02'), odd), entry(octets('03'))])
    expect(entries.unknownCriticalExtension).toBe('1.3.6.1.4.1.55555.1')
    const harmless = sequence(objectIdentifier('1.3.6.1.4.1.55555.1'), octetString(integer(1)))
    expect(walk([entry(octets('02'), harmless)]).unknownCriticalExtension).toBeUndefined()
  })

  it('carries the certificate issuer on to the entries behind it (RFC 5280 §5.3.3)', () => {
    const [first, second] = [sequence(integer(1)), sequence(integer(2))]
    const entries = walk(
      [
        entry(octets('01')),
        entry(octets('02'), critical(ISSUER, first)),
        entry(octets('03')),
        entry(octets('01'), critical(ISSUER, second)),
        entry(octets('05')),
      ],
      { ...FULL, indirect: true },
    )
    const issuerOf = (hex: string) => entries.findAll(octets(hex)).map((offset) => entries.certificateIssuer(offset))
    expect(issuerOf('01')).toEqual([undefined, second])
    expect(issuerOf('02')).toEqual([first])
    expect(issuerOf('03')).toEqual([first])
    expect(issuerOf('05')).toEqual([second])
  })

  it('takes an entry back in a delta only', () => {
    const removed = entry(octets('01'), extension(REASON, enumerated(8)))
    const entries = walk([removed], { ...FULL, delta: true })
    expect(entries.at(entries.find(octets('01'))).reason).toBe('removeFromCRL')
    expect(() => walk([removed])).toThrow(expect.objectContaining({ code: 'crl-malformed' }))
  })

  const valid = entry(octets('01'))
  it.each<[string, Uint8Array, CrlEntryRules?]>([
    ['an entry that is no SEQUENCE', integer(1)],
    ['an entry that is a SET', retagged(0x31, valid)],
    ['an empty entry', sequence()],
    ['a serial number of no octets', entry(new Uint8Array(0))],
    ['a serial number that is not minimal', entry(fromHex('0001'))],
    ['a negative serial number that is not minimal', entry(fromHex('ff80'))],
    ['a serial number beyond any length', entry(new Uint8Array(128).fill(1))],
    ['a serial number of another type', sequence(octetString(octets('01')), utcTime(DATE))],
    ['no date', sequence(integer(1))],
    ['a date without its Z', sequence(integer(1), raw(0x17, '250304050607+'))],
    ['a date without seconds', sequence(integer(1), raw(0x17, '2503040506Z'))],
    ['a date in letters', sequence(integer(1), raw(0x17, '2503o4050607Z'))],
    ['a thirteenth month', sequence(integer(1), raw(0x17, '251304050607Z'))],
    ['a thirtieth of February', sequence(integer(1), raw(0x17, '250230050607Z'))],
    ['a sixtieth minute', sequence(integer(1), raw(0x18, '20250304056007Z'))],
    ['a sixtieth second', sequence(integer(1), raw(0x17, '250304050660Z'))],
    ['a twenty-fourth hour', sequence(integer(1), raw(0x17, '250304240607Z'))],
    ['something behind the date', sequence(integer(1), utcTime(DATE), integer(1))],
    [
      'something behind the extensions',
      sequence(integer(1), utcTime(DATE), sequence(extension(REASON, enumerated(1))), integer(1)),
    ],
    [
      'extensions that are a SET',
      sequence(integer(1), utcTime(DATE), retagged(0x31, sequence(extension(INVALIDITY, generalizedTime(DATE))))),
    ],
    ['empty extensions', sequence(integer(1), utcTime(DATE), sequence())],
    ['an extension twice', entry(octets('01'), extension(REASON, enumerated(1)), extension(REASON, enumerated(1)))],
    ['an unused reason', entry(octets('01'), extension(REASON, enumerated(7)))],
    ['a reason out of range', entry(octets('01'), extension(REASON, enumerated(11)))],
    ['a reason of another type', entry(octets('01'), extension(REASON, integer(1)))],
    [
      'criticality FALSE written out',
      entry(octets('01'), sequence(objectIdentifier(REASON), boolean(false), octetString(enumerated(1)))),
    ],
    ['an extension that is a SET', entry(octets('01'), retagged(0x31, extension(INVALIDITY, generalizedTime(DATE))))],
    [
      'an extension named by something else than an OID',
      entry(octets('01'), sequence(retagged(0x0d, objectIdentifier(INVALIDITY)), octetString(generalizedTime(DATE)))),
    ],
    [
      'an extension that is longer than what it is in',
      sequence(integer(1), utcTime(DATE), sequence(longerByOne(extension(INVALIDITY, generalizedTime(DATE))))),
    ],
    ['an extension without a name', entry(octets('01'), sequence(fromHex('0600'), octetString(integer(1))))],
    [
      'an extension whose value is no OCTET STRING',
      entry(octets('01'), sequence(objectIdentifier(REASON), integer(1))),
    ],
    [
      'an extension with something behind its value',
      entry(octets('01'), sequence(objectIdentifier(INVALIDITY), octetString(generalizedTime(DATE)), integer(1))),
    ],
    ['an extension without value', entry(octets('01'), sequence(objectIdentifier(REASON)))],
    [
      'a certificate issuer in a list that is not indirect',
      entry(octets('01'), critical(ISSUER, sequence(integer(1)))),
    ],
    ['extensions in a v1 list', entry(octets('01'), extension(REASON, enumerated(1))), { ...FULL, version: 1 }],
    ['a length that is not minimal', concatBytes(Uint8Array.of(0x30, 0x81), valid.subarray(1))],
    ['an indefinite length', concatBytes(fromHex('3080'), valid.subarray(2), fromHex('0000'))],
    ['an entry that is cut off', valid.subarray(0, valid.length - 1)],
  ])('refuses %s, whatever stands before it', (_, odd, rules = FULL) => {
    expect(() => walk([valid, odd], rules)).toThrow(expect.objectContaining({ name: 'CrlError' }))
  })

  it('points at the octet that is wrong', () => {
    const odd = entry(octets('02'), extension(REASON, enumerated(7)))
    expect(() => walk([valid, odd])).toThrow(expect.objectContaining({ offset: valid.length + odd.length }))
  })

  it('never reads past the list', () => {
    const list = concatBytes(valid, entry(octets('02'), extension(REASON, enumerated(1))))
    for (let end = 1; end < list.length; end++) {
      if (end === valid.length) continue
      const walker = new CrlEntryWalk(prefixed(list), 1, 1 + end, FULL, seed())
      expect(() => run(walker)).toThrow(expect.objectContaining({ name: 'CrlError' }))
    }
  })

  it('does not degenerate for serial numbers that were made to collide in a plain hash', () => {
    const serials = Array.from({ length: 20_000 }, (_, index) =>
      concatBytes(fromHex('01'), integerOctets(0x1000000 + index).slice(-3), new Uint8Array(12)),
    )
    const entries = walk(serials.map((serial) => entry(serial)))
    const started = performance.now()
    expect(serials.every((serial) => entries.find(serial) > 0)).toBe(true)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

function walk(list: readonly Uint8Array[], rules: CrlEntryRules = FULL): CrlEntries {
  const octetsOfList = concatBytes(...list)
  return run(new CrlEntryWalk(prefixed(octetsOfList), 1, 1 + octetsOfList.length, rules, seed()))
}

function run(walker: CrlEntryWalk): CrlEntries {
  while (!walker.step(64));
  return walker.entries()
}

/** In a CRL entries never begin at octet 0. */
function prefixed(list: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(0x30), list)
}

function seed(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(CRL_INDEX_SEED_OCTETS))
}

function entry(serial: Uint8Array, ...extensions: readonly Uint8Array[]): Uint8Array {
  return sequence(integer(serial), utcTime(DATE), ...(extensions.length === 0 ? [] : [sequence(...extensions)]))
}

function extension(oid: string, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(oid), octetString(value))
}

function critical(oid: string, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(oid), boolean(true), octetString(value))
}

/** Its length octet says one more than there is. */
function longerByOne(octetsOfElement: Uint8Array): Uint8Array {
  return octetsOfElement.with(1, (octetsOfElement[1] ?? 0) + 1)
}

/** The same contents under another identifier octet. */
function retagged(tag: number, octetsOfElement: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(tag), octetsOfElement.subarray(1))
}

function raw(tag: number, text: string): Uint8Array {
  return concatBytes(Uint8Array.of(tag, text.length), new TextEncoder().encode(text))
}

function octets(hex: string): Uint8Array {
  return fromHex(hex.length % 2 === 0 ? hex : `0${hex}`)
}

function integerOctets(value: number): Uint8Array {
  return integer(value).slice(2)
}

/** As DER writes an INTEGER: no octet that says nothing. */
function minimal(octetsOfInteger: Uint8Array): Uint8Array {
  let start = 0
  for (; start + 1 < octetsOfInteger.length; start++) {
    const first = octetsOfInteger[start]
    const isPadding = (first === 0 || first === 0xff) && (first & 0x80) === ((octetsOfInteger[start + 1] ?? 0) & 0x80)
    if (!isPadding) break
  }
  return octetsOfInteger.slice(start)
}
