import { describe, expect, it } from 'vitest'
import { addressInRange, parseAddress, parseRange } from './address-range.ts'

function within(address: string, range: string): boolean | undefined {
  const parsedAddress = parseAddress(address)
  const parsedRange = parseRange(range)
  return parsedAddress && parsedRange && addressInRange(parsedAddress, parsedRange)
}

describe('addressInRange', () => {
  it.each([
    ['10.1.2.3', '10.0.0.0/8', true],
    ['11.0.0.0', '10.0.0.0/8', false],
    ['192.168.7.129', '192.168.7.128/25', true],
    ['192.168.7.127', '192.168.7.128/25', false],
    ['127.0.0.1', '127.0.0.1', true],
    ['::1', '::1/128', true],
    ['2001:db8::5', '2001:db8::/32', true],
    ['2001:db9::5', '2001:db8::/32', false],
    ['fe80::1%eth0', 'fe80::/10', true],
  ])('%s in %s: %s', (address, range, expected) => {
    expect(within(address, range)).toBe(expected)
  })

  it('takes an IPv4-mapped IPv6 address for the IPv4 address that it maps, in addresses and in ranges', () => {
    expect(within('::ffff:10.0.0.1', '10.0.0.0/8')).toBe(true)
    expect(within('0:0:0:0:0:ffff:0a00:0001', '10.0.0.0/8')).toBe(true)
    expect(within('10.0.0.1', '::ffff:10.0.0.0/104')).toBe(true)
    expect(parseRange('::ffff:10.0.0.0/64')).toBeUndefined()
  })

  it('never matches across families', () => {
    expect(within('10.0.0.1', '::/8')).toBe(false)
    expect(within('::1', '127.0.0.0/8')).toBe(false)
  })
})

describe('parseRange', () => {
  it.each(['fe80::1%eth0', 'fe80::%eth0/10', 'fe80::/10%', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/', '1'.repeat(100)])(
    'refuses %s',
    (text) => {
      expect(parseRange(text)).toBeUndefined()
    },
  )
})

describe('parseAddress', () => {
  it.each([
    '127.1',
    '256.0.0.1',
    '010.0.0.1',
    '1.2.3',
    '1.2.3.4.5',
    '',
    '::1::',
    ':1',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    'localhost',
    '1.2.3.4:80',
  ])('refuses %s, which could be read in two ways or in none', (text) => {
    expect(parseAddress(text)).toBeUndefined()
  })

  it('refuses an absurdly long text without reading it', () => {
    expect(parseAddress('1'.repeat(100_000))).toBeUndefined()
  })
})

describe('parseRange', () => {
  it.each(['10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/08', '10.0.0.0/', '::/129', 'fe80::%eth0/10', '10.0.0.0/8/8'])(
    'refuses %s',
    (text) => {
      expect(parseRange(text)).toBeUndefined()
    },
  )
})
