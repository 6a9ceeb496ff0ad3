import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Authority, type CrlOptions, createAuthority, type IssuedCertificate } from '@countersign/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { primitives } from '#primitives'
import type { VerifiedPath } from '../path/verified-path.ts'
import { verifyPath } from '../path/verify-path.ts'
import { createCrlUrls } from '../revocation/crl-urls.ts'
import type { FetchedCrlOptions } from '../revocation/fetched-crls.ts'
import { createRevocationChecker, type RevocationChecker } from '../revocation/revocation-checker.ts'
import type { RevocationOption } from '../revocation/revocation-policy.ts'
import type { RevocationNotice, RevocationProvider } from '../revocation/revocation-provider.ts'
import { DEFAULT_ALGORITHMS } from '../x509/algorithm-policy.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { crlFromDistributionPoints, crlUrls } from './fetched-revocation.ts'
import { createHttpFetcher } from './http-fetcher.ts'

const HOUR = 3_600_000

let now: Date
let ca: Authority
let anchor: Certificate
let client: IssuedCertificate
let served: (request: IncomingMessage, response: ServerResponse) => void
let asked: { url: string; headers: IncomingMessage['headers'] }[]
let origin: string
let close: () => void
let notices: RevocationNotice[]
let checkers: RevocationChecker[]
let timers: { milliseconds: number; callback: () => void }[]

beforeEach(async () => {
  now = new Date(Math.floor(Date.now() / 1000) * 1000)
  asked = []
  notices = []
  checkers = []
  timers = []
  const server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers })
    served(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  close = () => {
    server.closeAllConnections()
    server.close()
  }
  ca = await createAuthority({ clock: () => now })
  anchor = parseCertificate(ca.certificate.der)
  client = await ca.issueClient({ crlDistributionPoints: [{ urls: [`${origin}/ca.crl`] }] })
})

afterEach(() => {
  for (const checker of checkers) checker.close()
  close()
})

describe('crlUrls', () => {
  it('lets the first requests wait for one fetch, and none after it', async () => {
    await serve({ revoked: [client] })
    const checker = start(crlUrls([`${origin}/ca.crl`]))
    const path = await pathOf(client)
    const first = Array.from({ length: 1000 }, () => checker.check(path, now))
    expect(first.every((answer) => answer instanceof Promise)).toBe(true)
    for (const reason of await Promise.all(first)) expect(reason?.code).toBe('certificate-revoked')
    expect(asked).toHaveLength(1)
    expect(checker.check(path, now)).toMatchObject({ code: 'certificate-revoked', provider: 'crlUrls' })
  })

  it('waits for a first list no longer than its fetch may take', async () => {
    served = () => {}
    const checker = start([crlUrls([`${origin}/ca.crl`], { timeoutSeconds: 0.2 })])
    await expect(checker.check(await pathOf(client), now)).resolves.toMatchObject({
      code: 'revocation-unavailable',
      cause: 'source-failed',
    })
  })

  const faults: [string, (response: ServerResponse) => Promise<void> | void, string][] = [
    ['is down', (response) => void response.destroy(), 'fetch-network'],
    ['answers 500', (response) => void response.writeHead(500).end(), 'fetch-status'],
    ['answers 404', (response) => void response.writeHead(404).end(), 'fetch-status'],
    ['answers 304 though nothing was asked of it', (response) => void response.writeHead(304).end(), 'fetch-status'],
    [
      'sends a page of HTML',
      (response) => void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<p>'),
      'fetch-content',
    ],
    ['sends something else', (response) => void response.end('something else'), 'crl-malformed'],
    ['sends half a list', async (response) => void response.end((await ca.crl()).der.slice(0, -20)), 'crl-malformed'],
    [
      'cuts the connection',
      async (response) => {
        const { der } = await ca.crl()
        response.writeHead(200, { 'content-length': der.length })
        response.write(der.slice(0, 100), () => response.destroy())
      },
      'fetch-network',
    ],
    [
      'drips',
      (response) => {
        const drip = setInterval(() => response.write('x'), 20)
        response.on('close', () => clearInterval(drip))
      },
      'fetch-timeout',
    ],
    ['sends too much', (response) => void response.end(Buffer.alloc(20_000)), 'fetch-oversized'],
    [
      'redirects to a private address',
      (response) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
      'fetch-redirect',
    ],
    [
      'sends a list with a broken signature',
      async (response) => void response.end((await ca.crl({ signature: 'broken' })).der),
      'crl-signature',
    ],
    [
      'sends a list of another CA of the same name',
      async (response) => void response.end((await (await createAuthority({ clock: () => now })).crl()).der),
      'crl-signature',
    ],
  ]

  it.each(faults)('lets nobody in who must not be if the server %s at first', async (_, act, cause) => {
    served = (_, response) => void act(response)
    const checker = start(crlUrls([`${origin}/ca.crl`], { timeoutSeconds: 0.3, maxOctets: 10_000 }))
    const reason = await checker.check(await pathOf(client), now)
    expect(reason?.code).toBe('revocation-unavailable')
    expect(notices).toMatchObject([
      { type: 'degraded', source: `${origin}/ca.crl`, cause: expect.stringContaining(cause) },
    ])
    expect(checker.health()).toMatchObject({ ready: false, coverage: [{ state: 'missing' }] })
  })

  it.each(faults)('goes on with the list in force, until its end, if the server %s later', async (_, act, cause) => {
    await serve({ revoked: ['01'], thisUpdate: now, nextUpdate: after(HOUR) })
    const checker = start(timed({ timeoutSeconds: 0.3, maxOctets: 10_000 }))
    const path = await pathOf(client)
    expect(await checker.check(path, now)).toBeUndefined()
    served = (_, response) => void act(response)
    fireTimer()
    await vi.waitFor(() =>
      expect(notices.at(-1)).toMatchObject({ type: 'degraded', cause: expect.stringContaining(cause) }),
    )
    now = after(0.9 * HOUR)
    expect(checker.check(path, now)).toBeUndefined()
    now = after(0.2 * HOUR)
    expect(await checker.check(path, now)).toMatchObject({ code: 'revocation-unavailable', cause: 'crl-expired' })
  })

  it('refuses a list that is older than the one in force', async () => {
    const checker = await startAndReload({ number: 5, revoked: [client] }, { number: 4 })
    await vi.waitFor(() => expect(notices.at(-1)).toMatchObject({ type: 'degraded', cause: 'crl-rolled-back' }))
    expect(checker.check(await pathOf(client), now)).toMatchObject({ code: 'certificate-revoked' })
  })

  it('does not take a list that has ended', async () => {
    await serve({ thisUpdate: after(-2 * HOUR), nextUpdate: after(-HOUR) })
    const checker = start(crlUrls([`${origin}/ca.crl`]))
    expect(await checker.check(await pathOf(client), now)).toMatchObject({ cause: 'crl-expired' })
    expect(checker.health()).toMatchObject({
      ready: false,
      providers: [{ state: 'stale' }],
      coverage: [{ state: 'stale' }],
    })
  })

  it('fetches again before the list ends, and puts the new one in force', async () => {
    const checker = await startAndReload({}, { revoked: [client] })
    const path = await pathOf(client)
    await vi.waitFor(() => expect(checker.check(path, now)).toMatchObject({ code: 'certificate-revoked' }))
    expect(notices.filter(({ type }) => type === 'reloaded')).toHaveLength(2)
  })

  it('asks whether anything is new, and goes on with what it has if not', async () => {
    const { der } = await ca.crl({ thisUpdate: now, nextUpdate: after(HOUR) })
    served = (request, response) => {
      if (request.headers['if-none-match'] === '"7"') response.writeHead(304).end()
      else response.writeHead(200, { etag: '"7"', 'last-modified': 'Sun, 22 Nov 2026 05:44:00 GMT' }).end(der)
    }
    const checker = start(timed())
    const path = await pathOf(client)
    await checker.check(path, now)
    fireTimer()
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(1))
    expect(asked.at(-1)?.headers).toMatchObject({
      'if-none-match': '"7"',
      'if-modified-since': 'Sun, 22 Nov 2026 05:44:00 GMT',
    })
    expect(checker.check(path, now)).toBeUndefined()
    expect(notices.map(({ type }) => type)).toEqual(['reloaded'])
  })

  it('leaves a server alone that fails, longer each time, and lets nobody wait for it any more', async () => {
    served = (_, response) => void response.writeHead(500).end()
    const checker = start(timed())
    const path = await pathOf(client)
    await checker.check(path, now)
    const delays: number[] = []
    for (let failures = 1; failures <= 5; failures++) {
      await vi.waitFor(() => expect(timers).toHaveLength(1))
      expect(asked).toHaveLength(failures)
      delays.push(timers[0]?.milliseconds ?? 0)
      if (failures === 5) served = () => {}
      fireTimer()
    }
    expect(delays).toEqual([750, 1500, 3000, 6000, 12_000])
    await vi.waitFor(() => expect(asked).toHaveLength(6))
    const started = performance.now()
    expect(await checker.check(path, now)).toMatchObject({ cause: 'source-failed' })
    expect(performance.now() - started).toBeLessThan(200)
  })

  it('begins before anybody asks', async () => {
    await serve({})
    const checker = start(crlUrls([`${origin}/ca.crl`]))
    await vi.waitFor(() => expect(checker.health()).toMatchObject({ ready: true }))
    expect(checker.check(await pathOf(client), now)).toBeUndefined()
    expect(asked).toHaveLength(1)
  })

  it('asks once for a list that says nothing about a certificate, however often somebody comes with it', async () => {
    await serve({ issuingDistributionPoint: { onlyCaCertificates: true } })
    const path = await pathOf(client)
    for (const provider of [
      crlUrls([`${origin}/ca.crl`]),
      crlFromDistributionPoints({ hosts: [new URL(origin).host] }),
    ]) {
      const before = asked.length
      const checker = start(provider)
      for (let times = 0; times < 3; times++)
        expect(await checker.check(path, now)).toMatchObject({ code: 'revocation-unavailable', cause: 'crl-scope' })
      expect(asked).toHaveLength(before + 1)
    }
  })

  it('asks at once when its list has ended in the sleep of the machine, in which timers stand still', async () => {
    await serve({ thisUpdate: now, nextUpdate: after(HOUR) })
    const checker = start(timed())
    const path = await pathOf(client)
    expect(await checker.check(path, now)).toBeUndefined()
    now = after(2 * HOUR)
    await serve({ thisUpdate: now, nextUpdate: after(HOUR) })
    expect(await checker.check(path, now)).toBeUndefined()
    expect(asked).toHaveLength(2)
  })

  it('gives up what is under way when it is closed', async () => {
    const gone = new Promise<void>((resolve) => {
      served = (request) => void request.on('close', resolve)
    })
    const checker = start(crlUrls([`${origin}/ca.crl`]))
    const waiting = checker.check(await pathOf(client), now)
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    checker.close()
    await gone
    expect(await waiting).toMatchObject({ code: 'revocation-unavailable' })
    expect(notices).toEqual([])
  })

  it.each<[string, unknown]>([
    ['no list', 'http://crl.example/'],
    ['an empty list', []],
    ['another scheme', ['ldap://crl.example/']],
    ['user information', ['http://user:word@crl.example/']],
    ['no URL', ['crl.example']],
  ])('throws a TypeError for %s', (_, urls) => {
    expect(() => crlUrls(urls as readonly string[])).toThrow(TypeError)
    expect(() => crlUrls(['http://crl.example/'], { timeoutSeconds: -1 })).toThrow('timeoutSeconds')
  })
})

describe('crlFromDistributionPoints', () => {
  it('fetches the list that a verified certificate names', async () => {
    await serve({ revoked: [client] })
    const checker = start(crlFromDistributionPoints({ hosts: [new URL(origin).host] }))
    expect(asked).toEqual([])
    const path = await pathOf(client)
    expect(await checker.check(path, now)).toMatchObject({ code: 'certificate-revoked' })
    expect(checker.check(path, now)).toMatchObject({ code: 'certificate-revoked' })
    expect(asked.map(({ url }) => url)).toEqual(['/ca.crl'])
  })

  it('fetches from no host that is not listed, on no other port, and not where nothing is named', async () => {
    await serve({})
    for (const hosts of [['crl.example'], ['127.0.0.1'], ['127.0.0.1:1']]) {
      const checker = start(crlFromDistributionPoints({ hosts }))
      expect(await checker.check(await pathOf(client), now)).toMatchObject({
        code: 'revocation-unavailable',
        cause: 'no-source',
      })
    }
    const silent = await ca.issueClient()
    const checker = start(crlFromDistributionPoints({ hosts: [new URL(origin).host] }))
    expect(await checker.check(await pathOf(silent), now)).toMatchObject({ cause: 'no-source' })
    expect(asked).toEqual([])
  })

  it('gives up what is under way when it is closed', async () => {
    const gone = new Promise<void>((resolve) => {
      served = (request) => void request.on('close', resolve)
    })
    const checker = start(crlFromDistributionPoints({ hosts: [new URL(origin).host] }))
    const waiting = checker.check(await pathOf(client), now)
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    checker.close()
    await gone
    expect(await waiting).toMatchObject({ code: 'revocation-unavailable' })
  })

  it('goes to no private address that a name of the list leads to', async () => {
    await serve({})
    const named = await ca.issueClient({
      crlDistributionPoints: [{ urls: [`${origin.replace('127.0.0.1', 'localhost')}/ca.crl`] }],
    })
    const host = `localhost:${new URL(origin).port}`
    const refused = start(crlFromDistributionPoints({ hosts: [host] }))
    expect(await refused.check(await pathOf(named), now)).toMatchObject({ code: 'revocation-unavailable' })
    expect([notices[0], asked]).toMatchObject([{ cause: expect.stringContaining('fetch-address') }, []])
    const allowed = start(crlFromDistributionPoints({ hosts: [host], privateHosts: ['localhost'] }))
    expect(await allowed.check(await pathOf(named), now)).toBeUndefined()
  })

  it.each<[string, unknown]>([
    ['no hosts', {}],
    ['an empty list', { hosts: [] }],
    ['a URL', { hosts: ['http://crl.example'] }],
    ['a pattern', { hosts: ['*.example'] }],
    ['a path', { hosts: ['crl.example/lists'] }],
    ['nothing', undefined],
  ])('throws a TypeError for %s', (_, options) => {
    expect(() => crlFromDistributionPoints(options as { hosts: string[] })).toThrow(TypeError)
  })
})

/** Fetches again when the test says so, and not by chance. */
function timed(options: FetchedCrlOptions = {}): RevocationProvider {
  return createCrlUrls([`${origin}/ca.crl`], options, {
    fetcher: createHttpFetcher({ privateHosts: ['127.0.0.1'] }),
    random: () => 0.5,
    later: (milliseconds, callback) => {
      const timer = { milliseconds, callback }
      timers.push(timer)
      return { cancel: () => timers.splice(0, timers.length, ...timers.filter((each) => each !== timer)) }
    },
  })
}

function fireTimer(): void {
  timers.shift()?.callback()
}

function start(option: RevocationOption): RevocationChecker {
  const checker = createRevocationChecker(option, {
    notify: (notice) => notices.push(notice),
    changed: () => {},
    issuers: () => [anchor],
    algorithms: DEFAULT_ALGORITHMS,
    primitives,
    clock: () => now,
  })
  checkers.push(checker)
  return checker
}

/** The first list, in force; then, past the time of refreshing, the second. */
async function startAndReload(first: CrlOptions, second: CrlOptions): Promise<RevocationChecker> {
  const dates = { thisUpdate: now, nextUpdate: after(HOUR) }
  await serve({ ...dates, ...first })
  const checker = start(timed())
  await checker.check(await pathOf(client), now)
  expect(timers[0]?.milliseconds).toBe(0.625 * HOUR)
  await serve({ ...dates, ...second })
  fireTimer()
  return checker
}

async function serve(options: CrlOptions): Promise<void> {
  const { der } = await ca.crl(options)
  served = (_, response) => void response.writeHead(200, { 'content-type': 'application/pkix-crl' }).end(der)
}

function after(milliseconds: number): Date {
  return new Date(now.getTime() + milliseconds)
}

async function pathOf({ certificate }: IssuedCertificate): Promise<VerifiedPath> {
  const result = await verifyPath({ leaf: parseCertificate(certificate.der), anchors: [anchor], at: now })
  if (!result.ok) throw new Error(result.reason.code)
  return result.path
}
