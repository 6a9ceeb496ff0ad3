import { expect, it } from 'vitest'
import { decodeHex, encodeHex } from '../bytes/hex.ts'
import { decodeOid, encodeOid } from './oid.ts'

const decode = (hex: string): string | undefined => {
  const bytes = decodeHex(hex) as Uint8Array
  return decodeOid(bytes, 0, bytes.length)
}

it.each([
  ['551d13', '2.5.29.19'],
  ['2a864886f70d01010b', '1.2.840.113549.1.1.11'],
  ['00', '0.0'],
  ['27', '0.39'],
  ['28', '1.0'],
  ['4f', '1.39'],
  ['50', '2.0'],
  ['8100', '2.48'],
  ['8837', '2.999'],
  // An arc of 128 bits: the UUID of RFC 9562 §4 (X.667 §6.3).
  ['6983f09da7ebcfdee0c7a1a7b2c0948cc8f9d776', '2.25.329800735698586629295641978511506172918'],
])('%s is %s', (hex, dotted) => {
  expect(decode(hex)).toBe(dotted)
  expect(encodeHex(encodeOid(dotted) as Uint8Array)).toBe(hex)
})

it.each([
  ['nothing', ''],
  ['an arc that does not end', '5581'],
  ['a padded arc', '55801d'],
  ['a padded first arc', '8055'],
  ['an identifier of 129 octets', `55${'01'.repeat(128)}`],
])('refuses %s', (_, hex) => {
  expect(decode(hex)).toBeUndefined()
})

it.each(['', '1', '1.40', '3.1', '1.2.', '1..2', '01.2', '1.02', '1.a', '1.-2', `1.2${'.1'.repeat(200)}`])(
  'does not encode %j',
  (text) => {
    expect(encodeOid(text)).toBeUndefined()
  },
)

it('takes no longer for an arc that is one long number', () => {
  const bytes = new Uint8Array(128).fill(0xff)
  bytes[127] = 0x7f
  const started = performance.now()
  for (let round = 0; round < 100; round++) decodeOid(bytes, 0, bytes.length)
  expect(performance.now() - started).toBeLessThan(100)
})
