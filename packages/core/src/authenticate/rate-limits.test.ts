import { createHash } from 'node:crypto'
import { type Authority, createAuthority, type IssuedCertificate } from '@countersign/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { exchangeOf, plain, tls } from '../../test/exchange.ts'
import type { RefusedEvent } from '../events/events.ts'
import { generateKey } from '../key/key-format.ts'
import type { RateLimiter, RateVerdict } from '../policy/rate-limiter.ts'
import { memoryRegistry } from '../registry/memory-registry.ts'
import type { RegistryAdmin } from '../registry/registry.ts'
import { rfc9440 } from '../source/rfc9440.ts'
import { createAuthenticator } from './create-authenticator.ts'
import type { LimitOptions } from './options.ts'

let authority: Authority
let acme: IssuedCertificate
let registry: RegistryAdmin
let key: string
let keyId: string

beforeAll(async () => {
  authority = await createAuthority()
  acme = await authority.issueClient()
  registry = memoryRegistry()
  await registry.createPartner({ id: 'acme', rules: [{ kind: 'public-key', value: acme.publicKeyHash }] })
  const issued = await registry.issueKey({ partnerId: 'acme' })
  key = issued.key
  keyId = issued.record.id
})

function setup(
  answer: (kind: string, id: string) => unknown = () => ({ allowed: true }),
  limits: Partial<LimitOptions> = {},
) {
  const charged: string[] = []
  const refused: RefusedEvent[] = []
  const limiter: RateLimiter = {
    charge(kind, id) {
      charged.push(`${kind} ${id}`)
      return answer(kind, id) as RateVerdict
    },
  }
  const authenticator = createAuthenticator({
    certificate: { anchors: authority.certificate.pem, revocation: 'unchecked' },
    key: { registry },
    limits: { limiter, ...limits },
    on: { refused: (event) => void refused.push(event) },
  })
  const ask = async (text: string | undefined, more: Parameters<typeof exchangeOf>[0] = {}) => {
    const headers = { ...(text === undefined ? {} : { authorization: `Bearer ${text}` }), ...more.headers }
    const decision = await authenticator.authenticate(exchangeOf({ peer: tls(acme.certificate.der), ...more, headers }))
    return decision.ok ? 'accepted' : `${decision.problem.status} ${decision.problem.code}`
  }
  return { ask, charged, refused, authenticator }
}

const over =
  (kind: string, seconds = 7) =>
  (asked: string) =>
    asked === kind ? { allowed: false, retryAfterSeconds: seconds } : { allowed: true }

describe('limits', () => {
  it('charge key and partner for a request that verified, and no address', async () => {
    const { ask, charged } = setup()
    expect(await ask(key)).toBe('accepted')
    expect(charged).toEqual([`key ${keyId}`, 'partner acme'])
  })

  it('charge the partner alone where no key was needed', async () => {
    const charged: string[] = []
    const limiter: RateLimiter = {
      charge(kind, id) {
        charged.push(`${kind} ${id}`)
        return { allowed: true }
      },
    }
    const authenticator = createAuthenticator({
      certificate: { anchors: authority.certificate.pem, revocation: 'unchecked' },
      key: { registry },
      require: 'certificate',
      limits: { limiter },
    })
    expect(await authenticator.authenticate(exchangeOf({ peer: tls(acme.certificate.der) }))).toMatchObject({
      ok: true,
    })
    expect(charged).toEqual(['partner acme'])
  })

  it('answer without a promise where the limiter does', () => {
    const { authenticator } = setup()
    const exchange = exchangeOf({ peer: tls(acme.certificate.der), headers: { authorization: `Bearer ${key}` } })
    expect(authenticator.authenticate(exchange)).not.toBeInstanceOf(Promise)
  })

  it.each(['key', 'partner'])(
    'refuse a verified request over the limit of its %s with 429 and Retry-After',
    async (kind) => {
      const { ask, refused, charged } = setup(over(kind))
      expect(await ask(key)).toBe('429 rate-limited')
      expect(refused[0]).toMatchObject({
        reason: { code: 'rate-limited', limit: kind, retryAfterSeconds: 7 },
        keyId,
        partnerId: 'acme',
      })
      expect(charged).toHaveLength(kind === 'key' ? 1 : 2)
    },
  )

  it('charge nobody for a request that carries no credential, where that may pass', async () => {
    const { authenticator, charged } = setup()
    expect(await authenticator.authenticateOptional(exchangeOf({ peer: tls() }))).toEqual({
      ok: true,
      principal: undefined,
    })
    expect(charged).toEqual([])
  })

  it('charge no key and no partner for what did not verify, whatever id it names', async () => {
    const { ask, charged } = setup(over('key'))
    const stranger = generateKey({ prefix: 'cs_live' })
    expect(await ask(stranger)).toBe('401 credentials-invalid')
    await registry.issueKey({ partnerId: 'acme' })
    expect(await ask(key, { peer: tls((await authority.issueClient()).certificate.der) })).toBe(
      '401 credentials-invalid',
    )
    expect(charged.filter((charge) => !charge.startsWith('address'))).toEqual([])
  })

  it('count an address only for credentials that failed, and then answer 429 in the place of 401', async () => {
    const { ask, charged, refused } = setup(over('address'))
    expect(await ask(key), 'a request that verifies is never held up').toBe('accepted')
    expect(await ask(undefined), 'a missing credential is no guess').toBe('401 credentials-missing')
    expect(await ask(key, { target: `/?k=${key}` }), 'exposure is answered as always').toBe('400 credentials-in-url')
    expect(await ask(key, { peer: plain() })).toBe('403 insecure-transport')
    expect(charged.some((charge) => charge.startsWith('address'))).toBe(false)
    expect(await ask(generateKey({ prefix: 'cs_live' }))).toBe('429 rate-limited')
    expect(refused.at(-1)?.reason).toMatchObject({ limit: 'address', hides: 'key-unknown', retryAfterSeconds: 7 })
  })

  it('take an IPv4-mapped address for the IPv4 one, and an IPv6 address for its /64', async () => {
    const { ask, charged } = setup()
    for (const address of ['::ffff:192.0.2.1', '192.0.2.1', '2001:db8::1', '2001:db8::ffff:1', '2001:db8:0:1::1']) {
      await ask('wrong', { peer: { kind: 'tcp', address, encrypted: true, certificates: [acme.certificate.der] } })
    }
    expect(charged).toEqual([
      'address c0000201',
      'address c0000201',
      'address 20010db800000000',
      'address 20010db800000000',
      'address 20010db800000001',
    ])
  })

  it('behind a trusted hop count the last address that the hop forwarded, and nothing if there is none', async () => {
    const charged: string[] = []
    const authenticator = createAuthenticator({
      certificate: {
        anchors: authority.certificate.pem,
        revocation: 'unchecked',
        source: rfc9440({ from: ['10.0.0.0/8'] }),
      },
      key: { registry },
      limits: {
        limiter: {
          charge(kind, id) {
            charged.push(`${kind} ${id}`)
            return { allowed: true }
          },
        },
      },
    })
    const ask = (headers: Record<string, string | readonly string[]>) =>
      authenticator.authenticate(
        exchangeOf({
          peer: { kind: 'tcp', address: '10.0.0.1', encrypted: false, certificates: [] },
          headers: { 'x-forwarded-proto': 'https', authorization: 'Bearer wrong', ...headers } as never,
        }),
      )
    await ask({
      'client-cert': `:${Buffer.from(acme.certificate.der).toString('base64')}:`,
      'x-forwarded-for': '198.51.100.9, 192.0.2.1',
    })
    expect(charged).toEqual(['address c0000201'])
    for (const value of ['', 'unknown', '192.0.2.1:80', '1.2.3']) {
      await ask({
        'client-cert': `:${Buffer.from(acme.certificate.der).toString('base64')}:`,
        'x-forwarded-for': value,
      })
    }
    await ask({ 'client-cert': `:${Buffer.from(acme.certificate.der).toString('base64')}:` })
    expect(charged).toHaveLength(1)
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('redis://user:hunter2@host')
      },
    ],
    ['rejects', () => Promise.reject(new Error('redis://user:hunter2@host'))],
    ['never answers', () => new Promise(() => undefined)],
    ['answers true', () => true],
    ['answers undefined', () => undefined],
    ['answers without a time', () => ({ allowed: false })],
  ])('refuse with 503 while the limiter %s, or accept if that was said', async (_, answer) => {
    const { ask, refused } = setup(answer, { timeoutSeconds: 0.02 })
    expect(await ask(key)).toBe('503 verification-unavailable')
    expect(refused[0]?.reason).toEqual({ code: 'limiter-unavailable', limit: 'key' })
    expect(JSON.stringify(refused)).not.toContain('hunter2')
    expect(await ask('wrong'), 'a failure stays what it is').toBe('401 credentials-invalid')
    const lenient = setup(answer, { timeoutSeconds: 0.02, whenUnavailable: 'accept' })
    expect(await lenient.ask(key)).toBe('accepted')
  })

  it('are named in the answer if the limiter says what they are', async () => {
    const quota = { requests: 600, perSeconds: 60 }
    const { authenticator } = setup(() => ({ allowed: false, retryAfterSeconds: 7, quota }))
    const headers = { authorization: `Bearer ${key}` }
    const decision = await authenticator.authenticate(exchangeOf({ peer: tls(acme.certificate.der), headers }))
    expect(decision).toMatchObject({ ok: false, problem: { quota: { name: 'key', ...quota } } })
  })

  it.each([
    null,
    600,
    {},
    { requests: 0, perSeconds: 60 },
    { requests: 1.5, perSeconds: 60 },
    { requests: '1', perSeconds: 1 },
  ])('take a limiter for broken that calls %j a quota', async (quota) => {
    const { ask } = setup(() => ({ allowed: false, retryAfterSeconds: 7, quota }))
    expect(await ask(key)).toBe('503 verification-unavailable')
  })

  it('never invite to retry at once, nor in more than a day', async () => {
    for (const [given, told] of [
      [0, 1],
      [0.2, 1],
      [1.2, 2],
      [-5, 1],
      [1e9, 86_400],
    ] as const) {
      const { ask, refused } = setup(over('key', given))
      await ask(key)
      expect(refused[0]?.reason).toMatchObject({ retryAfterSeconds: told })
    }
  })

  it.each([
    ['limits.limiter', {}],
    ['limits.whenUnavailable', { limiter: { charge() {} }, whenUnavailable: 'maybe' }],
    ['limits.timeoutSeconds', { limiter: { charge() {} }, timeoutSeconds: 0 }],
    ['limits.limit', { limiter: { charge() {} }, limit: 5 }],
  ])('refuses a wrong %s, by name', (name, limits) => {
    expect(() => setup(undefined, { limiter: undefined as never, ...(limits as object) })).toThrow(TypeError)
    expect(() => setup(undefined, { limiter: undefined as never, ...(limits as object) })).toThrow(name)
  })
})

describe('key.formats', () => {
  it('lets in a key that another system issued', async () => {
    const legacy = 'legacy-0123456789abcdefghijklmnopqrstuvwxyz'
    const sha256 = createHash('sha256').update(legacy).digest('hex')
    await registry.importKey({ partnerId: 'acme', format: 'legacy', sha256 })
    const formats = [{ name: 'legacy', prefix: 'legacy-', length: { min: 43, max: 43 }, id: 'digest' }] as const
    const certificate = { anchors: authority.certificate.pem, revocation: 'unchecked' } as const
    const exchange = (text: string) =>
      exchangeOf({ peer: tls(acme.certificate.der), headers: { authorization: `Bearer ${text}` } })
    const withFormat = createAuthenticator({ certificate, key: { registry, formats } })
    expect(await withFormat.authenticate(exchange(legacy))).toMatchObject({ ok: true })
    expect(await withFormat.authenticate(exchange(key))).toMatchObject({ ok: true })
    expect(await withFormat.authenticate(exchange(`${legacy.slice(0, -1)}0`))).toMatchObject({
      reason: { code: 'key-unknown' },
    })
    const without = createAuthenticator({ certificate, key: { registry } })
    expect(await without.authenticate(exchange(legacy))).toMatchObject({ reason: { code: 'key-malformed' } })
    expect(() =>
      createAuthenticator({ certificate, key: { registry, formats: [{ ...formats[0], name: 'X' }] } }),
    ).toThrow(/key\.formats/)
  })
})
