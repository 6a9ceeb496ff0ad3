import { type Authority, createAuthority, type IssuedCertificate } from '@countersign/testing'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { primitives } from '#primitives'
import { exchangeOf, plain, tls } from '../../test/exchange.ts'
import type { CountersignEvent, RefusedEvent } from '../events/events.ts'
import { toBase62 } from '../key/base62.ts'
import { crc32 } from '../key/crc32.ts'
import { KEY_CHECKSUM_LENGTH, KEY_SECRET_LENGTH } from '../key/key-format.ts'
import type { SignatureCheck } from '../primitives/primitives.ts'
import { memoryRegistry } from '../registry/memory-registry.ts'
import type { Registry, RegistryAdmin } from '../registry/registry.ts'
import type { RevocationHost, RevocationProvider } from '../revocation/revocation-provider.ts'
import type { RevocationStatus } from '../revocation/revocation-status.ts'
import { platformVerdict } from '../source/platform-verdict.ts'
import { rfc9440 } from '../source/rfc9440.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { createAuthenticator } from './create-authenticator.ts'
import type { AuthenticatorOptions } from './options.ts'

let authority: Authority
let acme: IssuedCertificate
let globex: IssuedCertificate
let registry: RegistryAdmin
let acmeKey: string
let globexKey: string
let freeKey: string

beforeAll(async () => {
  authority = await createAuthority({ name: 'Partners' })
  acme = await authority.issueClient({ name: 'acme', dns: ['acme.test'] })
  globex = await authority.issueClient({ name: 'globex' })
  registry = memoryRegistry()
  const rule = (client: IssuedCertificate) => ({ kind: 'public-key', value: client.publicKeyHash }) as const
  await registry.createPartner({ id: 'acme', rules: [rule(acme)], scopes: ['orders:read'], metadata: { tier: 'gold' } })
  await registry.createPartner({ id: 'globex', rules: [rule(globex)], scopes: ['orders:read'] })
  acmeKey = (await registry.issueKey({ partnerId: 'acme', scopes: ['orders:read'] })).key
  globexKey = (await registry.issueKey({ partnerId: 'globex', scopes: [] })).key
  freeKey = (await registry.issueKey({ partnerId: 'acme', scopes: [], binding: 'none' })).key
})

/** A source of revocation that says what a test wants it to say. */
function revocationOf(initial: RevocationStatus = { status: 'good', by: 'test' }) {
  const state = {
    status: initial as RevocationStatus | Promise<RevocationStatus>,
    host: undefined as RevocationHost | undefined,
  }
  const provider: RevocationProvider = {
    name: 'test',
    attach: (host) => {
      state.host = host
    },
    status: () => state.status,
  }
  return { state, provider }
}

/** What looks like a promise and is none: taken for a value it would be truthy. */
function thenableOf(value: unknown): unknown {
  // biome-ignore lint/suspicious/noThenProperty: a foreign thenable is the subject
  return { then: (resolve: (settled: unknown) => void) => resolve(value) }
}

function throwingThenable(): unknown {
  return {
    // biome-ignore lint/suspicious/noThenProperty: a foreign thenable is the subject
    then() {
      throw new RangeError('password=hunter2')
    },
  }
}

function setup(
  overrides: Partial<AuthenticatorOptions['certificate']> = {},
  key: Partial<AuthenticatorOptions['key']> = {},
  rest: Partial<AuthenticatorOptions> = {},
) {
  const events: CountersignEvent[] = []
  const note = (event: CountersignEvent) => void events.push(event)
  const authenticator = createAuthenticator({
    certificate: { anchors: authority.certificate.pem, revocation: 'unchecked', ...overrides },
    key: { registry, ...key },
    on: {
      accepted: note,
      refused: note,
      degraded: note,
      exposed: note,
      revocation: note,
      reloaded: note,
      expiring: note,
    },
    ...rest,
  } as AuthenticatorOptions)
  const ask = (
    client: IssuedCertificate | undefined,
    keyText: string | undefined,
    more: Parameters<typeof exchangeOf>[0] = {},
  ) =>
    authenticator.authenticate(
      exchangeOf({
        peer: client === undefined ? tls() : tls(client.certificate.der),
        ...more,
        headers: { ...(keyText === undefined ? {} : { authorization: `Bearer ${keyText}` }), ...more.headers },
      }),
    )
  return { authenticator, events, ask }
}

async function reasonOf(decision: ReturnType<ReturnType<typeof setup>['ask']>): Promise<string> {
  const settled = await decision
  return settled.ok ? 'accepted' : `${settled.problem.code}: ${settled.reason.code}`
}

describe('createAuthenticator', () => {
  it('accepts a certificate and a key that vouch for each other, without a promise', () => {
    const { ask, events } = setup()
    const decision = ask(acme, acmeKey)
    expect(decision).not.toBeInstanceOf(Promise)
    expect(decision).toMatchObject({
      ok: true,
      principal: {
        partner: { id: 'acme', metadata: { tier: 'gold' } },
        certificate: { fingerprint: acme.fingerprint, publicKey: acme.publicKeyHash, names: { dns: ['acme.test'] } },
      },
    })
    expect(events).toMatchObject([
      { type: 'accepted', partnerId: 'acme', method: 'GET', path: '/', scopes: ['orders:read'] },
    ])
  })

  it('tells how long a decision took, in milliseconds', () => {
    const { ask, events } = setup()
    const started = performance.now()
    ask(acme, acmeKey)
    const took = performance.now() - started
    const [event] = events
    if (event?.type !== 'accepted') throw new Error('not accepted')
    expect(event.durationMilliseconds).toBeGreaterThanOrEqual(0)
    expect(event.durationMilliseconds).toBeLessThanOrEqual(took)
  })

  it('refuses as malformed what is no certificate', async () => {
    const { authenticator } = setup()
    const headers = { authorization: `Bearer ${acmeKey}` }
    const decision = await authenticator.authenticate(exchangeOf({ peer: tls(Uint8Array.of(0x30, 0)), headers }))
    expect(decision).toMatchObject({
      problem: { code: 'credentials-invalid' },
      reason: { code: 'certificate-malformed', index: 0, offset: 2 },
    })
  })

  it('passes over what is no certificate among those that were sent along', async () => {
    const { authenticator } = setup()
    const exchange = exchangeOf({
      peer: tls(acme.certificate.der, Uint8Array.of(0x30, 0)),
      headers: { authorization: `Bearer ${acmeKey}` },
    })
    expect(await authenticator.authenticate(exchange)).toMatchObject({ ok: true })
  })

  it('knows a partner by the digest that a platform vouches for', async () => {
    const own = memoryRegistry()
    await own.createPartner({ id: 'acme', rules: [{ kind: 'certificate', value: acme.fingerprint }] })
    const { key } = await own.issueKey({ partnerId: 'acme' })
    const source = platformVerdict({ platform: 'cloudflare-workers' })
    const { authenticator } = setup({ source }, { registry: own })
    const tlsClientAuth = { certPresented: '1', certVerified: 'SUCCESS', certRevoked: '0' }
    const ask = (certFingerprintSHA256: string) => {
      const platform = { cf: { tlsVersion: 'TLSv1.3', tlsClientAuth: { ...tlsClientAuth, certFingerprintSHA256 } } }
      return authenticator.authenticate(exchangeOf({ platform, headers: { authorization: `Bearer ${key}` } }))
    }
    expect(await ask(acme.fingerprint)).toMatchObject({
      ok: true,
      principal: { certificate: { fingerprint: acme.fingerprint } },
    })
    expect(await ask(globex.fingerprint)).toMatchObject({ ok: false, problem: { code: 'credentials-invalid' } })
  })

  it('knows a partner by the names that a platform vouches for', async () => {
    const own = memoryRegistry()
    await own.createPartner({ id: 'acme', rules: [{ kind: 'san-dns', value: 'acme.test' }] })
    const { key } = await own.issueKey({ partnerId: 'acme' })
    const source = platformVerdict({ platform: 'gcp-alb', from: ['10.0.0.1'] })
    const { authenticator } = setup({ source }, { registry: own })
    const ask = (name: string) => {
      const headers = {
        'x-client-cert-present': 'true',
        'x-client-cert-chain-verified': 'true',
        'x-client-cert-dnsname-sans': Buffer.from(name).toString('base64'),
        authorization: `Bearer ${key}`,
      }
      return reasonOf(authenticator.authenticate(exchangeOf({ peer: plain('10.0.0.1'), headers })))
    }
    expect(await ask('acme.test')).toBe('accepted')
    expect(await ask('globex.test')).toMatch(/^credentials-invalid: /)
  })

  it('knows that a key was sent, also where the certificates alone are refused', async () => {
    const { ask } = setup()
    const peer = tls(...Array<Uint8Array>(9).fill(acme.certificate.der))
    const refused = async (key: string | undefined) => {
      const decision = await ask(undefined, key, { peer })
      return decision.ok ? undefined : [decision.reason.code, decision.problem.challenge]
    }
    expect(await refused(acmeKey)).toEqual([
      'certificates-oversized',
      'Bearer realm="countersign", error="invalid_token"',
    ])
    expect(await refused(undefined)).toEqual(['key-missing', 'Bearer realm="countersign"'])
  })

  it.each<[string, () => Parameters<ReturnType<typeof setup>['ask']>, string]>([
    ['nothing', () => [undefined, undefined], 'credentials-missing: credentials-missing'],
    ['no key', () => [acme, undefined], 'credentials-missing: key-missing'],
    ['no certificate', () => [undefined, acmeKey], 'credentials-missing: certificate-missing'],
    ['the key of another partner', () => [acme, globexKey], 'credentials-invalid: binding-missing'],
    ['a free key of another partner', () => [globex, freeKey], 'credentials-invalid: binding-missing'],
    ['a key with a wrong checksum', () => [acme, `${acmeKey.slice(0, -1)}~`], 'credentials-invalid: key-malformed'],
    ['plain HTTP', () => [acme, acmeKey, { peer: plain() }], 'insecure-transport: transport-insecure'],
    [
      'a key in the URL beside good credentials',
      () => [acme, acmeKey, { target: `/?k=${acmeKey}` }],
      'credentials-in-url: key-in-url',
    ],
    [
      'two keys',
      () => [acme, acmeKey, { headers: { authorization: [`Bearer ${acmeKey}`, `Bearer ${acmeKey}`] } }],
      'credentials-malformed: header-duplicated',
    ],
    [
      'a second key in another field',
      () => [acme, acmeKey, { headers: { 'x-api-key': globexKey } }],
      'credentials-malformed: key-misplaced',
    ],
    [
      'another scheme',
      () => [acme, undefined, { headers: { authorization: `Basic ${acmeKey}` } }],
      'credentials-invalid: key-scheme-wrong',
    ],
    [
      'two spaces',
      () => [acme, undefined, { headers: { authorization: `Bearer  ${acmeKey}` } }],
      'credentials-invalid: key-malformed',
    ],
    [
      'a forwarded certificate',
      () => [acme, acmeKey, { headers: { 'client-cert': '' } }],
      'credentials-malformed: source-untrusted',
    ],
  ])('refuses %s', async (_, request, expected) => {
    const { ask } = setup()
    expect(await reasonOf(ask(...request()))).toBe(expected)
  })

  it('takes the scheme in any case, and the RFC 8959 form of a key', async () => {
    const { ask } = setup()
    expect(await reasonOf(ask(acme, undefined, { headers: { authorization: `bEARER secret-token:${acmeKey}` } }))).toBe(
      'accepted',
    )
  })

  it('tells the caller little and the operator everything, under one correlation id', async () => {
    const { ask, events } = setup()
    const decision = await ask(acme, globexKey)
    if (decision.ok) throw new Error('accepted')
    const [event] = events as RefusedEvent[]
    expect(event).toMatchObject({
      type: 'refused',
      partnerId: 'globex',
      reason: { code: 'binding-missing' },
      certificate: acme.fingerprint,
    })
    expect(event?.correlationId).toBe(decision.problem.correlationId)
    expect(decision.problem.correlationId).toMatch(/^[0-9a-f]{32}$/)
    expect(JSON.stringify(decision.problem)).not.toMatch(/globex|acme|binding/)
  })

  it('looks no secret in the eye: no event holds a key or what it was made of', async () => {
    const { ask, events } = setup()
    await ask(acme, acmeKey)
    await ask(globex, acmeKey)
    await ask(acme, acmeKey, { target: `/path/${acmeKey}?k=${acmeKey}`, peer: plain() })
    await ask(acme, acmeKey, { target: `/path/${acmeKey}` })
    const secret = acmeKey.slice(-49)
    expect(events.length).toBeGreaterThan(3)
    expect(JSON.stringify(events)).not.toContain(secret)
  })

  describe('with another requirement', () => {
    it('lets a certificate stand alone only as the partner that it names', async () => {
      const { ask } = setup({}, {}, { require: 'certificate' })
      expect(await ask(acme, undefined)).toMatchObject({
        ok: true,
        principal: { partner: { id: 'acme' }, key: undefined },
      })
      const stranger = await authority.issueClient({ name: 'stranger' })
      expect(await reasonOf(ask(stranger, undefined))).toBe('credentials-invalid: partner-unknown')
    })

    it('judges all that is presented, also what it does not ask for', async () => {
      const { ask } = setup({}, {}, { require: 'certificate' })
      expect(await reasonOf(ask(acme, globexKey))).toBe('credentials-invalid: binding-missing')
      const keyOnly = setup({}, {}, { require: 'key' })
      expect(await reasonOf(keyOnly.ask(globex, freeKey))).toBe('credentials-invalid: binding-missing')
    })

    it('lets a key stand alone only if it was issued for that', async () => {
      const { ask } = setup({}, {}, { require: 'key' })
      expect(await reasonOf(ask(undefined, freeKey))).toBe('accepted')
      expect(await reasonOf(ask(undefined, acmeKey))).toBe('credentials-invalid: certificate-required-by-key')
    })
  })

  describe('authenticateOptional', () => {
    const optional = (request: Parameters<typeof exchangeOf>[0]) =>
      setup().authenticator.authenticateOptional(exchangeOf(request))

    it('lets nobody pass as nobody', async () => {
      expect(await optional({})).toEqual({ ok: true, principal: undefined })
    })

    it.each<[string, () => Parameters<typeof exchangeOf>[0], string]>([
      ['plain HTTP', () => ({ peer: plain() }), 'transport-insecure'],
      ['a key in the URL', () => ({ target: `/?${acmeKey}` }), 'key-in-url'],
      ['a certificate alone', () => ({ peer: tls(acme.certificate.der) }), 'key-missing'],
      ['something else in the field', () => ({ headers: { authorization: 'Basic abc' } }), 'certificate-missing'],
      ['a key in a wrong field', () => ({ headers: { 'x-api-key': acmeKey } }), 'key-misplaced'],
    ])('judges %s as usual', async (_, request, code) => {
      expect(await optional(request())).toMatchObject({ ok: false, reason: { code } })
    })
  })

  describe('permission', () => {
    it('is asked anew on every request: revocation, deny list, key, partner', async () => {
      const { state, provider } = revocationOf()
      const own = memoryRegistry()
      await own.createPartner({ id: 'acme', rules: [{ kind: 'public-key', value: acme.publicKeyHash }] })
      const { key, record } = await own.issueKey({ partnerId: 'acme' })
      const { ask, authenticator } = setup({ revocation: provider }, { registry: own })
      expect(await reasonOf(ask(acme, key))).toBe('accepted')

      state.status = { status: 'revoked', by: 'test', at: new Date(), reason: 'keyCompromise' }
      expect(await reasonOf(ask(acme, key))).toBe('credentials-invalid: certificate-revoked')
      state.status = { status: 'unknown', by: 'test', cause: { code: 'stale' } as never }
      expect(await reasonOf(ask(acme, key))).toBe('verification-unavailable: revocation-unavailable')
      state.status = { status: 'good', by: 'test' }
      expect(await reasonOf(ask(acme, key))).toBe('accepted')

      await own.suspendKey(record.id)
      expect(await reasonOf(ask(acme, key))).toBe('credentials-invalid: key-suspended')
      await own.restoreKey(record.id)
      await own.suspendPartner('acme')
      expect(await reasonOf(ask(acme, key))).toBe('credentials-invalid: partner-suspended')
      await own.restorePartner('acme')
      await own.denyCertificate({ publicKey: acme.publicKeyHash })
      expect(await reasonOf(ask(acme, key))).toBe('credentials-invalid: certificate-denied')
      await own.allowCertificate({ publicKey: acme.publicKeyHash })
      expect(await reasonOf(ask(acme, key))).toBe('accepted')
      authenticator.denyLocally({ publicKey: acme.publicKeyHash })
      expect(await reasonOf(ask(acme, key))).toBe('credentials-invalid: certificate-denied')
    })

    it('ends with the certificate, by the clock of the moment', async () => {
      let now = new Date()
      const { ask } = setup({}, {}, { clock: () => now })
      expect(await reasonOf(ask(acme, acmeKey))).toBe('accepted')
      now = new Date(acme.notAfter.getTime() + 1000)
      expect(await reasonOf(ask(acme, acmeKey))).toBe('credentials-invalid: certificate-expired')
    })

    it('looks at the same refused chain again only after a while, and at another one at once', async () => {
      let checks = 0
      const counting = {
        ...primitives,
        verifySignature: (check: SignatureCheck) => {
          checks++
          return primitives.verifySignature(check)
        },
      }
      const impostor = await (await createAuthority({ name: 'Partners' })).issueClient()
      const { ask } = setup({}, {}, { primitives: counting })
      for (let times = 0; times < 3; times++)
        expect(await reasonOf(ask(impostor, acmeKey))).toMatch(/^credentials-invalid: /)
      expect(checks).toBe(1)
      const other = await (await createAuthority({ name: 'Partners' })).issueClient()
      await ask(other, acmeKey)
      expect(checks).toBe(2)
    })

    it('watches the files of its trust, and lets go of them when they are replaced and when it is closed', async () => {
      const watched = new Set<() => void>()
      let data = authority.certificate.pem
      const files = {
        kind: 'certificate-files' as const,
        name: 'anchors',
        read: () => [{ data, label: undefined }],
        watch(onChange: () => void) {
          watched.add(onChange)
          return { close: () => void watched.delete(onChange) }
        },
      }
      const { ask, authenticator, events } = setup({ anchors: files })
      expect(await reasonOf(ask(acme, acmeKey))).toBe('accepted')
      data = 'nonsense'
      for (const changed of watched) changed()
      expect(events.at(-1)).toMatchObject({ type: 'degraded', source: 'anchors' })
      expect(await reasonOf(ask(acme, acmeKey))).toBe('accepted')
      data = (await createAuthority({ name: 'Others' })).certificate.pem
      for (const changed of watched) changed()
      expect(events.at(-1)).toMatchObject({ type: 'reloaded', source: 'anchors' })
      expect(await reasonOf(ask(acme, acmeKey))).toBe('credentials-invalid: issuer-unknown')
      authenticator.update({ intermediates: files })
      expect(watched.size).toBe(2)
      authenticator.update({ anchors: authority.certificate.pem, intermediates: authority.certificate.pem })
      expect(watched.size).toBe(0)
      authenticator.update({ anchors: files })
      expect(watched.size).toBe(1)
      authenticator.close()
      expect(watched.size).toBe(0)
    })

    it('tells which anchor is in force, and which one ends within a month', async () => {
      const day = 86_400_000
      const now = { at: new Date() }
      const clock = () => now.at
      const own = await createAuthority({ clock, days: 60 })
      const { authenticator } = setup({ anchors: own.certificate.pem }, {}, { clock })
      const end = parseCertificate(own.certificate.der).notAfter.getTime()
      const stateBefore = (milliseconds: number) => {
        now.at = new Date(end - milliseconds)
        const { ready, anchors } = authenticator.health()
        return [anchors[0]?.state, ready]
      }
      expect(stateBefore(30 * day)).toEqual(['current', true])
      expect(stateBefore(30 * day - 1)).toEqual(['expiring', true])
      expect(stateBefore(0)).toEqual(['expiring', true])
      expect(stateBefore(-1)).toEqual(['expired', false])
    })

    it('finds its way over intermediates that are configured and that nobody sends', async () => {
      const issuing = await authority.issueAuthority({ name: 'Issuing' })
      const client = await issuing.issueClient({ keys: acme.keys })
      const anew = () => setup({ intermediates: issuing.certificate.pem })
      expect(await reasonOf(setup().ask(client, acmeKey))).toBe('credentials-invalid: issuer-unknown')
      expect(await reasonOf(anew().ask(client, acmeKey))).toBe('accepted')
    })

    it('judges each chain that comes with a certificate for itself', async () => {
      const issuing = await authority.issueAuthority({ name: 'Issuing' })
      const client = await issuing.issueClient({ keys: acme.keys })
      const other = await issuing.issueClient({ keys: acme.keys })
      const [right, wrong] = [issuing.certificate.der, (await createAuthority({ name: 'Others' })).certificate.der]
      const { authenticator } = setup()
      const ask = ({ certificate }: IssuedCertificate, chain: Uint8Array) => {
        const headers = { authorization: `Bearer ${acmeKey}` }
        return reasonOf(authenticator.authenticate(exchangeOf({ peer: tls(certificate.der, chain), headers })))
      }
      expect(await ask(other, right)).toBe('accepted')
      for (let times = 0; times < 2; times++)
        expect(await ask(client, wrong)).toBe('credentials-invalid: issuer-unknown')
      expect(await ask(client, right)).toBe('accepted')
    })

    it('takes no other road to a key once one of its certificates is revoked', async () => {
      const other = await createAuthority({ name: 'Others' })
      const issuing = await authority.issueAuthority({ name: 'Issuing' })
      const crossed = await other.issueAuthority({ name: 'Issuing', keys: issuing.keys })
      const client = await issuing.issueClient({ keys: acme.keys })
      const revoked = { status: 'revoked', by: 'test', at: new Date(), reason: 'keyCompromise' } as const
      const unknown = { status: 'unknown', by: 'test', cause: 'no-source' } as const
      const reasonWhere = (first: RevocationStatus) => {
        let asked: string | undefined
        const provider: RevocationProvider = {
          name: 'test',
          status({ certificate, index }) {
            if (index === 0) return { status: 'good', by: 'test' }
            asked ??= String(certificate.issuer)
            return String(certificate.issuer) === asked ? first : { status: 'good', by: 'test' }
          },
        }
        const anchors = [
          { label: 'a', certificates: authority.certificate.pem },
          { label: 'b', certificates: other.certificate.pem },
        ]
        const intermediates = [issuing.certificate.pem, crossed.certificate.pem]
        return reasonOf(setup({ anchors, intermediates, revocation: provider }).ask(client, acmeKey))
      }
      expect(await reasonWhere(unknown)).toBe('accepted')
      expect(await reasonWhere(revoked)).toBe('credentials-invalid: certificate-revoked')
    })

    it('follows a change of trust at once', async () => {
      const { ask, authenticator } = setup()
      expect(await reasonOf(ask(acme, acmeKey))).toBe('accepted')
      const other = await createAuthority({ name: 'Others' })
      authenticator.update({ anchors: other.certificate.pem })
      expect(await reasonOf(ask(acme, acmeKey))).toBe('credentials-invalid: issuer-unknown')
      expect(() => authenticator.update({ anchors: 'nonsense' })).toThrow(TypeError)
      authenticator.update({ anchors: authority.certificate.pem })
      expect(await reasonOf(ask(acme, acmeKey))).toBe('accepted')
    })
  })

  describe('precedence', () => {
    it('answers a certificate that cannot be read before a credential that is missing', async () => {
      const { authenticator } = setup({ source: rfc9440({ from: ['10.0.0.1'] }) })
      const exchange = exchangeOf({ peer: plain('10.0.0.1'), headers: { 'client-cert': ':AAAA' } })
      expect(await reasonOf(authenticator.authenticate(exchange))).toBe('credentials-malformed: header-undecodable')
    })

    it('answers a bad key before a source of revocation that is down', async () => {
      const { provider } = revocationOf({ status: 'unknown', by: 'test', cause: { code: 'stale' } as never })
      const { ask } = setup({ revocation: provider })
      expect(await reasonOf(ask(acme, acmeKey))).toBe('verification-unavailable: revocation-unavailable')
      expect(await reasonOf(ask(acme, `${acmeKey}x`))).toBe('credentials-invalid: key-malformed')
    })

    it('does not ask the registry about a request whose certificate is refused', async () => {
      const findKey = vi.fn()
      const { ask } = setup({}, { registry: { findKey, findPartner: () => undefined } })
      const stranger = await (await createAuthority({ name: 'Strangers' })).issueClient({ name: 'stranger' })
      expect(await reasonOf(ask(stranger, acmeKey))).toBe('credentials-invalid: issuer-unknown')
      expect(findKey).not.toHaveBeenCalled()
    })
  })

  describe('a registry that fails', () => {
    const failing: [string, Registry['findKey'], string][] = [
      [
        'throws',
        () => {
          throw new Error('password=hunter2')
        },
        'Error',
      ],
      ['rejects', () => Promise.reject(new RangeError('password=hunter2')), 'RangeError'],
      ['never answers', () => new Promise(() => {}), 'timeout'],
      ['answers with another key', () => ({ key: { id: 'other' }, partner: {} }) as never, ''],
      ['answers true', () => true as never, ''],
      ['answers with a thenable of false', () => thenableOf(false) as never, ''],
      ['answers with a thenable that throws', () => throwingThenable() as never, 'RangeError'],
    ]
    it.each(failing)(
      'that %s is down, which is neither acceptance nor the partner’s fault',
      async (_, findKey, cause) => {
        const { ask, events } = setup({}, { registry: { findKey, findPartner: () => undefined }, timeoutSeconds: 0.05 })
        const decision = await ask(acme, acmeKey)
        expect(decision).toMatchObject({
          ok: false,
          problem: { status: 503, retryAfterSeconds: 5 },
          reason: { code: 'registry-unavailable' },
        })
        expect(JSON.stringify(events)).toContain(cause)
        expect(JSON.stringify(events)).not.toContain('hunter2')
      },
    )

    it('is told by an aborted signal that nobody waits any longer', async () => {
      let given: AbortSignal | undefined
      const findKey: Registry['findKey'] = (_, signal) => {
        given = signal
        return new Promise(() => {})
      }
      const { ask } = setup({}, { registry: { findKey, findPartner: () => undefined }, timeoutSeconds: 0.02 })
      await ask(acme, acmeKey)
      expect(given?.aborted).toBe(true)
    })
  })

  it('answers 500 for a defect, and never lets the request pass', async () => {
    const { ask } = setup({
      source: {
        name: 'broken',
        read: () => {
          throw new Error('x')
        },
      },
    })
    expect(await reasonOf(ask(acme, acmeKey))).toBe('internal-error: source-failed')
  })

  describe('exposure', () => {
    async function exposureSetup(onExposed: 'report' | 'suspend' | 'revoke') {
      const own = memoryRegistry()
      await own.createPartner({ id: 'acme', rules: [{ kind: 'public-key', value: acme.publicKeyHash }] })
      const { key, record } = await own.issueKey({ partnerId: 'acme' })
      return { ...setup({}, { registry: own, onExposed }), key, record, own }
    }

    it('is reported by default and changes nothing', async () => {
      const { ask, key, events } = await exposureSetup('report')
      expect(await reasonOf(ask(acme, undefined, { target: `/?k=${key}` }))).toBe('credentials-in-url: key-in-url')
      await vi.waitFor(() =>
        expect(events.at(-1)).toMatchObject({ type: 'exposed', by: 'url', confirmed: true, action: 'reported' }),
      )
      expect(await reasonOf(ask(acme, key))).toBe('accepted')
    })

    it('may suspend the key, after which only its holder learns why', async () => {
      const { ask, key, events } = await exposureSetup('suspend')
      expect(await reasonOf(ask(undefined, key, { peer: plain() }))).toBe('insecure-transport: transport-insecure')
      await vi.waitFor(() =>
        expect(events.at(-1)).toMatchObject({ type: 'exposed', by: 'plaintext', action: 'suspended' }),
      )
      expect(await reasonOf(ask(acme, key))).toBe('credential-exposed: key-exposed')
      expect(await reasonOf(ask(globex, key))).toBe('credentials-invalid: key-revoked')
    })

    it('does nothing to a key of which somebody knows only the id', async () => {
      const { ask, key, record, events } = await exposureSetup('revoke')
      const body = `cs_live_${record.id}_${'A'.repeat(KEY_SECRET_LENGTH)}`
      const forged = body + toBase62(crc32(body), KEY_CHECKSUM_LENGTH)
      await ask(acme, undefined, { target: `/?k=${forged}` })
      await vi.waitFor(() =>
        expect(events.at(-1)).toMatchObject({ type: 'exposed', confirmed: false, action: 'reported' }),
      )
      expect(await reasonOf(ask(acme, key))).toBe('accepted')
    })

    it('is looked into a bounded number of times, and what is dropped is counted', async () => {
      const { ask, authenticator, key } = await exposureSetup('report')
      for (let times = 0; times < 15; times++) await ask(acme, undefined, { target: `/?k=${key}` })
      expect(authenticator.health().exposuresDropped).toBe(5)
    })

    it('needs a registry that can act', () => {
      expect(() =>
        setup({}, { registry: { findKey: () => undefined, findPartner: () => undefined }, onExposed: 'revoke' }),
      ).toThrow(/key\.onExposed/)
    })
  })

  describe('principal.signal', () => {
    it('aborts when the certificate is revoked, and not before', async () => {
      const { state, provider } = revocationOf()
      const { ask, events } = setup({ revocation: provider })
      const decision = await ask(acme, acmeKey)
      if (!decision.ok) throw new Error(decision.reason.code)
      const { signal } = decision.principal
      expect(decision.principal.signal).toBe(signal)
      state.host?.changed()
      await new Promise((resolve) => setTimeout(resolve, 5))
      expect(signal.aborted).toBe(false)
      state.status = { status: 'revoked', by: 'test', at: new Date(), reason: 'keyCompromise' }
      state.host?.changed()
      await vi.waitFor(() => expect(signal.aborted).toBe(true))
      expect(signal.reason).toMatchObject({ code: 'principal-ended' })
      expect(events.at(-1)).toMatchObject({ type: 'revocation', ended: 1 })
    })

    it('aborts when the key is revoked, on a local denial, and when everything is closed', async () => {
      const own = memoryRegistry()
      await own.createPartner({ id: 'acme', rules: [{ kind: 'public-key', value: acme.publicKeyHash }] })
      const { ask, authenticator } = setup({}, { registry: own })
      const open = async () => {
        const { key, record } = await own.issueKey({ partnerId: 'acme' })
        const decision = await ask(acme, key)
        if (!decision.ok) throw new Error(decision.reason.code)
        return { signal: decision.principal.signal, id: record.id }
      }
      const first = await open()
      const second = await open()
      await own.revokeKey(first.id)
      await vi.waitFor(() => expect(first.signal.aborted).toBe(true))
      expect(second.signal.aborted).toBe(false)
      authenticator.denyLocally({ publicKey: acme.publicKeyHash })
      await vi.waitFor(() => expect(second.signal.aborted).toBe(true))
    })

    it('goes on where there is no certificate that could be denied', async () => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
      try {
        let asked = 0
        // One that tells of no changes, and so is asked again.
        const silent: Registry = {
          findKey(...query) {
            asked++
            return registry.findKey(...query)
          },
          findPartner: (...query) => registry.findPartner(...query),
          denied: () => true,
        }
        const { ask } = setup({}, { registry: silent }, { require: 'key' })
        const decision = await ask(undefined, freeKey)
        if (!decision.ok) throw new Error(decision.reason.code)
        const { signal } = decision.principal
        await vi.advanceTimersByTimeAsync(60_000)
        expect(signal.aborted).toBe(false)
        expect(asked).toBe(13)
      } finally {
        vi.useRealTimers()
      }
    })

    it('costs nothing once the response is over', async () => {
      const { authenticator } = setup()
      let end: (() => void) | undefined
      const exchange = {
        ...exchangeOf({ peer: tls(acme.certificate.der), headers: { authorization: `Bearer ${acmeKey}` } }),
        onEnd: (ended: () => void) => {
          end = ended
        },
      }
      const decision = await authenticator.authenticate(exchange)
      if (!decision.ok) throw new Error(decision.reason.code)
      expect(end).toBeUndefined()
      decision.principal.signal.throwIfAborted()
      expect(authenticator.health().liveStreams).toBe(1)
      end?.()
      expect(authenticator.health().liveStreams).toBe(0)
    })
  })

  describe('authorize', () => {
    it('covers exact scopes, and refuses with an event', async () => {
      const { ask, authenticator, events } = setup()
      const decision = await ask(acme, acmeKey)
      if (!decision.ok) throw new Error(decision.reason.code)
      expect(authenticator.authorize(exchangeOf(), decision.principal, ['orders:read'])).toBeUndefined()
      expect(authenticator.authorize(exchangeOf(), decision.principal, ['orders:write'])).toMatchObject({
        problem: {
          status: 403,
          requiredScopes: ['orders:write'],
          challenge: expect.stringContaining('error="insufficient_scope"'),
        },
      })
      expect(events.at(-1)).toMatchObject({ type: 'refused', partnerId: 'acme', reason: { missing: ['orders:write'] } })
      expect(authenticator.authorize(exchangeOf(), undefined, ['orders:read'])).toMatchObject({
        problem: { status: 401 },
      })
      expect(() => authenticator.authorize(exchangeOf(), decision.principal, [])).toThrow(TypeError)
    })
  })

  it('warns once a day of a certificate in use that ends soon', async () => {
    const soon = await authority.issueClient({ name: 'soon', days: 3, keys: acme.keys })
    const { ask, events } = setup()
    await ask(soon, acmeKey)
    await ask(soon, acmeKey)
    expect(events.filter(({ type }) => type === 'expiring')).toMatchObject([
      { certificate: soon.fingerprint, partnerId: 'acme' },
    ])
  })

  describe('misconfiguration', () => {
    const good = () => ({
      certificate: { anchors: authority.certificate.pem, revocation: 'unchecked' },
      key: { registry },
    })
    const broken = () => authority.certificate.pem.replace(/[A-Za-z]{8}\n/, 'AAAA!AAA\n')
    it.each<[string, () => unknown, RegExp]>([
      ['no options', () => undefined, /options/],
      ['no anchors', () => ({ ...good(), certificate: { revocation: 'unchecked' } }), /certificate\.anchors/],
      [
        'an empty list of anchors',
        () => ({ ...good(), certificate: { ...good().certificate, anchors: [] } }),
        /certificate\.anchors/,
      ],
      [
        'an empty PEM',
        () => ({ ...good(), certificate: { ...good().certificate, anchors: '' } }),
        /certificate\.anchors/,
      ],
      [
        'a bundle with one broken block',
        () => ({
          ...good(),
          certificate: { ...good().certificate, anchors: `${authority.certificate.pem}\n${broken()}` },
        }),
        /certificate\.anchors/,
      ],
      [
        'no revocation',
        () => ({ ...good(), certificate: { anchors: authority.certificate.pem } }),
        /certificate\.revocation/,
      ],
      ['an unknown require', () => ({ ...good(), require: 'both' }), /^require/],
      [
        'a registry without findKey',
        () => ({ ...good(), key: { registry: { findPartner() {} } } }),
        /key\.registry.*findKey/,
      ],
      [
        'an unknown option',
        () => ({ ...good(), certificate: { ...good().certificate, anchor: '' } }),
        /certificate\.anchor: there is no such option/,
      ],
      ['a wrong header name', () => ({ ...good(), key: { registry, header: 'x_api_key' } }), /key\.header/],
      ['two header names', () => ({ ...good(), key: { registry, header: ['x-api-key'] } }), /key\.header/],
      [
        'keys in a field of certificates',
        () => ({ ...good(), key: { registry, header: 'Client-Cert' } }),
        /key\.header: certificates are forwarded in client-cert/,
      ],
      ['a prefix that no key has', () => ({ ...good(), key: { registry, prefixes: ['(key) '] } }), /key\.prefixes/],
      [
        'a source that is none',
        () => ({ ...good(), certificate: { ...good().certificate, source: {} } }),
        /certificate\.source/,
      ],
      ['a time limit of nothing', () => ({ ...good(), key: { registry, timeoutSeconds: 0 } }), /key\.timeoutSeconds/],
      ['a listener of no event', () => ({ ...good(), on: { acceptd() {} } }), /acceptd/],
    ])('with %s throws a TypeError that names the option', (_, options, message) => {
      expect(() => createAuthenticator(options() as never)).toThrow(TypeError)
      expect(() => createAuthenticator(options() as never)).toThrow(message)
    })
  })
})
