import { type Authority, createAuthority, createLargeCrl } from '@countersign/testing'
import { concatBytes, fromHex, integer, sequence, toHex } from '@countersign/testing/der'
import { beforeAll, describe, expect, it } from 'vitest'
import { emptied, lengthened } from '../../test/der-variants.ts'
import { loadCrl, parseCrl } from './crl.ts'

const NOW = new Date('2031-05-06T07:08:09Z')
const SCOPE = '2.5.29.28'

let ca: Authority

beforeAll(async () => {
  ca = await createAuthority({ clock: () => NOW })
})

describe('parseCrl', () => {
  it('reads what a list says of itself', async () => {
    const nextUpdate = new Date('2031-06-01T00:00:00Z')
    const { der, pem } = await ca.crl({
      number: 0x1234567890abcdefn,
      nextUpdate,
      revoked: ['01', '02'],
      issuingDistributionPoint: { urls: ['http://crl.example/'], onlyUserCertificates: true, indirect: true },
    })
    for (const crl of [parseCrl(der), parseCrl(pem), parseCrl(Buffer.from(der))]) {
      expect(crl).toMatchObject({
        version: 2,
        thisUpdate: NOW.getTime(),
        nextUpdate: nextUpdate.getTime(),
        number: 0x1234567890abcdefn,
        deltaBase: undefined,
        scope: { only: 'user', indirect: true, reasons: 0b1_1111_1110 },
        unknownCriticalExtension: undefined,
        entries: { count: 2 },
      })
      expect(String(crl.issuer)).toBe('CN=Authority')
      expect(crl.der).toEqual(der)
    }
  })

  it('knows the absence of each optional field from its presence', async () => {
    const bare = parseCrl((await ca.crl({ version: 1, nextUpdate: 'absent' })).der)
    expect(bare).toMatchObject({
      version: 1,
      nextUpdate: undefined,
      number: undefined,
      scope: undefined,
      entries: { count: 0 },
    })
    expect(bare.authorityKeyIdentifier).toBeUndefined()
    expect(parseCrl((await ca.crl({ number: 3, deltaBase: 2 })).der)).toMatchObject({ number: 3n, deltaBase: 2n })
    expect(parseCrl((await ca.crl({ number: 0 })).der).number).toBe(0n)
  })

  it('reads dates in both forms, across 2050', async () => {
    const crl = parseCrl((await ca.crl({ nextUpdate: new Date('2050-01-01T00:00:00Z') })).der)
    expect(crl.nextUpdate).toBe(Date.UTC(2050, 0, 1))
  })

  const scope = (...contents: readonly Uint8Array[]) => [{ oid: SCOPE, critical: true, value: sequence(...contents) }]
  const flag = (number: number, value = 'ff') => fromHex(`8${number}01${value}`)

  it.each<[string, () => ReturnType<Authority['crl']>]>([
    ['an empty scope', () => ca.crl({ extensions: scope() })],
    ['a scope of users and of CAs', () => ca.crl({ extensions: scope(flag(1), flag(2)) })],
    ['a flag FALSE written out', () => ca.crl({ extensions: scope(flag(1, '00')) })],
    ['a flag that is neither', () => ca.crl({ extensions: scope(flag(1, '01')) })],
    [
      'something behind a scope',
      () => ca.crl({ extensions: [{ oid: SCOPE, critical: true, value: concatBytes(sequence(flag(1)), integer(1)) }] }),
    ],
    [
      'reasons with trailing zeros',
      () => ca.crl({ extensions: scope(concatBytes(fromHex('8303'), fromHex('004000'))) }),
    ],
    ['an extension twice', () => ca.crl({ extensions: [...scope(flag(1)), ...scope(flag(1))] })],
    ['a negative number', () => ca.crl({ number: -1 })],
    ['a number beyond 20 octets', () => ca.crl({ number: 2n ** 168n })],
    ['extensions of version 1', () => ca.crl({ version: 1, extensions: scope(flag(1)) })],
    [
      'entry extensions of version 1',
      () => ca.crl({ version: 1, revoked: [{ serialNumber: '01', reason: 'superseded' }] }),
    ],
    ['removeFromCRL in a complete list', () => ca.crl({ revoked: [{ serialNumber: '01', reason: 'removeFromCRL' }] })],
  ])('refuses %s', async (_, make) => {
    const { der } = await make()
    expect(() => parseCrl(der)).toThrow(expect.objectContaining({ name: 'CrlError' }))
    await expect(loadCrl(der)).rejects.toMatchObject({ name: 'CrlError' })
  })

  it('refuses whatever is cut off, at any place, and whatever is added', async () => {
    const { der } = await ca.crl({ revoked: [{ serialNumber: '01', reason: 'superseded' }, '02'] })
    for (let end = 0; end < der.length; end++) {
      expect(() => parseCrl(der.subarray(0, end))).toThrow(expect.objectContaining({ name: 'CrlError' }))
    }
    expect(() => parseCrl(concatBytes(der, Uint8Array.of(0)))).toThrow(
      expect.objectContaining({ code: 'crl-malformed' }),
    )
  })

  it('refuses an element more, whatever holds it, and what holds nothing', async () => {
    const list = {
      number: 3,
      deltaBase: 2,
      revoked: [{ serialNumber: '01', reason: 'superseded' as const }, '02'],
      issuingDistributionPoint: { urls: ['http://crl.example/'], onlySomeReasons: ['superseded' as const] },
    }
    const [{ der }, plain] = [await ca.crl(list), await ca.crl({ ...list, authorityKeyIdentifier: 'absent' })]
    for (const variant of [...lengthened(der), ...emptied(plain.der)])
      expect(() => parseCrl(variant.der), variant.at).toThrow(expect.objectContaining({ name: 'CrlError' }))
  })

  it.each(['020100', '020102'])('refuses a version written out that is not 2: %s', async (version) => {
    const { der } = await ca.crl()
    const odd = fromHex(toHex(der).replace('020101', version))
    expect(() => parseCrl(odd)).toThrow(expect.objectContaining({ code: 'crl-version' }))
  })

  it('understands the name of the key that signed, also where the CA marked it as critical', async () => {
    const value = sequence(fromHex('8001aa'))
    const extensions = [{ oid: '2.5.29.35', critical: true, value }]
    const crl = parseCrl((await ca.crl({ authorityKeyIdentifier: 'absent', extensions })).der)
    expect(crl.unknownCriticalExtension).toBeUndefined()
    expect(crl.authorityKeyIdentifier?.keyIdentifier).toEqual(fromHex('aa'))
  })

  it('throws nothing but a CrlError for any change of one octet', async () => {
    const { der } = await ca.crl({ revoked: ['01'], issuingDistributionPoint: { urls: ['http://crl.example/'] } })
    for (let at = 0; at < der.length; at++) {
      for (const bits of [0x01, 0x80, 0xff]) {
        const changed = der.slice()
        changed[at] = (changed[at] ?? 0) ^ bits
        try {
          parseCrl(changed)
        } catch (error) {
          expect(error).toMatchObject({ name: 'CrlError' })
        }
      }
    }
  })

  it('refuses PEM of anything else, and of several', async () => {
    const { pem } = await ca.crl()
    for (const text of ['', pem + pem, ca.certificate.pem, pem.slice(0, 80)]) {
      expect(() => parseCrl(text)).toThrow(expect.objectContaining({ code: 'crl-malformed' }))
    }
  })
})

describe('loadCrl', () => {
  it('reads what parseCrl reads, and finds every entry of a long list', async () => {
    const large = await createLargeCrl(ca, { entries: 20_000, reason: 'superseded' })
    const crl = await loadCrl(large.der)
    expect(crl.entries.count).toBe(20_000)
    for (let index = 0; index < 20_000; index += 7)
      expect(crl.entries.find(fromHex(large.serialNumberAt(index))) > 0).toBe(true)
    for (let index = 20_000; index < 21_000; index++)
      expect(crl.entries.find(fromHex(large.serialNumberAt(index)))).toBe(0)
  })

  it('lets timers run meanwhile', async () => {
    const large = await createLargeCrl(ca, { entries: 300_000 })
    let turns = 0
    const turning = setInterval(() => turns++, 1)
    await loadCrl(large.der)
    clearInterval(turning)
    expect(turns).toBeGreaterThan(1)
  })

  it('stops when it is told to', async () => {
    const large = await createLargeCrl(ca, { entries: 300_000 })
    const stop = new AbortController()
    const loading = loadCrl(large.der, stop.signal)
    stop.abort(new Error('enough'))
    await expect(loading).rejects.toThrow('enough')
  })
})
