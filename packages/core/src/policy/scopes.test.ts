import { describe, expect, it } from 'vitest'
import type { KeyRecord, Partner } from '../registry/records.ts'
import { assertScopes, checkScopes, grantedScopes } from './scopes.ts'

const partner: Partner = {
  id: 'acme',
  status: 'active',
  rules: [],
  scopes: ['orders:read', 'orders:write'],
  certificateScopes: ['status:read'],
}
const key: KeyRecord = {
  id: 'k',
  partnerId: 'acme',
  digest: '',
  scopes: ['orders:read', 'admin'],
  binding: 'partner',
  status: 'active',
}

describe('grantedScopes', () => {
  it('is what key and partner have in common', () => {
    expect([...grantedScopes(partner, key)]).toEqual(['orders:read'])
  })

  it('is for a certificate alone what its partner was given for that case, by default nothing', () => {
    expect([...grantedScopes(partner, undefined)]).toEqual(['status:read'])
    const { certificateScopes: _, ...other } = partner
    expect([...grantedScopes(other, undefined)]).toEqual([])
  })

  it('follows lists that change, and is the same object for lists that cannot', () => {
    const frozen = Object.freeze(['orders:read', 'orders:write'])
    for (const [ofKey, ofPartner] of [
      [['orders:read', 'orders:write'], frozen],
      [frozen, ['orders:read', 'orders:write']],
    ] as const) {
      const grant = () => grantedScopes({ ...partner, scopes: ofPartner }, { ...key, scopes: ofKey })
      expect(grant().has('orders:write')).toBe(true)
      for (const list of [ofKey, ofPartner]) if (!Object.isFrozen(list)) (list as string[]).pop()
      expect(grant().has('orders:write')).toBe(false)
    }
    const kept = { ...partner, scopes: frozen }
    expect(grantedScopes(kept, { ...key, scopes: frozen })).toBe(grantedScopes(kept, { ...key, scopes: frozen }))
  })

  it('cannot be widened by a handler', () => {
    const granted = grantedScopes(partner, key) as Set<string>
    expect(() => granted.add('admin')).toThrow(TypeError)
    expect(() => granted.delete('orders:read')).toThrow(TypeError)
    expect(() => granted.clear()).toThrow(TypeError)
    expect([...granted]).toEqual(['orders:read'])
  })
})

describe('checkScopes', () => {
  const granted = new Set(['a', 'b'])
  it('asks for all of them, as exact strings', () => {
    expect(checkScopes(granted, ['a', 'b'], 'acme')).toBeUndefined()
    expect(checkScopes(granted, ['a', 'c'], 'acme')).toMatchObject({ code: 'scope-missing', missing: ['c'] })
    expect(checkScopes(granted, ['A'], 'acme')).toMatchObject({ missing: ['A'] })
    expect(checkScopes(new Set(['orders:*']), ['orders:read'], 'acme')).toMatchObject({ missing: ['orders:read'] })
  })
})

describe('assertScopes', () => {
  it.each([[[]], [['']], [['a b']], [['a"']], [[1]], [['a\n']], [['é']]])('refuses %j', (scopes) => {
    expect(() => assertScopes(scopes)).toThrow(TypeError)
  })
  it('takes what RFC 6749 §3.3 calls a scope token', () => {
    expect(() => assertScopes(['orders:write', 'https://api.test/a.b~c'])).not.toThrow()
  })
})
