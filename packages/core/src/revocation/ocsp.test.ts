import {
  type Authority,
  createAuthority,
  createOcspResponder,
  createOcspResponse,
  type IssuedCertificate,
  type OcspResponderOptions,
  parseOcspRequest,
} from '@countersign/testing'
import { delay, HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { primitives } from '#primitives'
import type { VerifiedPath } from '../path/verified-path.ts'
import { verifyPath } from '../path/verify-path.ts'
import { DEFAULT_ALGORITHMS } from '../x509/algorithm-policy.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { later } from './later.ts'
import { createOcsp, type OcspHostOptions, ocsp } from './ocsp.ts'
import { createRevocationChecker, type RevocationChecker } from './revocation-checker.ts'
import type { RevocationNotice } from './revocation-provider.ts'
import { webFetcher } from './web-fetcher.ts'

const URL_OF_RESPONDER = 'http://ocsp.example/'
const HOUR = 3_600_000

const server = setupServer()

let now: Date
let ca: Authority
let anchor: Certificate
let client: IssuedCertificate
let asked: Request[]
let notices: RevocationNotice[]
let changes: number
let checkers: RevocationChecker[]

beforeAll(() => server.listen())
afterAll(() => server.close())

beforeEach(async () => {
  now = new Date(Math.floor(Date.now() / 1000) * 1000)
  ca = await createAuthority({ clock: () => now })
  anchor = parseCertificate(ca.certificate.der)
  client = await ca.issueClient({ ocspResponders: [URL_OF_RESPONDER] })
  asked = []
  notices = []
  changes = 0
  checkers = []
})

afterEach(() => {
  for (const checker of checkers) checker.close()
  server.resetHandlers()
})

describe('ocsp', () => {
  it('asks about a certificate once, whoever waits, and then answers at once', async () => {
    respond({ statusOf: () => 'good' })
    const checker = start()
    const path = await pathOf(client)
    const answers = Array.from({ length: 1000 }, () => checker.check(path, now))
    expect(await Promise.all(answers)).toEqual(answers.map(() => undefined))
    expect(asked).toHaveLength(1)
    expect(checker.check(path, now)).toBeUndefined()
    // The same certificate on another connection.
    expect(await checker.check(await pathOf(client), now)).toBeUndefined()
    expect(asked).toHaveLength(1)
  })

  it('refuses what is revoked, and what the responder does not know', async () => {
    respond({ statusOf: () => ({ status: 'revoked', reason: 'superseded', revokedAt: now }) })
    expect(await start().check(await pathOf(client), now)).toMatchObject({
      code: 'certificate-revoked',
      provider: 'ocsp',
      revocationReason: 'superseded',
      revokedAt: now,
    })
    respond({ statusOf: () => 'unknown' })
    expect(await start().check(await pathOf(client), now)).toMatchObject({ code: 'certificate-status-unknown' })
  })

  it('sends a POST with a nonce that comes back, and a CertID by SHA-1', async () => {
    respond({ statusOf: () => 'good' })
    await start({ nonce: 'require' }).check(await pathOf(client), now)
    const [request] = asked
    expect([request?.method, request?.headers.get('content-type')]).toEqual(['POST', 'application/ocsp-request'])
    const parsed = parseOcspRequest(new Uint8Array(await (request as Request).arrayBuffer()))
    expect(parsed?.nonce).toHaveLength(32)
    expect(parsed?.certificates).toMatchObject([{ serialNumber: client.serialNumber }])
  })

  it('sends a GET that caches can answer, if it is told to', async () => {
    respond({ statusOf: () => 'good' })
    expect(await start({ method: 'get', certIdHash: 'SHA-256' }).check(await pathOf(client), now)).toBeUndefined()
    expect(asked[0]?.method).toBe('GET')
    const encoded = decodeURIComponent(new URL(asked[0]?.url ?? '').pathname.slice(1))
    const parsed = parseOcspRequest(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)))
    expect(parsed).toMatchObject({ nonce: undefined, certificates: [{ serialNumber: client.serialNumber }] })
  })

  describe('nonces', () => {
    it('takes no response to another request', async () => {
      respond({ statusOf: () => 'good', nonces: 'ignore', nonce: new Uint8Array(32) })
      expect(await start().check(await pathOf(client), now)).toMatchObject({
        code: 'revocation-unavailable',
        cause: 'ocsp-nonce',
      })
    })

    it('takes a prepared response without one, unless it is required', async () => {
      respond({ statusOf: () => 'good', nonces: 'ignore' })
      expect(await start().check(await pathOf(client), now)).toBeUndefined()
      expect(await start({ nonce: 'require' }).check(await pathOf(client), now)).toMatchObject({ cause: 'ocsp-nonce' })
    })
  })

  const faults: [string, () => Response | Promise<Response>, string][] = [
    ['is down', () => HttpResponse.error(), 'fetch-network'],
    ['answers 500', () => new HttpResponse(null, { status: 500 }), 'fetch-status'],
    [
      'redirects',
      () => new HttpResponse(null, { status: 302, headers: { location: 'http://169.254.169.254/' } }),
      'fetch-redirect',
    ],
    ['sends a page', () => HttpResponse.html('<p>'), 'fetch-content'],
    ['sends something else', () => der(new Uint8Array(9)), 'ocsp-malformed'],
    ['sends too much', () => HttpResponse.arrayBuffer(new ArrayBuffer(70_000)), 'fetch-oversized'],
    [
      'sends half a response',
      async () => der((await createOcspResponse(ca, { for: client })).slice(0, -9)),
      'ocsp-malformed',
    ],
    [
      'says tryLater',
      async () => der(await createOcspResponse(ca, { for: client, responseStatus: 'tryLater' })),
      'tryLater',
    ],
    [
      'is silent',
      async () => {
        await delay('infinite')
        return HttpResponse.error()
      },
      'fetch-timeout',
    ],
  ]

  it.each(faults)('lets nobody in who must not be if the responder %s', async (_, act, cause) => {
    server.use(http.post(URL_OF_RESPONDER, act))
    const checker = start({ timeoutSeconds: 0.1 })
    expect(await checker.check(await pathOf(client), now)).toMatchObject({
      code: 'revocation-unavailable',
      cause: 'source-failed',
    })
    expect(notices).toMatchObject([
      { type: 'degraded', source: URL_OF_RESPONDER, cause: expect.stringContaining(cause) },
    ])
  })

  it('goes on with the answer at hand, until its end, while the responder is down', async () => {
    respond({ statusOf: () => ({ thisUpdate: now, nextUpdate: after(HOUR) }) })
    const checker = start()
    const path = await pathOf(client)
    await checker.check(path, now)
    server.resetHandlers(http.post(URL_OF_RESPONDER, () => HttpResponse.error()))
    now = after(0.8 * HOUR)
    // It is asked for again meanwhile, and nobody waits.
    expect(checker.check(path, now)).toBeUndefined()
    await vi.waitFor(() => expect(notices).toMatchObject([{ type: 'degraded' }]))
    expect(checker.check(path, now)).toBeUndefined()
    now = after(0.3 * HOUR)
    expect(await checker.check(path, now)).toMatchObject({ code: 'revocation-unavailable', cause: 'source-failed' })
  })

  it('does not go on with an answer that has ended while it was being asked for again', async () => {
    respond({ statusOf: () => ({ thisUpdate: now, nextUpdate: after(HOUR) }) })
    const checker = start()
    const path = await pathOf(client)
    await checker.check(path, now)
    const { promise: failing, resolve: fail } = Promise.withResolvers<void>()
    server.resetHandlers(http.post(URL_OF_RESPONDER, () => failing.then(() => HttpResponse.error())))
    now = after(0.8 * HOUR)
    expect(checker.check(path, now)).toBeUndefined()
    now = after(0.3 * HOUR)
    const answer = checker.check(path, now)
    fail()
    expect(await answer).toMatchObject({ code: 'revocation-unavailable', cause: 'source-failed' })
  })

  it('tells that something changed when a certificate turns out to be revoked', async () => {
    respond({ statusOf: () => ({ thisUpdate: now, nextUpdate: after(HOUR) }) })
    const checker = start()
    const path = await pathOf(client)
    await checker.check(path, now)
    respond({ statusOf: () => 'revoked' })
    now = after(0.8 * HOUR)
    checker.check(path, now)
    await vi.waitFor(() => expect(checker.check(path, now)).toMatchObject({ code: 'certificate-revoked' }))
    expect(changes).toBe(1)
  })

  it('leaves a responder alone after five failures, and finds out whether it is back with one question', async () => {
    server.use(
      http.post(URL_OF_RESPONDER, ({ request }) => {
        asked.push(request)
        return HttpResponse.error()
      }),
    )
    const checker = start()
    for (let step = 0; step < 12; step++) {
      const other = await ca.issueClient()
      expect(await checker.check(await pathOf(other), now)).toMatchObject({ cause: 'source-failed' })
    }
    expect(asked).toHaveLength(5)
    expect(notices).toHaveLength(1)
    expect(checker.health()).toMatchObject({
      providers: [{ state: 'failed' }],
      coverage: [{ state: 'stale' }],
      ready: false,
    })
  })

  it('goes on asking a responder that answers, whatever it failed before', async () => {
    respond({ statusOf: () => 'good' })
    const checker = start()
    for (let step = 0; step < 7; step++)
      expect(await checker.check(await pathOf(await ca.issueClient()), now)).toBeUndefined()
    expect(asked).toHaveLength(7)
    expect(checker.health()).toMatchObject({ providers: [{ state: 'current' }], ready: true })
  })

  it('asks the next responder where one fails', async () => {
    respond({ statusOf: () => 'revoked' })
    server.use(http.post('http://first.example/', () => HttpResponse.error()))
    const checker = start({ responders: ['http://first.example/', URL_OF_RESPONDER] })
    expect(await checker.check(await pathOf(client), now)).toMatchObject({ code: 'certificate-revoked' })
  })

  it('asks nobody else where a responder does not know the certificate', async () => {
    const unknowing = createOcspResponder(ca, { statusOf: () => 'unknown' })
    respond({ statusOf: () => 'good' })
    server.use(
      http.post('http://first.example/', async ({ request }) =>
        der(await unknowing(new Uint8Array(await request.arrayBuffer()))),
      ),
    )
    const checker = start({ responders: ['http://first.example/', URL_OF_RESPONDER] })
    expect(await checker.check(await pathOf(client), now)).toMatchObject({ code: 'certificate-status-unknown' })
    expect(asked).toHaveLength(0)
  })

  it('does not ask again at once about what is unknown', async () => {
    respond({ statusOf: () => 'unknown' })
    const checker = start()
    const path = await pathOf(client)
    await checker.check(path, now)
    expect(checker.check(path, now)).toMatchObject({ code: 'certificate-status-unknown' })
    expect(asked).toHaveLength(1)
    now = after(31_000)
    respond({ statusOf: () => 'good' })
    expect(await checker.check(path, now)).toBeUndefined()
  })

  it('answers 503 to a storm of certificates instead of queueing it', async () => {
    server.use(
      http.post(URL_OF_RESPONDER, async () => {
        await delay(20)
        return HttpResponse.error()
      }),
    )
    const provider = ocsp({ responders: [URL_OF_RESPONDER], timeoutSeconds: 1 })
    const [path] = [await pathOf(client)]
    const subjects = Array.from({ length: 1100 }, (_, index) => {
      const certificate = Object.create(path.leaf, {
        serialNumber: { value: Uint8Array.of(1, index >> 8, index & 255) },
        issuer: { value: path.leaf.issuer },
      })
      return { certificate: certificate as Certificate, issuer: path.anchor, path, index: 0 }
    })
    const query = { at: now, graceSeconds: 0, algorithms: DEFAULT_ALGORITHMS, primitives }
    const causes = (await Promise.all(subjects.map((subject) => provider.status(subject, query)))).map(
      (status) => 'cause' in status && status.cause,
    )
    expect(causes.filter((cause) => cause === 'overloaded')).toHaveLength(1100 - 1016)
    expect(causes.filter((cause) => cause === 'source-failed')).toHaveLength(1016)
    provider.close?.()
  })

  describe('with hosts', () => {
    it('asks the responder that a verified certificate names, on the listed hosts alone', async () => {
      respond({ statusOf: () => 'revoked' })
      const path = await pathOf(client)
      expect(await start({ hosts: ['ocsp.example'] }).check(path, now)).toMatchObject({
        code: 'certificate-revoked',
      })
      expect(asked).toHaveLength(1)
      expect(await start({ hosts: ['other.example'] }).check(path, now)).toMatchObject({
        cause: 'no-source',
      })
      expect(asked).toHaveLength(1)
    })
  })

  it.each<[string, object]>([
    ['neither responders nor hosts', {}],
    ['both', { responders: [URL_OF_RESPONDER], hosts: ['ocsp.example'] }],
    ['no URL', { responders: ['ocsp.example'] }],
    ['another method', { responders: [URL_OF_RESPONDER], method: 'put' }],
    ['another hash', { responders: [URL_OF_RESPONDER], certIdHash: 'MD5' }],
    ['a nonce in a GET', { responders: [URL_OF_RESPONDER], method: 'get', nonce: 'require' }],
    ['a timeout of zero', { responders: [URL_OF_RESPONDER], timeoutSeconds: 0 }],
  ])('throws a TypeError for %s', (_, options) => {
    expect(() => ocsp(options as { responders: string[] })).toThrow(TypeError)
  })
})

function start(options: OcspHostOptions = {}): RevocationChecker {
  const asking: OcspHostOptions = options.hosts === undefined ? { responders: [URL_OF_RESPONDER], ...options } : options
  const checker = createRevocationChecker(createOcsp(asking, { fetcher: webFetcher, random: () => 0.5, later }), {
    notify: (notice) => notices.push(notice),
    changed: () => changes++,
    issuers: () => [anchor],
    algorithms: DEFAULT_ALGORITHMS,
    primitives,
    clock: () => now,
  })
  checkers.push(checker)
  return checker
}

function respond(options: OcspResponderOptions): void {
  const responder = createOcspResponder(ca, options)
  server.resetHandlers(
    http.post(URL_OF_RESPONDER, async ({ request }) => {
      asked.push(request.clone())
      return der(await responder(new Uint8Array(await request.arrayBuffer())))
    }),
    http.get(`${URL_OF_RESPONDER}*`, async ({ request }) => {
      asked.push(request.clone())
      const encoded = decodeURIComponent(new URL(request.url).pathname.slice(1))
      return der(await responder(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))))
    }),
  )
}

function der(octets: Uint8Array): Response {
  return HttpResponse.arrayBuffer(new Uint8Array(octets).buffer, {
    headers: { 'content-type': 'application/ocsp-response' },
  })
}

function after(milliseconds: number): Date {
  return new Date(now.getTime() + milliseconds)
}

async function pathOf({ certificate }: IssuedCertificate): Promise<VerifiedPath> {
  const result = await verifyPath({ leaf: parseCertificate(certificate.der), anchors: [anchor], at: now })
  if (!result.ok) throw new Error(result.reason.code)
  return result.path
}
