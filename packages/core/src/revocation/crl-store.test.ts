import { type Authority, type CrlOptions, createAuthority, type IssuedCertificate } from '@countersign/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { primitives } from '#primitives'
import type { VerifiedPath } from '../path/verified-path.ts'
import { verifyPath } from '../path/verify-path.ts'
import { DEFAULT_ALGORITHMS } from '../x509/algorithm-policy.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { parseCrl } from './crl.ts'
import { CrlStore } from './crl-store.ts'
import { subjectsOf } from './path-subjects.ts'
import type { RevocationNotice } from './revocation-provider.ts'

const SOURCE = 'http://crl.example/ca.crl'
const DAY = 86_400_000

let now: Date
let root: Authority
let intermediate: Authority
let leaf: IssuedCertificate
let path: VerifiedPath
let store: CrlStore
let notices: RevocationNotice[]

beforeEach(async () => {
  now = new Date('2031-05-06T07:08:09Z')
  const clock = () => now
  root = await createAuthority({ clock })
  intermediate = await root.issueAuthority({ name: 'Intermediate' })
  leaf = await intermediate.issueClient()
  notices = []
  store = new CrlStore({ name: 'test' })
  const anchors = [parseCertificate(root.certificate.der)]
  const result = await verifyPath({
    leaf: parseCertificate(leaf.certificate.der),
    intermediates: [parseCertificate(intermediate.certificate.der)],
    anchors,
    at: now,
  })
  if (!result.ok) throw new Error(result.reason.code)
  path = result.path
})

describe('CrlStore', () => {
  describe('of a CA that is not configured, whose lists only a path can prove', () => {
    beforeEach(() => attach([parseCertificate(root.certificate.der)]))

    it('does not let a forged newer list hide what the genuine one revoked', async () => {
      await offer({ number: 1, revoked: [leaf] })
      expect(await status()).toBe('revoked')
      await offer({ number: 99, signature: 'broken' })
      expect(await status()).toBe('revoked')
    })

    it('does not let a forged newer list keep out the genuine ones that follow', async () => {
      await offer({ number: 1 })
      expect(await status()).toBe('good')
      await offer({ number: 99, signature: 'broken' })
      await offer({ number: 2, revoked: [leaf] })
      expect(await status()).toBe('revoked')
    })

    it('refuses an older list once the newer one has proved itself', async () => {
      await offer({ number: 5, revoked: [leaf] })
      expect(await status()).toBe('revoked')
      expect(await offer({ number: 4 })).toBe(false)
      expect([await status(), notices.at(-1)]).toMatchObject(['revoked', { cause: 'crl-rolled-back' }])
    })

    it('lets go of the old list when the new one has proved itself', async () => {
      await offer({ number: 1, revoked: [leaf] })
      await status()
      await offer({ number: 2 })
      expect(notices.map(({ type }) => type)).toEqual(['reloaded', 'reloaded'])
      expect(await status()).toBe('good')
      store.tick()
      expect(store.health()).toMatchObject([{ number: '2', entries: 0 }])
      expect(await offer({ number: 1, revoked: [leaf] })).toBe(false)
    })
  })

  it('goes by the time of day where nobody has attached to it', async () => {
    const thisUpdate = new Date(Date.now() - DAY)
    const listUntil = async (nextUpdate: Date) => parseCrl((await intermediate.crl({ thisUpdate, nextUpdate })).der)
    store.begin(SOURCE, [await listUntil(new Date(Date.now() + 30 * DAY))])
    expect(store.health()).toMatchObject([{ state: 'current' }])
    store = new CrlStore({ name: 'test' })
    store.begin(SOURCE, [await listUntil(new Date(Date.now() - 1_000))])
    expect(store.health()).toMatchObject([{ state: 'stale' }])
  })

  describe('of a configured CA', () => {
    beforeEach(() => attach([parseCertificate(root.certificate.der), parseCertificate(intermediate.certificate.der)]))

    it('goes on naming what was revoked after its source has gone and the list has ended, for a month', async () => {
      await offer({ revoked: [leaf], nextUpdate: after(DAY) })
      store.retire(SOURCE, 'gone')
      expect(store.health()).toMatchObject([{ source: SOURCE, lastError: 'gone' }])
      now = after(20 * DAY)
      store.tick()
      expect(await status()).toBe('revoked')
      now = after(12 * DAY)
      store.tick()
      expect(await status()).toBe('unknown')
      expect(store.health()).toEqual([])
    })

    it('keeps apart lists of different scopes', async () => {
      const users = (await intermediate.crl({ issuingDistributionPoint: { onlyUserCertificates: true }, number: 7 }))
        .der
      const authorities = (
        await intermediate.crl({ issuingDistributionPoint: { onlyCaCertificates: true }, number: 3 })
      ).der
      expect(await store.offer(SOURCE, [parseCrl(users), parseCrl(authorities)])).toBe(true)
      expect(await store.offer(SOURCE, [parseCrl(users), parseCrl(authorities)])).toBe(true)
      expect(store.health()).toHaveLength(2)
      expect(await status()).toBe('good')
    })

    it('takes no list that the CA has not signed', async () => {
      expect(await offer({ signature: 'broken' })).toBe(false)
      expect(notices).toMatchObject([{ type: 'degraded', cause: 'crl-signature' }])
      expect(await status()).toBe('unknown')
    })

    it('says how fresh each list is, and what it is', async () => {
      await offer({ number: 255, thisUpdate: now, nextUpdate: after(8 * DAY), revoked: [leaf] })
      const stateAfter = (milliseconds: number) => {
        const began = now
        now = after(milliseconds)
        const [{ state, ageSeconds } = {}] = store.health()
        now = began
        return [state, ageSeconds]
      }
      expect(store.health()).toEqual([
        {
          provider: 'test',
          source: SOURCE,
          issuer: 'CN=Intermediate',
          state: 'current',
          thisUpdate: now,
          nextUpdate: after(8 * DAY),
          entries: 1,
          ageSeconds: 0,
          number: 'ff',
        },
      ])
      expect(store.health()[0]).not.toHaveProperty('lastError')
      expect(stateAfter(7 * DAY)).toEqual(['current', 7 * 86_400])
      expect(stateAfter(7 * DAY + 1)[0]).toBe('expiring')
      expect(stateAfter(8 * DAY)[0]).toBe('expiring')
      expect(stateAfter(8 * DAY + 1)[0]).toBe('stale')
      expect(stateAfter(-1000)).toEqual(['stale', 0])
    })

    it('gives a list without an end the one that its age brings, if any', async () => {
      await offer({ number: 'absent', nextUpdate: 'absent' })
      const [health] = store.health()
      expect(health).not.toHaveProperty('nextUpdate')
      expect(health).not.toHaveProperty('number')
      now = after(1_000)
      expect(store.health()).toMatchObject([{ state: 'stale' }])
      store = new CrlStore({ name: 'test', maxAgeSeconds: 60, warnSeconds: 10 })
      attach([parseCertificate(intermediate.certificate.der)])
      await offer({ nextUpdate: 'absent' })
      const states = [50_000, 1, 9_999, 1].map((milliseconds) => {
        now = after(milliseconds)
        return store.health()[0]?.state
      })
      expect(states).toEqual(['current', 'expiring', 'expiring', 'stale'])
    })

    it('keeps a list and the delta that adds to it, each of which only its own kind replaces', async () => {
      const base = parseCrl((await intermediate.crl({ number: 1 })).der)
      const delta = parseCrl((await intermediate.crl({ number: 2, deltaBase: 1, revoked: [leaf] })).der)
      expect(await store.offer(SOURCE, [base, delta])).toBe(true)
      expect(await store.offer(SOURCE, [base, delta])).toBe(true)
      expect(store.health()).toMatchObject([{ number: '1' }, { number: '2' }])
      expect(await status()).toBe('revoked')
    })

    it('tells of lists that cannot be used', async () => {
      store.begin(SOURCE, [
        parseCrl(
          (await intermediate.crl({ extensions: [{ oid: '1.2.3.4', critical: true, value: Uint8Array.of(5, 0) }] }))
            .der,
        ),
      ])
      expect(store.health()).toMatchObject([{ state: 'failed', lastError: '1.2.3.4' }])
      store.fail('elsewhere', 'it is down')
      expect(store.health()).toMatchObject([
        {},
        { source: 'elsewhere', issuer: '', state: 'failed', lastError: 'it is down' },
      ])
    })
  })
})

function attach(issuers: readonly Certificate[]): void {
  store.attach({
    notify: (notice) => notices.push(notice),
    changed: () => {},
    issuers: () => issuers,
    algorithms: DEFAULT_ALGORITHMS,
    primitives,
    clock: () => now,
  })
}

async function offer(options: CrlOptions): Promise<boolean> {
  return store.offer(SOURCE, [parseCrl((await intermediate.crl(options)).der)])
}

async function status(): Promise<string> {
  const [subject] = subjectsOf(path)
  if (subject === undefined) throw new Error('no subject')
  const query = { at: now, graceSeconds: 0, algorithms: DEFAULT_ALGORITHMS, primitives }
  return (await store.status(subject, query)).status
}

function after(milliseconds: number): Date {
  return new Date(now.getTime() + milliseconds)
}
