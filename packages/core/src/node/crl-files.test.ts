import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  type Authority,
  type CrlOptions,
  createAuthority,
  createLargeCrl,
  type IssuedCertificate,
} from '@countersign/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { primitives } from '#primitives'
import type { RevocationNotice, RevocationProvider } from '../revocation/revocation-provider.ts'
import { DEFAULT_ALGORITHMS } from '../x509/algorithm-policy.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { type CrlFilesOptions, crlFiles } from './crl-files.ts'

/** What an operator was promised. */
const IN_FORCE_WITHIN = { timeout: 1000, interval: 20 }

let folder: string
let ca: Authority
let client: IssuedCertificate
let other: IssuedCertificate
let open: RevocationProvider[]
let notices: RevocationNotice[]
let changes: number

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crl-files-'))
  ca = await createAuthority()
  client = await ca.issueClient()
  other = await ca.issueClient()
  open = []
  notices = []
  changes = 0
})

afterEach(async () => {
  for (const provider of open) provider.close?.()
  await rm(folder, { recursive: true, force: true })
})

describe('crlFiles', () => {
  it('answers from DER and from PEM', async () => {
    await put('list.crl', (await ca.crl({ revoked: [client] })).der)
    expect(statusOf(start(file('list.crl')), client)).toBe('revoked')
    expect(statusOf(start(file('list.crl')), other)).toBe('good')
    await put('list.pem', (await ca.crl({ revoked: [client] })).pem)
    expect(statusOf(start(file('list.pem')), client)).toBe('revoked')
    expect(statusOf(start(file('list.pem')), other)).toBe('good')
  })

  it('reads every list of a file, and every file of a folder', async () => {
    const second = await createAuthority({ name: 'Second' })
    const third = await createAuthority({ name: 'Third' })
    const [ofSecond, ofThird] = [await second.issueClient(), await third.issueClient()]
    await put(
      'two.pem',
      `${(await ca.crl({ revoked: [client] })).pem}${(await second.crl({ revoked: [ofSecond] })).pem}`,
    )
    await put('third.der', (await third.crl({ revoked: [ofThird] })).der)
    await put('notes.txt', 'not a list')
    const provider = start(folder)
    expect([
      statusOf(provider, client),
      statusOf(provider, ofSecond, second),
      statusOf(provider, ofThird, third),
    ]).toEqual(['revoked', 'revoked', 'revoked'])
    expect(statusOf(provider, other)).toBe('good')
  })

  it.each<[string, string, () => Promise<string | Uint8Array> | string | undefined]>([
    ['is missing', 'absent.crl', () => undefined],
    ['is empty', 'list.crl', () => ''],
    ['holds no CRL', 'list.pem', () => 'some words'],
    ['holds another kind of block', 'list.pem', async () => (await ca.issueClient()).certificate.pem],
    [
      'holds one list that is cut off',
      'list.pem',
      async () => `${(await ca.crl()).pem}${(await ca.crl()).pem.slice(0, -40)}`,
    ],
    ['is DER that is cut off', 'list.crl', async () => (await ca.crl()).der.slice(0, -1)],
    ['is DER with something behind it', 'list.crl', async () => new Uint8Array([...(await ca.crl()).der, 0])],
  ])('throws a TypeError that names the file if it %s', async (_, name, contents) => {
    const written = await contents()
    if (written !== undefined) await put(name, written)
    expect(() => start(file(name))).toThrow(TypeError)
    expect(() => start(file(name))).toThrow(file(name))
  })

  it('throws for a folder without a list, for no path, and for seconds that are none', async () => {
    expect(() => start(folder)).toThrow(folder)
    expect(() => crlFiles([])).toThrow(TypeError)
    expect(() => crlFiles('')).toThrow(TypeError)
    await put('list.crl', (await ca.crl()).der)
    expect(() => start(file('list.crl'), { maxAgeSeconds: 0 })).toThrow('maxAgeSeconds')
    expect(() => start(file('list.crl'), { warnSeconds: Number.NaN })).toThrow('warnSeconds')
  })

  describe('when a file changes', () => {
    it('is in force within a second, whether written or renamed', async () => {
      const provider = await startWith({})
      expect(statusOf(provider, client)).toBe('good')
      await put('list.crl', (await ca.crl({ revoked: [client] })).der)
      await vi.waitFor(() => expect(statusOf(provider, client)).toBe('revoked'), IN_FORCE_WITHIN)
      await put('next.tmp', (await ca.crl({ revoked: [client, other] })).der)
      await rename(file('next.tmp'), file('list.crl'))
      await vi.waitFor(() => expect(statusOf(provider, other)).toBe('revoked'), IN_FORCE_WITHIN)
      expect(notices.filter(({ type }) => type === 'reloaded')).toMatchObject([
        { source: file('list.crl'), entries: 1, number: '2' },
        { entries: 2, number: '3' },
      ])
      expect(changes).toBe(2)
    })

    it('keeps what was in force if the file does not parse, and says so', async () => {
      const provider = await startWith({ revoked: [client] })
      await put('list.crl', (await ca.crl()).der.slice(0, 40))
      await vi.waitFor(
        () => expect(notices).toMatchObject([{ type: 'degraded', source: file('list.crl') }]),
        IN_FORCE_WITHIN,
      )
      expect([statusOf(provider, client), statusOf(provider, other)]).toEqual(['revoked', 'good'])
      expect(provider.health?.()).toMatchObject([
        { state: 'current', lastError: expect.stringContaining('crl-malformed') },
      ])
      await put('list.crl', (await ca.crl({ revoked: [other] })).der)
      await vi.waitFor(() => expect(statusOf(provider, other)).toBe('revoked'), IN_FORCE_WITHIN)
      expect(provider.health?.()[0]).not.toHaveProperty('lastError')
    })

    it.each<[string, CrlOptions, string]>([
      ['its signature is broken', { signature: 'broken' }, 'crl-signature'],
      ['its number is lower', { number: 1 }, 'crl-rolled-back'],
      ['it is older', { number: 'absent', thisUpdate: new Date(Date.now() - 3_600_000) }, 'crl-rolled-back'],
    ])('keeps what was in force if %s', async (_, options, cause) => {
      const provider = await startWith({ number: 7, revoked: [client] })
      await put('list.crl', (await ca.crl(options)).der)
      await vi.waitFor(() => expect(notices).toMatchObject([{ type: 'degraded', cause }]), IN_FORCE_WITHIN)
      expect(statusOf(provider, client)).toBe('revoked')
    })

    it('keeps the lists of a file that is gone until they end', async () => {
      await mkdir(file('crls'))
      await put('crls/one.crl', (await ca.crl({ revoked: [client] })).der)
      const provider = start(file('crls'))
      await rm(file('crls/one.crl'))
      await vi.waitFor(
        () => expect(notices).toMatchObject([{ type: 'degraded', cause: 'the file is gone' }]),
        IN_FORCE_WITHIN,
      )
      expect([statusOf(provider, client), statusOf(provider, other)]).toEqual(['revoked', 'good'])
      await put('crls/two.crl', (await ca.crl({ revoked: [client, other] })).der)
      await vi.waitFor(() => expect(statusOf(provider, other)).toBe('revoked'), IN_FORCE_WITHIN)
      expect(provider.health?.()).toMatchObject([{ source: file('crls/two.crl'), state: 'current', entries: 2 }])
    })

    it('answers from the old list, at once, while a long one is read', async () => {
      const provider = await startWith({ revoked: [client] })
      const answers = new Set<string>()
      let turns = 0
      const asking = setInterval(() => {
        turns++
        answers.add(statusOf(provider, client)).add(statusOf(provider, other))
      }, 1)
      const long = await createLargeCrl(ca, { entries: 200_000, number: 9, revoked: [client, other] })
      turns = 0
      await put('list.crl', long.der)
      await vi.waitFor(() => expect(statusOf(provider, other)).toBe('revoked'), { timeout: 5000, interval: 5 })
      clearInterval(asking)
      expect([...answers].sort()).toEqual(['good', 'revoked'])
      expect(turns).toBeGreaterThan(3)
    })

    it('says so when a list has lost much of what it had', async () => {
      const provider = await startWith({ revoked: Array.from({ length: 40 }, (_, index) => BigInt(index + 1)) })
      await put('list.crl', (await ca.crl({ revoked: [1n, client] })).der)
      await vi.waitFor(() => expect(statusOf(provider, client)).toBe('revoked'), IN_FORCE_WITHIN)
      expect(notices).toMatchObject([
        { type: 'degraded', cause: 'it has 2 entries where there were 40' },
        { type: 'reloaded' },
      ])
    })

    it('stops looking once it is closed', async () => {
      const provider = await startWith({})
      provider.close?.()
      await put('list.crl', (await ca.crl({ revoked: [client] })).der)
      await new Promise((resolve) => setTimeout(resolve, 700))
      expect(statusOf(provider, client)).toBe('good')
    })
  })

  it('tells of a list that ends soon, and of one that has ended, once each', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'Date'] })
    try {
      const provider = await startWith({ thisUpdate: new Date(), nextUpdate: new Date(Date.now() + 100_000) })
      const issuer = provider.health?.()[0]?.issuer
      await vi.advanceTimersByTimeAsync(70_000)
      expect(notices).toEqual([])
      await vi.advanceTimersByTimeAsync(20_000)
      expect(notices).toMatchObject([{ type: 'expiring', issuer, source: file('list.crl') }])
      expect(provider.health?.()).toMatchObject([{ state: 'expiring' }])
      await vi.advanceTimersByTimeAsync(20_000)
      expect(notices.slice(1)).toMatchObject([{ type: 'degraded', cause: 'crl-expired' }])
      expect(provider.health?.()).toMatchObject([{ state: 'stale' }])
      expect(changes).toBe(1)
    } finally {
      vi.useRealTimers()
    }
  })

  it('does not keep a process alive', async () => {
    await put('list.crl', (await ca.crl()).der)
    const door = new URL('../node.ts', import.meta.url).href
    const script = `const { crlFiles } = await import(${JSON.stringify(door)}); crlFiles(${JSON.stringify(file('list.crl'))})`
    const run = promisify(execFile)
    const flags = [
      '--conditions=@countersign/source',
      '--experimental-strip-types',
      '--no-warnings',
      '--input-type=module',
    ]
    await expect(run(process.execPath, [...flags, '--eval', script], { timeout: 10_000 })).resolves.toMatchObject({
      stdout: '',
    })
  })
})

async function startWith(options: CrlOptions): Promise<RevocationProvider> {
  await put('list.crl', (await ca.crl(options)).der)
  return start(file('list.crl'))
}

function start(path: string, options?: CrlFilesOptions): RevocationProvider {
  const provider = crlFiles(path, options)
  open.push(provider)
  provider.attach?.({
    notify: (notice) => notices.push(notice),
    changed: () => changes++,
    issuers: () => [parseCertificate(ca.certificate.der)],
    algorithms: DEFAULT_ALGORITHMS,
    primitives,
    clock: () => new Date(),
  })
  return provider
}

function statusOf(provider: RevocationProvider, { certificate }: IssuedCertificate, issuer: Authority = ca): string {
  const above = parseCertificate(issuer.certificate.der)
  const answer = provider.status(
    {
      certificate: parseCertificate(certificate.der),
      issuer: { subject: above.subject.der, publicKey: above.publicKey, certificate: above },
      path: undefined as never,
      index: 0,
    },
    { at: new Date(), graceSeconds: 0, algorithms: DEFAULT_ALGORITHMS, primitives },
  )
  return 'status' in answer ? answer.status : 'a promise'
}

function file(name: string): string {
  return join(folder, name)
}

function put(name: string, contents: string | Uint8Array): Promise<void> {
  return writeFile(file(name), contents)
}
