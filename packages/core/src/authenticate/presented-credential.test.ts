import { describe, expect, it } from 'vitest'
import { exchangeOf } from '../../test/exchange.ts'
import { generateKey } from '../key/key-format.ts'
import { createCredentialReader } from './presented-credential.ts'

const key = generateKey({ prefix: 'cs_live' })
const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl'

describe('createCredentialReader', () => {
  const read = (header: string | undefined, tokens: boolean, headers: Record<string, string | string[]>) =>
    createCredentialReader(header, tokens).read(exchangeOf({ headers }))

  it('reads a key from its one place', () => {
    expect(read('authorization', false, { authorization: `Bearer ${key}` })).toEqual({
      kind: 'key',
      value: `Bearer ${key}`,
      start: 7,
    })
    expect(read('authorization', false, { authorization: `bEARER ${key}` })).toMatchObject({ kind: 'key', start: 7 })
    expect(read('x-key', false, { 'x-key': key })).toEqual({ kind: 'key', value: key, start: 0 })
    expect(read('x-key', false, { authorization: 'Bearer of something else' })).toEqual({ kind: 'none' })
    expect(read('authorization', false, {})).toEqual({ kind: 'none' })
  })

  it('takes what another scheme carries for a credential that cannot be used', () => {
    for (const authorization of [`Basic ${key}`, key, 'Bearer', 'Basic Bearer ', ''])
      expect(read('authorization', false, { authorization }).kind, authorization).toBe('unusable')
  })

  it('refuses two field lines, also where a hop has joined them', () => {
    const reason = { code: 'header-duplicated', header: 'x-key', count: 2 }
    expect(read('x-key', false, { 'x-key': [key, key] })).toEqual({ kind: 'malformed', reason })
    expect(read('x-key', false, { 'x-key': `${key}, ${key}` })).toEqual({ kind: 'malformed', reason })
  })

  it('refuses a key in a field that belongs to somebody else', () => {
    expect(read('x-key', false, { authorization: `Bearer ${key}` })).toEqual({
      kind: 'malformed',
      reason: { code: 'key-misplaced', header: 'authorization' },
    })
    expect(read('authorization', false, { 'x-api-key': key })).toMatchObject({ reason: { header: 'x-api-key' } })
  })

  it('tells a token from a key where both are taken, and takes one of them alone', () => {
    const bearer = { authorization: `Bearer ${JWT}` }
    expect(read('authorization', true, bearer)).toEqual({ kind: 'token', text: JWT })
    expect(read('authorization', false, bearer)).toMatchObject({ kind: 'key', value: `Bearer ${JWT}` })
    expect(read(undefined, true, { authorization: 'Bearer opaque' })).toEqual({ kind: 'token', text: 'opaque' })
    expect(read('x-key', true, bearer)).toEqual({ kind: 'token', text: JWT })
    expect(read('x-key', true, { 'x-key': key })).toMatchObject({ kind: 'key', value: key })
    expect(read('x-key', true, { 'x-key': JWT })).toMatchObject({ reason: { code: 'token-misplaced' } })
    expect(read('x-key', true, { ...bearer, 'x-key': key })).toMatchObject({ reason: { code: 'bearer-ambiguous' } })
    expect(read('x-key', true, { authorization: 'Basic x' })).toMatchObject({ kind: 'unusable' })
  })

  it('knows every place in which a key may have been seen by others', () => {
    const exchange = exchangeOf({ headers: { 'x-key': key, authorization: `Bearer ${key}x`, 'x-api-key': 'other' } })
    expect(createCredentialReader('x-key', false).keyCandidates(exchange)).toEqual([key])
  })
})
