import { describe, expect, it } from 'vitest'
import { exchangeOf } from '../../test/exchange.ts'
import { credentialHeader, headerOccurs, readCredentialHeader } from './credential-header.ts'

const header = credentialHeader('X-Api-Key', 'key.header')

describe('credentialHeader', () => {
  it('knows every spelling with underscores that some hop could take for the field', () => {
    expect(header.name).toBe('x-api-key')
    expect([...header.aliases].sort()).toEqual(['x-api_key', 'x_api-key', 'x_api_key'])
    expect(credentialHeader('authorization', 'key.header').aliases).toEqual([])
  })

  it.each(['x_api_key', 'x api key', '', 'x-', '-x', 'é', 'a'.repeat(65), 'a-b-c-d-e-f-g-h', 'x\r\ny'])(
    'refuses the name %j and names the option',
    (name) => {
      expect(() => credentialHeader(name, 'key.header')).toThrow(/^key\.header: /)
    },
  )
})

describe('readCredentialHeader', () => {
  it('gives the one value', () => {
    expect(readCredentialHeader(exchangeOf({ headers: { 'x-api-key': 'abc' } }), header)).toBe('abc')
    expect(readCredentialHeader(exchangeOf(), header)).toBeUndefined()
  })

  it('refuses a second field line, even an equal or an empty one', () => {
    const reason = { code: 'header-duplicated', header: 'x-api-key', count: 2 }
    expect(readCredentialHeader(exchangeOf({ headers: { 'x-api-key': ['a', 'a'] } }), header)).toEqual(reason)
    expect(readCredentialHeader(exchangeOf({ headers: { 'x-api-key': ['', 'a'] } }), header)).toEqual(reason)
  })

  it('refuses an alias with underscores, alone or beside the field', () => {
    const reason = { code: 'header-alias', header: 'x-api-key', alias: 'x_api_key' }
    expect(readCredentialHeader(exchangeOf({ headers: { x_api_key: 'a' } }), header)).toEqual(reason)
    expect(readCredentialHeader(exchangeOf({ headers: { x_api_key: 'a', 'x-api-key': 'a' } }), header)).toEqual(reason)
  })

  it('refuses a field that Connection nominates, in any case and any line', () => {
    const connection = ['keep-alive', 'close,  X-API-Key']
    expect(readCredentialHeader(exchangeOf({ headers: { 'x-api-key': 'a', connection } }), header)).toEqual({
      code: 'header-nominated',
      header: 'x-api-key',
    })
  })
})

describe('headerOccurs', () => {
  it('sees the field and whatever passes for it', () => {
    expect(headerOccurs(exchangeOf(), header)).toBe(false)
    expect(headerOccurs(exchangeOf({ headers: { 'x-api_key': '' } }), header)).toBe(true)
    expect(headerOccurs(exchangeOf({ headers: { 'x-api-key': '' } }), header)).toBe(true)
  })
})
