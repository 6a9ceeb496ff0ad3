import { describe, expect, it } from 'vitest'
import { exchangeOf, plain } from '../../test/exchange.ts'
import { createTrustedHops, describePeer } from './trusted-hop.ts'

describe('createTrustedHops', () => {
  it('believes a Unix socket only where it is named', () => {
    const exchange = exchangeOf({ peer: { kind: 'unix' } })
    expect(createTrustedHops({ from: ['unix'] }, 'hop').trusts(exchange)).toBe(true)
    expect(createTrustedHops({ from: ['10.0.0.0/8'] }, 'hop').trusts(exchange)).toBe(false)
    expect(createTrustedHops({ from: ['unix'] }, 'hop').trusts(exchangeOf({ peer: plain('10.0.0.1') }))).toBe(false)
  })
})

describe('describePeer', () => {
  it('is the address, or the kind of a peer that has none', () => {
    expect(describePeer(exchangeOf({ peer: plain('10.0.0.1') }))).toBe('10.0.0.1')
    expect(describePeer(exchangeOf({ peer: { kind: 'unix' } }))).toBe('unix')
    expect(describePeer(exchangeOf({ peer: { kind: 'unknown' } }))).toBe('unknown')
  })
})
