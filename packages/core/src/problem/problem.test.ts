import { describe, expect, it } from 'vitest'
import { challengeFor } from './challenge.ts'
import { comparePrecedence, PROBLEMS, type ProblemCode } from './problem.ts'
import { makeProblem, type ProblemSettings } from './problem-maker.ts'
import { problemResponse } from './problem-response.ts'
import type { Reason } from './reason.ts'

const settings: ProblemSettings = {
  base: 'https://api.test/problems',
  keyHeader: 'authorization',
  retryAfterSeconds: 7,
  correlationId: () => '0123456789abcdef0123456789abcdef',
}

describe('PROBLEMS', () => {
  it('has the statuses that callers rely on, in order of precedence', () => {
    expect(Object.entries(PROBLEMS).map(([code, { status }]) => `${status} ${code}`)).toEqual([
      '403 insecure-transport',
      '400 credentials-in-url',
      '400 credentials-malformed',
      '401 credentials-missing',
      '401 credentials-invalid',
      '401 credential-exposed',
      '503 verification-unavailable',
      '429 rate-limited',
      '403 scope-insufficient',
      '500 internal-error',
    ])
    expect(comparePrecedence('credentials-invalid', 'verification-unavailable')).toBeLessThan(0)
  })
})

describe('challengeFor', () => {
  it.each<[ProblemCode, boolean, string]>([
    ['credentials-missing', false, 'Bearer realm="countersign"'],
    // RFC 6750 §3.1: no error code where no key was sent.
    ['credentials-invalid', false, 'Bearer realm="countersign"'],
    ['credentials-invalid', true, 'Bearer realm="countersign", error="invalid_token"'],
    ['credential-exposed', true, 'Bearer realm="countersign", error="invalid_token"'],
  ])('%s, key sent %s', (code, keySent, expected) => {
    expect(challengeFor(code, { keyHeader: 'authorization', keySent })).toBe(expected)
  })

  it('names the scopes that a route asks for', () => {
    const input = { keyHeader: 'authorization', keySent: true, requiredScopes: ['a', 'b'] }
    expect(challengeFor('scope-insufficient', input)).toBe(
      'Bearer realm="countersign", error="insufficient_scope", scope="a b"',
    )
  })

  it('uses a scheme of its own for a field of another name', () => {
    expect(challengeFor('credentials-invalid', { keyHeader: 'x-api-key', keySent: true })).toBe(
      'ApiKey realm="countersign", header="x-api-key"',
    )
  })
})

describe('makeProblem', () => {
  const make = (reason: Reason, keySent = true) => makeProblem(reason, keySent, settings)

  it('tells nothing apart that the caller must not tell apart', () => {
    const reasons: Reason[] = [
      { code: 'key-unknown', keyId: 'a' },
      { code: 'key-mismatch', keyId: 'a', partnerId: 'acme' },
      { code: 'key-expired', keyId: 'a', partnerId: 'acme', notAfter: '2026-01-01T00:00:00Z' },
      { code: 'key-revoked', keyId: 'a', partnerId: 'acme', cause: 'exposed' },
      { code: 'binding-missing', keyId: 'a', partnerId: 'acme' },
      { code: 'partner-suspended', partnerId: 'acme' },
      { code: 'certificate-denied', by: 'registry' },
    ]
    const [first, ...others] = reasons.map((reason) => make(reason))
    expect(first?.status).toBe(401)
    for (const other of others) expect(other).toEqual(first)
    expect(JSON.stringify(first)).not.toContain('acme')
  })

  it('says which kind is missing', () => {
    expect(make({ code: 'credentials-missing', missing: ['certificate', 'key'] }).missing).toEqual([
      'certificate',
      'key',
    ])
    expect(make({ code: 'key-missing', missing: ['key'] }).missing).toEqual(['key'])
    const scope = { code: 'scope-missing', partnerId: 'acme', required: ['a', 'b'], missing: ['b'] } as const
    expect(make(scope)).toMatchObject({ requiredScopes: ['a', 'b'] })
    expect(make(scope)).not.toHaveProperty('missing')
  })

  it('asks to retry later only where that may help', () => {
    expect(make({ code: 'registry-unavailable', call: 'findKey', cause: 'timeout' }).retryAfterSeconds).toBe(7)
    expect(make({ code: 'rate-limited', limit: 'key', retryAfterSeconds: 3 }).retryAfterSeconds).toBe(3)
    expect(make({ code: 'key-missing', missing: ['key'] }).retryAfterSeconds).toBeUndefined()
  })
})

describe('problemResponse', () => {
  const problem = makeProblem({ code: 'key-missing', missing: ['key'] }, false, settings)

  it('is complete: type, length, challenge, no-store, correlation id', () => {
    const { status, headers, body } = problemResponse(problem)
    expect(status).toBe(401)
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json',
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      'www-authenticate': 'Bearer realm="countersign"',
      'x-correlation-id': '0123456789abcdef0123456789abcdef',
    })
    expect(JSON.parse(body)).toEqual({
      type: 'https://api.test/problems#credentials-missing',
      title: 'Credentials missing',
      status: 401,
      detail: expect.any(String),
      code: 'credentials-missing',
      correlationId: '0123456789abcdef0123456789abcdef',
      missing: ['key'],
    })
  })

  it('names the limit of a key or partner where the limiter does, and none of an address', () => {
    const quota = { requests: 600, perSeconds: 60 }
    const headersOf = (limit: 'key' | 'partner' | 'address') =>
      problemResponse(makeProblem({ code: 'rate-limited', limit, retryAfterSeconds: 7, quota }, true, settings)).headers
    expect(headersOf('partner')).toMatchObject({
      'retry-after': '7',
      'ratelimit-policy': '"partner";q=600;w=60',
      ratelimit: '"partner";r=0;t=7',
    })
    expect(headersOf('address')).toMatchObject({ 'retry-after': '7' })
    expect(Object.keys(headersOf('address')).filter((name) => name.startsWith('ratelimit'))).toEqual([])
  })

  it('says when to come back only where that may help', () => {
    const limited = makeProblem({ code: 'rate-limited', limit: 'key', retryAfterSeconds: 3 }, true, settings)
    expect(problemResponse(limited).headers['retry-after']).toBe('3')
    expect(problemResponse(problem).headers).not.toHaveProperty('retry-after')
    expect(problemResponse(limited).headers).not.toHaveProperty('www-authenticate')
  })

  it('lets onRefused choose body and type and nothing else', () => {
    const { status, headers, body } = problemResponse(problem, () => ({
      body: 'né',
      contentType: 'text/plain; charset=utf-8',
    }))
    expect([status, body, headers['content-length'], headers['content-type']]).toEqual([
      401,
      'né',
      '3',
      'text/plain; charset=utf-8',
    ])
    expect(headers['www-authenticate']).toBe('Bearer realm="countersign"')
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('x')
      },
    ],
    ['returns nothing', () => undefined],
    ['returns a promise', () => Promise.resolve({ body: '', contentType: 'text/plain' })],
    ['returns something else', () => ({ body: 1, contentType: 'text/plain' })],
    ['would write a header of its own', () => ({ body: '', contentType: 'text/plain\r\nset-cookie: a=b' })],
  ])('sends the default body if it %s', (_, custom) => {
    expect(problemResponse(problem, custom as () => undefined)).toEqual(problemResponse(problem))
  })
})
