import { describe, expect, it } from 'vitest'
import { exchangeOf } from '../../test/exchange.ts'
import type { Problem } from '../problem/problem.ts'
import { Admissions, type Guard } from './admissions.ts'
import type { Authenticator } from './create-authenticator.ts'
import type { Principal } from './principal.ts'

const principal = { partner: { id: 'acme', metadata: {} }, scopes: new Set(['read']) } as unknown as Principal
const problem: Problem = {
  code: 'credentials-invalid',
  type: 'https://example.test/problems#credentials-invalid',
  status: 401,
  title: 'Credentials invalid',
  detail: 'no',
  correlationId: 'c',
  challenge: 'Bearer realm="test"',
}
const acceptance = { ok: true, principal } as const
const refusal = { ok: false, problem, reason: { code: 'key-missing' } } as const
const exchange = exchangeOf()

function guardOf(overrides: Partial<Authenticator>, more: Partial<Guard<object>> = {}): Guard<object> {
  const authenticator = {
    require: 'certificate+key',
    authenticate: () => acceptance,
    authenticateOptional: () => ({ ok: true, principal: undefined }),
    authorize: (_exchange, who, scopes) =>
      scopes.every((scope) => who?.scopes.has(scope)) ? undefined : (refusal as never),
    ...overrides,
  } as Authenticator
  return { authenticator, optional: false, onRefused: undefined, ...more }
}

describe('Admissions', () => {
  it('answers at once, or later, as the authenticator does', async () => {
    const admissions = new Admissions()
    expect(admissions.admit({}, exchange, guardOf({}))).toEqual({ ok: true, principal })
    const later = admissions.admit({}, exchange, guardOf({ authenticate: async () => acceptance }))
    expect(later).toBeInstanceOf(Promise)
    expect(await later).toEqual({ ok: true, principal })
  })

  it('turns a refusal into the response that goes out, with the body of onRefused', () => {
    const context = { path: '/orders' }
    const seen: unknown[] = []
    const onRefused: Guard<object>['onRefused'] = (about, where) => {
      seen.push(about.code, where)
      return { body: 'no', contentType: 'text/plain' }
    }
    const guard = guardOf({ authenticate: () => refusal as never }, { onRefused })
    const admission = new Admissions().admit(context, exchange, guard)
    expect(admission).toMatchObject({
      ok: false,
      response: { status: 401, headers: { 'www-authenticate': 'Bearer realm="test"' }, body: 'no' },
    })
    expect(seen).toEqual(['credentials-invalid', context])
  })

  it.each([
    ['throws', () => thrower()],
    ['rejects', () => Promise.reject(new Error('secret'))],
    // biome-ignore lint/suspicious/noThenProperty: foreign thenables are what this is about.
    ['is a thenable that throws', () => ({ then: thrower })],
    ['is something truthy', () => ({ ok: 'true', principal })],
    ['is nothing', () => undefined],
    ['is a refusal without its problem', () => ({ ok: false })],
    ['is an acceptance of nobody', () => ({ ok: true, principal: undefined })],
  ])('refuses with 500 where the answer %s', async (_what, authenticate) => {
    const context = {}
    const admissions = new Admissions()
    const admission = await admissions.admit(context, exchange, guardOf({ authenticate: authenticate as never }))
    expect(admission).toMatchObject({ ok: false, response: { status: 500 } })
    expect(JSON.stringify(admission)).not.toContain('secret')
    expect(() => admissions.principalOf(context, 'key')).toThrow(TypeError)
  })

  it('lets nobody through by an optional guard alone', () => {
    const admissions = new Admissions()
    const context = {}
    expect(admissions.admit(context, exchange, guardOf({}, { optional: true }))).toEqual({
      ok: true,
      principal: undefined,
    })
    expect(admissions.principalOf(context, 'certificate+key')).toBeUndefined()
  })

  it('decides each run anew: a refusal, and a run that is not over, take back what was granted', async () => {
    const admissions = new Admissions()
    const context = {}
    const check = admissions.scopeCheck(['read'])
    admissions.admit(context, exchange, guardOf({}))
    expect(check(context)).toBeUndefined()
    const later = admissions.admit(context, exchange, guardOf({ authenticate: async () => acceptance }))
    expect(check(context)).toMatchObject({ status: 500 })
    await later
    expect(check(context)).toBeUndefined()
    admissions.admit(context, exchange, guardOf({ authenticate: () => refusal as never }))
    expect(check(context)).toMatchObject({ status: 500 })
  })
})

describe('scopeCheck()', () => {
  it('throws for an empty list when it is made', () => {
    expect(() => new Admissions().scopeCheck([])).toThrow(TypeError)
  })

  it('keeps its own copy of the list', () => {
    const admissions = new Admissions()
    const context = {}
    const scopes = ['write']
    const check = admissions.scopeCheck(scopes)
    scopes[0] = 'read'
    admissions.admit(context, exchange, guardOf({}))
    expect(check(context)).toMatchObject({ status: 401 })
  })

  it('answers 500 where no guard has run, and by its guard where one has', () => {
    const admissions = new Admissions()
    const context = {}
    const check = admissions.scopeCheck(['write'])
    expect(check(context)).toMatchObject({ status: 500 })
    admissions.admit(context, exchange, guardOf({}, { onRefused: () => ({ body: 'mine', contentType: 'text/plain' }) }))
    expect(check(context)).toMatchObject({ status: 401, body: 'mine' })
    expect(check({})).toMatchObject({ status: 500 })
  })
})

describe('principalOf()', () => {
  it.each([
    ['certificate+key', ['certificate+key', 'certificate', 'key', 'certificate-or-key']],
    ['certificate', ['certificate', 'certificate-or-key']],
    ['key', ['key', 'certificate-or-key']],
    ['certificate-or-key', ['certificate-or-key']],
    ['certificate+token', ['certificate+token', 'certificate+key-or-token', 'certificate', 'certificate-or-key']],
    ['certificate+key-or-token', ['certificate+key-or-token', 'certificate', 'certificate-or-key']],
  ] as const)('gives a principal of %s to who relies on no more', (require, relied) => {
    const admissions = new Admissions()
    const context = {}
    admissions.admit(context, exchange, guardOf({ require }))
    for (const word of [
      'certificate+key',
      'certificate',
      'key',
      'certificate-or-key',
      'certificate+token',
      'certificate+key-or-token',
    ] as const) {
      if ((relied as readonly string[]).includes(word)) expect(admissions.principalOf(context, word)).toBe(principal)
      else expect(() => admissions.principalOf(context, word)).toThrow(`require: '${require}'`)
    }
  })
})

function thrower(): never {
  throw new Error('secret')
}
