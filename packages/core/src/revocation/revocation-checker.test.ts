import {
  type Authority,
  createAuthority,
  createSelfSigned,
  type Encoded,
  type IssuedCertificate,
} from '@countersign/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { primitives } from '#primitives'
import { createTrustAnchor } from '../path/trust-anchor.ts'
import type { VerifiedPath } from '../path/verified-path.ts'
import { verifyPath } from '../path/verify-path.ts'
import type { MaybePromise } from '../primitives/flow.ts'
import { DEFAULT_ALGORITHMS } from '../x509/algorithm-policy.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { parseCrl } from './crl.ts'
import { CrlJudge } from './crl-judge.ts'
import { CrlSet } from './crl-set.ts'
import { createRevocationChecker } from './revocation-checker.ts'
import type { ProviderHealth } from './revocation-health.ts'
import type { RevocationOption } from './revocation-policy.ts'
import type { RevocationHost, RevocationNotice, RevocationProvider } from './revocation-provider.ts'
import type { RevocationStatus } from './revocation-status.ts'

const NOW = new Date('2031-05-06T07:08:09Z')

let root: Authority
let intermediate: Authority
let leaf: IssuedCertificate
let path: VerifiedPath
let anchor: Certificate
let middle: Certificate

beforeAll(async () => {
  root = await createAuthority({ clock: () => NOW })
  intermediate = await root.issueAuthority({ name: 'Intermediate' })
  leaf = await intermediate.issueClient()
  anchor = parseCertificate(root.certificate.der)
  middle = parseCertificate(intermediate.certificate.der)
  path = await verified(leaf, [intermediate])
})

describe('createRevocationChecker', () => {
  it('accepts a path of which every certificate is good', async () => {
    const checker = check([crls(await intermediate.crl()), crls(await root.crl())])
    expect(checker.check(path, NOW)).toBeUndefined()
  })

  it('names the certificate that is revoked, with date, reason and provider', async () => {
    const revokedAt = new Date('2031-05-01T00:00:00Z')
    const list = await intermediate.crl({
      revoked: [{ serialNumber: leaf.serialNumber, at: revokedAt, reason: 'keyCompromise' }],
    })
    const checker = check([crls(await root.crl(), list)])
    expect(checker.check(path, NOW)).toMatchObject({
      code: 'certificate-revoked',
      index: 0,
      provider: 'test',
      revokedAt,
      revocationReason: 'keyCompromise',
      subject: String(path.leaf.subject),
    })
  })

  it.each<[string, RevocationProvider['status']]>([
    [
      'throws',
      () => {
        throw new RangeError('password=hunter2')
      },
    ],
    ['rejects', () => Promise.reject(new RangeError('password=hunter2'))],
  ])('takes a provider that %s for one that knows nothing, and repeats no word of its error', async (_, status) => {
    const notices: RevocationNotice[] = []
    const checker = check({ name: 'broken', status }, notices)
    expect(await checker.check(path, NOW)).toMatchObject({ code: 'revocation-unavailable', cause: 'provider-failed' })
    expect(notices).toContainEqual({ type: 'degraded', source: 'broken', cause: 'RangeError' })
    expect(JSON.stringify(notices)).not.toContain('hunter2')
  })

  it('checks the intermediates too, unless only the leaf is to be checked', async () => {
    const lists = [await intermediate.crl(), await root.crl({ revoked: [intermediate] })]
    expect(check(crls(...lists)).check(path, NOW)).toMatchObject({ code: 'certificate-revoked', index: 1 })
    expect(check({ providers: [crls(...lists)], depth: 'leaf' }).check(path, NOW)).toBeUndefined()
  })

  it('prefers a revoked CA to an unknown leaf as the reason', async () => {
    const checker = check(crls(await root.crl({ revoked: [intermediate] })))
    expect(checker.check(path, NOW)).toMatchObject({ code: 'certificate-revoked', index: 1 })
  })

  it('refuses what nobody knows, and says what was missing', async () => {
    const checker = check(crls(await root.crl()))
    expect(checker.check(path, NOW)).toEqual({
      code: 'revocation-unavailable',
      cause: 'no-source',
      index: 0,
      provider: 'test',
      subject: String(path.leaf.subject),
      issuer: String(path.leaf.issuer),
      serialNumber: path.leaf.serialNumberHex,
    })
  })

  it('lets pass what nobody knows if the policy says so by name, and never what is revoked', async () => {
    const policy = (...lists: readonly Encoded[]) => ({ providers: [crls(...lists)], unknown: 'allow' as const })
    expect(check(policy()).check(path, NOW)).toBeUndefined()
    expect(check(policy(await root.crl({ revoked: [intermediate] }))).check(path, NOW)).toMatchObject({
      code: 'certificate-revoked',
    })
    const ended = await intermediate.crl({ revoked: [leaf], thisUpdate: new Date(0), nextUpdate: new Date(1) })
    expect(check(policy(ended)).check(path, NOW)).toMatchObject({ code: 'certificate-revoked' })
  })

  it('gives a stale list the grace that the policy says', async () => {
    const nextUpdate = new Date(NOW.getTime() - 5_000)
    const thisUpdate = new Date(NOW.getTime() - 60_000)
    const lists = crls(await intermediate.crl({ thisUpdate, nextUpdate }), await root.crl())
    expect(check(lists).check(path, NOW)).toMatchObject({ cause: 'crl-expired' })
    expect(check({ providers: [lists], graceSeconds: 5 }).check(path, NOW)).toBeUndefined()
    expect(check({ providers: [lists], graceSeconds: 4 }).check(path, NOW)).toMatchObject({ cause: 'crl-expired' })
  })

  it('follows other rules for an anchor that has its own', async () => {
    const option = { providers: [crls()], anchors: { lenient: { unknown: 'allow' as const } } }
    expect(check(option).check(path, NOW)).toMatchObject({ code: 'revocation-unavailable' })
    expect(check(option).check(await verified(leaf, [intermediate], 'lenient'), NOW)).toBeUndefined()
    expect(check(option).check(await verified(leaf, [intermediate], 'other'), NOW)).toMatchObject({
      code: 'revocation-unavailable',
    })
  })

  it('throws a TypeError for rules of an anchor that is not there', () => {
    const option = { providers: [crls()], anchors: { lenient: { unknown: 'allow' as const } } }
    const labelled = (labels: readonly string[]) =>
      createRevocationChecker(option, { ...host([]), anchorLabels: () => labels })
    expect(() => labelled(['other'])).toThrow('certificate.revocation.anchors.lenient')
    expect(() => labelled(['other', 'lenient'])).not.toThrow()
  })

  it('honours noRevAvail only if the policy names it, and never for a CA', async () => {
    const short = await verified(await root.issueClient({ noRevAvail: true }), [])
    expect(check(crls()).check(short, NOW)).toMatchObject({ code: 'revocation-unavailable' })
    const honouring = { providers: [crls()], noRevAvail: 'honour' as const }
    expect(check(honouring).check(short, NOW)).toBeUndefined()
    expect(check(honouring).check(path, NOW)).toMatchObject({ code: 'revocation-unavailable' })
    // RFC 9608 §3: it does not stand beside a distribution point.
    const both = await verified(
      await root.issueClient({ noRevAvail: true, crlDistributionPoints: ['http://crl.example/'] }),
      [],
    )
    expect(check(honouring).check(both, NOW)).toMatchObject({ code: 'revocation-unavailable' })
  })

  it('asks nobody about a certificate that is itself the anchor', async () => {
    const self = await createSelfSigned({ clock: () => NOW })
    const certificate = parseCertificate(self.certificate.der)
    const result = await verifyPath({ leaf: certificate, anchors: [certificate], at: NOW })
    if (!result.ok) throw new Error(result.reason.code)
    expect(
      check(says({ status: 'revoked', by: 'x', at: NOW, reason: 'superseded' })).check(result.path, NOW),
    ).toBeUndefined()
  })

  describe('with several providers', () => {
    const good = says({ status: 'good', by: 'good' })
    const revoked = says({ status: 'revoked', by: 'revoked', at: NOW, reason: 'superseded' })
    const missing = says({ status: 'unknown', cause: 'no-source' })
    const failed = says({ status: 'unknown', cause: 'source-failed' })
    const stranger = says({ status: 'unknown', cause: 'responder-unknown' })

    it('asks them in their order until one knows', () => {
      expect(check([missing, good]).check(path, NOW)).toBeUndefined()
      expect(check([failed, revoked, good]).check(path, NOW)).toMatchObject({
        code: 'certificate-revoked',
        provider: 'revoked',
      })
      expect(check([good, revoked]).check(path, NOW)).toBeUndefined()
    })

    it('reports what weighs most of what they lack', () => {
      expect(check([missing, failed]).check(path, NOW)).toMatchObject({
        code: 'revocation-unavailable',
        cause: 'source-failed',
      })
      expect(check([failed, missing]).check(path, NOW)).toMatchObject({ cause: 'source-failed' })
      expect(check([failed, stranger]).check(path, NOW)).toMatchObject({ code: 'certificate-status-unknown' })
    })
  })

  it('waits where a provider must, and only there', async () => {
    const later = says(Promise.resolve({ status: 'good', by: 'later' } as const))
    expect(await check(later).check(path, NOW)).toBeUndefined()
    expect(
      await check(
        says(Promise.resolve({ status: 'revoked', by: 'later', at: NOW, reason: 'superseded' } as const)),
      ).check(path, NOW),
    ).toMatchObject({
      code: 'certificate-revoked',
    })
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['answers nothing', () => undefined],
    ['answers true', () => true],
    ['answers another word', () => ({ status: 'fine' })],
    ['answers revoked without a date', () => ({ status: 'revoked' })],
    ['resolves to nothing', () => Promise.resolve(undefined)],
  ])('takes a provider that %s for one that knows nothing', async (_, status) => {
    const notices: RevocationNotice[] = []
    const broken = { name: 'broken', status } as RevocationProvider
    expect(await check(broken, notices).check(path, NOW)).toMatchObject({
      code: 'revocation-unavailable',
      cause: 'provider-failed',
    })
    expect(notices[0]).toMatchObject({ type: 'degraded', source: 'broken' })
  })

  it('checks nothing if it is told so', () => {
    const checker = check('unchecked')
    expect(checker.check(path, NOW)).toBeUndefined()
    expect(checker.health()).toEqual({ checked: false, ready: true, providers: [], coverage: [] })
  })

  it('asks about each certificate once, wherever the first answer that takes time comes', async () => {
    const asked: number[] = []
    const provider: RevocationProvider = {
      name: 'x',
      status({ index }) {
        asked.push(index)
        const good = { status: 'good', by: 'x' } as const
        return index === 0 ? good : Promise.resolve(good)
      },
    }
    expect(await check([provider]).check(path, NOW)).toBeUndefined()
    expect(asked).toEqual([0, 1])
  })

  it('attaches and closes its providers', () => {
    const calls: string[] = []
    const provider: RevocationProvider = {
      name: 'x',
      status: () => ({ status: 'good', by: 'x' }),
      attach: () => calls.push('attach'),
      close: () => calls.push('close'),
    }
    check([provider]).close()
    expect(calls).toEqual(['attach', 'close'])
  })

  it.each<[string, unknown]>([
    ['certificate.revocation', undefined],
    ['certificate.revocation', null],
    ['certificate.revocation', 'checked'],
    ['certificate.revocation', true],
    ['certificate.revocation', []],
    ['certificate.revocation', {}],
    ['certificate.revocation[0]', [{}]],
    ['certificate.revocation[1]', [says({ status: 'good', by: 'x' }), 'unchecked']],
    ['certificate.revocation.providers', { providers: says({ status: 'good', by: 'x' }) }],
    ['certificate.revocation.unknown', { providers: [crls()], unknown: 'ignore' }],
    ['certificate.revocation.depth', { providers: [crls()], depth: 'root' }],
    ['certificate.revocation.noRevAvail', { providers: [crls()], noRevAvail: true }],
    ['certificate.revocation.graceSeconds', { providers: [crls()], graceSeconds: -1 }],
    ['certificate.revocation.graceSeconds', { providers: [crls()], graceSeconds: 1e12 }],
    ['certificate.revocation.grace', { providers: [crls()], grace: 5 }],
    ['certificate.revocation.anchors: rules', { providers: [crls()], anchors: 5 }],
    ['certificate.revocation.anchors: rules', { providers: [crls()], anchors: null }],
    ['certificate.revocation.anchors.a.unknown', { providers: [crls()], anchors: { a: { unknown: 'maybe' } } }],
    ['certificate.revocation.anchors.a.providers', { providers: [crls()], anchors: { a: { providers: [] } } }],
  ])('throws a TypeError that names %s', (option, value) => {
    expect(() => check(value as RevocationOption)).toThrow(TypeError)
    expect(() => check(value as RevocationOption)).toThrow(option)
  })

  describe('health', () => {
    const covered = (
      issuer: string,
      state: ProviderHealth['state'] = 'current',
      nextUpdate?: Date,
    ): RevocationProvider => ({
      ...says({ status: 'good', by: 'x' }),
      health: () => [
        { provider: 'x', source: 'a', issuer, state, ...(nextUpdate === undefined ? {} : { nextUpdate }) },
      ],
    })
    const coverage = (option: RevocationOption) =>
      createRevocationChecker(option, { ...host([]), issuers: () => [anchor, middle] }).health()

    it('says which CA has no source, which one ends when, and whether anybody can be let in', () => {
      const [top, below] = [String(anchor.subject), String(middle.subject)]
      expect(coverage(covered(top, 'current', NOW))).toMatchObject({
        ready: true,
        coverage: [
          { issuer: top, state: 'covered', until: NOW },
          { issuer: below, state: 'missing' },
        ],
      })
      expect(coverage(covered(top, 'stale'))).toMatchObject({
        ready: false,
        coverage: [{ state: 'stale' }, { state: 'missing' }],
      })
      expect(coverage({ providers: [covered(top, 'stale')], unknown: 'allow' }).ready).toBe(true)
      expect(coverage([covered(below, 'expiring')])).toMatchObject({ coverage: [{}, { state: 'expiring' }] })
      expect(coverage([covered(below, 'failed')])).toMatchObject({ coverage: [{}, { state: 'stale' }] })
      expect(coverage([covered(below, 'expiring'), covered(below, 'current')])).toMatchObject({
        coverage: [{}, { state: 'covered' }],
      })
    })

    it('takes a provider that can be asked about any CA for a source on demand', () => {
      expect(coverage(covered('*'))).toMatchObject({
        ready: true,
        coverage: [{ state: 'on-demand' }, { state: 'on-demand' }],
      })
      expect(coverage(covered('*', 'failed'))).toMatchObject({
        ready: false,
        coverage: [{ state: 'stale' }, { state: 'stale' }],
      })
      expect(coverage(says({ status: 'good', by: 'x' })).ready).toBe(true)
    })

    it('asks for no source for a CA that issues CAs, where only leaves are checked', () => {
      expect(coverage({ providers: [covered(String(middle.subject))], depth: 'leaf' }).coverage).toMatchObject([
        { issuer: String(middle.subject) },
      ])
    })
  })
})

function check(option: RevocationOption, notices: RevocationNotice[] = []) {
  return createRevocationChecker(option, host(notices))
}

function host(notices: RevocationNotice[]): RevocationHost {
  return {
    notify: (notice) => notices.push(notice),
    changed: () => {},
    issuers: () => [anchor],
    algorithms: DEFAULT_ALGORITHMS,
    primitives,
    clock: () => NOW,
  }
}

function says(answer: MaybePromise<RevocationStatus>): RevocationProvider {
  const name = 'by' in answer ? (answer.by ?? 'x') : 'x'
  return { name, status: () => answer }
}

function crls(...lists: readonly { readonly der: Uint8Array }[]): RevocationProvider {
  const judge = new CrlJudge({ by: 'test' })
  judge.replace(new CrlSet(lists.map(({ der }) => parseCrl(der))))
  return { name: 'test', status: (subject, query) => judge.status(subject, query) }
}

async function verified(
  of: IssuedCertificate,
  chain: readonly IssuedCertificate[],
  label?: string,
): Promise<VerifiedPath> {
  const result = await verifyPath({
    leaf: parseCertificate(of.certificate.der),
    intermediates: chain.map(({ certificate }) => parseCertificate(certificate.der)),
    anchors: [createTrustAnchor(anchor, label)],
    at: NOW,
  })
  if (!result.ok) throw new Error(result.reason.code)
  return result.path
}
