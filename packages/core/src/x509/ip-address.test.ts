import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatIpAddress, parseIpAddress } from './ip-address.ts'

// RFC 5952 §4
it.each([
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0DB8::0001', '2001:db8::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['::ffff:192.0.2.1', '::ffff:c000:201'],
  ['192.0.2.1', '192.0.2.1'],
])('%s is %s', (text, canonical) => {
  expect(formatIpAddress(parseIpAddress(text) as Uint8Array)).toBe(canonical)
})

it.each([
  '',
  '1',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  '01.2.3.4',
  '1.2.3.4 ',
  '0x1.2.3.4',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '12345::',
  'g::',
  '::1%eth0',
  '1.2.3.4::',
  '1:2:3:4:5:6:7::8',
  '[::1]',
])('refuses %j', (text) => {
  expect(parseIpAddress(text)).toBeUndefined()
})

it('writes what it reads', () => {
  for (const length of [4, 16])
    fc.assert(
      fc.property(fc.uint8Array({ minLength: length, maxLength: length }), (octets) => {
        expect(parseIpAddress(formatIpAddress(octets))).toEqual(octets)
      }),
    )
  expect(formatIpAddress(Uint8Array.of(10, 0, 0, 0, 255, 0, 0, 0))).toBe('10.0.0.0/255.0.0.0')
})
