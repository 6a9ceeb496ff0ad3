/** Keys: issuing, finding, suspending, revoking, importing. @module */
import { digestKey, parseKey } from '@countersign/core/keys'
import type { KeyRecord } from '@countersign/core/registry'
import { assertEqual, assertMatch, assertTrue } from '../case/assert.ts'
import { casesFrom, type RegistryCase } from './registry-case.ts'
import {
  allOf,
  assertRejects,
  assertRejectsType,
  DAY,
  found,
  inParallel,
  partner,
  partnerWithKey,
  SIGNAL,
} from './registry-steps.ts'
import { sha256Of } from './sha256-of.ts'

/** What looks for a weakness of a query language, an object, a file name or a glob. */
const HOSTILE_IDS = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  "' OR 1=1 --",
  '*',
  '%',
  '../../etc/passwd',
  'a\u0000b',
  'a\r\nDEL b',
  '\ud800',
  '🙂',
  'x'.repeat(10_000),
]

export const keyCases: readonly RegistryCase[] = casesFrom('docs/registries.md#keys', [
  [
    'key-issue',
    'an issued key is found by its id, with its partner, and nothing of its secret is kept',
    async ({ registry, clock }) => {
      const { key, record } = await partnerWithKey(registry)
      const parsed = parseKey(key)
      assertTrue(parsed.ok, 'the key is of our form')
      assertEqual(parsed.ok && parsed.key.id, record.id, 'its id is the record’s')
      assertEqual(record.digest, `sha256$${await sha256Of(key)}`, 'the digest is of the whole key')
      assertEqual(record.createdAt, clock().toISOString(), 'made when the clock says')
      const snapshot = await registry.findKey(record.id, SIGNAL)
      const found = snapshot && { key: snapshot.key, partner: snapshot.partner }
      assertEqual(found, { key: record, partner: await registry.getPartner('acme') }, 'key and partner are found')
      assertEqual(await registry.getKey(record.id), record, 'getKey returns the same')
      const kept = JSON.stringify([snapshot, await registry.listKeys({}), await registry.listAudit({})])
      assertTrue(!kept.includes(key.slice(-49, -6)), 'the secret is kept nowhere')
    },
  ],
  [
    'key-scopes',
    'a key has the scopes that it was issued with, by default those of its partner at that time',
    async ({ registry }) => {
      await partner(registry)
      const all = await registry.issueKey({ partnerId: 'acme' })
      const few = await registry.issueKey({ partnerId: 'acme', scopes: ['orders:read'] })
      const none = await registry.issueKey({ partnerId: 'acme', scopes: [] })
      await registry.updatePartner('acme', { scopes: ['other'] })
      assertEqual((await found(registry, all.record.id))?.scopes, ['orders:read', 'orders:write'], 'all at that time')
      assertEqual((await found(registry, few.record.id))?.scopes, ['orders:read'], 'those named')
      assertEqual((await found(registry, none.record.id))?.scopes, [], 'an empty list is none')
    },
  ],
  [
    'key-terms',
    'binding and dates are kept to the millisecond',
    async ({ registry, clock }) => {
      await partner(registry)
      const notBefore = new Date(clock().getTime() + 1)
      const notAfter = new Date(clock().getTime() + DAY + 7)
      const { record } = await registry.issueKey({ partnerId: 'acme', binding: 'none', notBefore, notAfter })
      const kept = await found(registry, record.id)
      assertEqual(kept?.binding, 'none', 'binding')
      assertEqual([kept?.notBefore, kept?.notAfter], [notBefore.toISOString(), notAfter.toISOString()], 'dates')
      const plain = await found(registry, (await registry.issueKey({ partnerId: 'acme' })).record.id)
      assertEqual(plain?.binding, 'partner', 'bound by default')
      assertEqual([plain?.notBefore, plain?.notAfter], [undefined, undefined], 'no dates unless given')
    },
  ],
  [
    'key-form',
    'a key whose terms are not of their form is not issued',
    async ({ registry, clock }) => {
      await partner(registry)
      const wrong: object[] = [
        { scopes: ['a b'] },
        { binding: 'any' },
        { notAfter: '2040-01-01' },
        { notAfter: new Date(Number.NaN) },
        { notBefore: clock(), notAfter: clock() },
        { environment: 'prod' },
        { expires: 5 },
      ]
      for (const terms of wrong) {
        await assertRejectsType(
          () => registry.issueKey({ partnerId: 'acme', ...terms }),
          `${JSON.stringify(terms)} is refused`,
        )
      }
      await assertRejects(registry.issueKey({ partnerId: 'other' }), 'partner-unknown', 'an unknown partner is refused')
      assertEqual((await registry.listKeys({})).items, [], 'nothing was written')
    },
  ],
  [
    'key-environment',
    'the environment is part of the key, and the prefix an option',
    async ({ registry, withOptions }) => {
      await partner(registry)
      assertMatch((await registry.issueKey({ partnerId: 'acme' })).key, /^cs_live_/, 'live by default')
      assertMatch(
        (await registry.issueKey({ partnerId: 'acme', environment: 'test' })).key,
        /^cs_test_/,
        'test if asked',
      )
      const own = await withOptions({ prefix: 'acme_eu' })
      await partner(own)
      const { key, record } = await own.issueKey({ partnerId: 'acme' })
      assertMatch(key, /^acme_eu_live_/, 'own prefix')
      assertEqual(record.prefix, 'acme_eu_live', 'kept with the record')
    },
  ],
  [
    'key-pepper',
    'with a pepper the digest is an HMAC that names its version',
    async ({ withOptions }) => {
      const secret = new Uint8Array(32).fill(7)
      const registry = await withOptions({ pepper: { version: 'v7', secret } })
      const { key, record } = await partnerWithKey(registry)
      assertMatch(record.digest, /^hmac-sha256\$v7\$[0-9a-f]{64}$/, 'the form of the digest')
      assertEqual(record.digest, await digestKey(key, { pepper: { version: 'v7', secret } }), 'its value')
      assertEqual((await found(registry, record.id))?.digest, record.digest, 'kept so')
    },
  ],
  [
    'key-find-unknown',
    'an id that was never issued is unknown, whatever it holds',
    async ({ registry }) => {
      const { record } = await partnerWithKey(registry)
      for (const id of HOSTILE_IDS) {
        assertEqual(await found(registry, id), undefined, `${JSON.stringify(id).slice(0, 40)} is unknown`)
        assertEqual(await registry.getKey(id), undefined, 'to the operator, too')
        await assertRejects(registry.revokeKey(id), 'key-unknown', 'and cannot be revoked')
      }
      assertEqual((await found(registry, record.id))?.id, record.id, 'the one that was issued is there')
    },
  ],
  [
    'key-id-exact',
    'ids are compared exactly: case, length and spaces count',
    async ({ registry }) => {
      const { record } = await partnerWithKey(registry)
      const { id } = record
      const swapped = [...id].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('')
      for (const other of [swapped, `${id} `, ` ${id}`, id.slice(0, -1), `${id}0`]) {
        if (other !== id) assertEqual(await found(registry, other), undefined, `${other} is another id`)
      }
    },
  ],
  [
    'key-issue-race',
    'two hundred keys issued at once are two hundred keys',
    async ({ registry }) => {
      await partner(registry)
      const issued = await Promise.all(Array.from({ length: 200 }, () => registry.issueKey({ partnerId: 'acme' })))
      const ids = new Set(issued.map(({ record }) => record.id))
      assertEqual(ids.size, 200, 'all ids differ')
      const listed = await allOf((page) => registry.listKeys({ partnerId: 'acme' }, page), 37)
      assertEqual(new Set(listed.map(({ id }) => id)), ids, 'all are kept')
      assertEqual((await allOf((page) => registry.listAudit({}, page))).length, 201, 'each with its audit record')
    },
    { timeoutSeconds: 30 },
  ],
  [
    'key-snapshot',
    'key and partner of a snapshot are of one instant, and of one partner state',
    async ({ registry }) => {
      const { record } = await partnerWithKey(registry)
      await registry.updatePartner('acme', { contact: '0', scopes: ['s0'] })
      let writing = true
      const writer = (async () => {
        for (let n = 1; n <= 40; n++) await registry.updatePartner('acme', { contact: `${n}`, scopes: [`s${n}`] })
        writing = false
      })()
      while (writing) {
        const snapshot = await registry.findKey(record.id, SIGNAL)
        assertEqual(snapshot?.partner.scopes, [`s${snapshot?.partner.contact}`], 'never half of an update')
        await new Promise((resolve) => setImmediate(resolve))
      }
      await writer
    },
  ],
  [
    'key-list',
    'keys are listed in order, all or those of one partner, a page at a time',
    async ({ registry }) => {
      await partner(registry, 'acme')
      await partner(registry, 'other')
      const acme: string[] = []
      for (let n = 0; n < 25; n++) {
        acme.push((await registry.issueKey({ partnerId: 'acme' })).record.id)
        if (n % 5 === 0) await registry.issueKey({ partnerId: 'other' })
      }
      acme.sort()
      for (const limit of [1, 7, 25, 100]) {
        const listed = await allOf((page) => registry.listKeys({ partnerId: 'acme' }, page), limit)
        assertEqual(
          listed.map(({ id }) => id),
          acme,
          `of one partner in pages of ${limit}`,
        )
      }
      assertEqual((await allOf((page) => registry.listKeys({}, page), 4)).length, 30, 'all')
      assertEqual((await registry.listKeys({ partnerId: 'nobody' })).items, [], 'of an unknown partner none')
    },
  ],
  [
    'key-revoke',
    'a revocation is final and keeps its cause',
    async ({ registry }) => {
      const { record } = await partnerWithKey(registry)
      await registry.revokeKey(record.id, { cause: 'exposed', by: 'ann', why: 'seen in a log' })
      assertEqual(
        await found(registry, record.id),
        { ...record, status: 'revoked', cause: 'exposed' },
        'revoked, otherwise the same',
      )
      await registry.revokeKey(record.id, { cause: 'requested' })
      assertEqual((await found(registry, record.id))?.cause, 'exposed', 'a second revocation changes nothing')
      await registry.suspendKey(record.id)
      assertEqual((await found(registry, record.id))?.status, 'revoked', 'it cannot be suspended instead')
      await assertRejects(registry.restoreKey(record.id), 'key-revoked', 'nor restored')
      assertEqual((await found(registry, record.id))?.status, 'revoked', 'and stays revoked')
    },
  ],
  [
    'key-revoke-default',
    'a revocation or suspension without a cause was requested',
    async ({ registry }) => {
      const one = await partnerWithKey(registry)
      const two = await registry.issueKey({ partnerId: 'acme' })
      await registry.revokeKey(one.record.id)
      await registry.suspendKey(two.record.id)
      assertEqual((await found(registry, one.record.id))?.cause, 'requested', 'revoked')
      assertEqual((await found(registry, two.record.id))?.cause, 'requested', 'suspended')
      await assertRejectsType(
        () => registry.revokeKey(one.record.id, { cause: 'whim' as 'exposed' }),
        'a cause of another word is refused',
      )
    },
  ],
  [
    'key-suspend',
    'a suspended key is restored to what it was',
    async ({ registry }) => {
      const { record } = await partnerWithKey(registry)
      await registry.suspendKey(record.id)
      assertEqual((await found(registry, record.id))?.status, 'suspended', 'suspended')
      await registry.suspendKey(record.id, { cause: 'exposed' })
      assertEqual((await found(registry, record.id))?.cause, 'exposed', 'a graver cause takes its place')
      await registry.restoreKey(record.id)
      assertEqual(await found(registry, record.id), record, 'as it was')
      await assertRejects(registry.suspendKey('unknown'), 'key-unknown', 'an unknown key is refused')
      await assertRejects(registry.restoreKey('unknown'), 'key-unknown', 'an unknown key is refused')
    },
  ],
  [
    'key-revoke-race',
    'however revocation, suspension and restoration cross, a revoked key stays revoked',
    async ({ registry }) => {
      await partner(registry)
      for (let round = 0; round < 10; round++) {
        const { record } = await registry.issueKey({ partnerId: 'acme' })
        await Promise.allSettled([
          registry.suspendKey(record.id),
          registry.restoreKey(record.id),
          registry.revokeKey(record.id),
          registry.restoreKey(record.id),
          registry.suspendKey(record.id, { cause: 'exposed' }),
        ])
        assertEqual((await found(registry, record.id))?.status, 'revoked', 'revoked in the end')
      }
    },
  ],
  [
    'key-own',
    'what the caller changes in an answer changes nothing in the registry',
    async ({ registry }) => {
      const { record } = await partnerWithKey(registry)
      const answer = (await registry.findKey(record.id, SIGNAL)) as {
        key: { -readonly [K in keyof KeyRecord]: KeyRecord[K] }
      }
      try {
        answer.key.status = 'revoked'
      } catch {
        // Frozen is as good.
      }
      assertEqual(await found(registry, record.id), record, 'the record is as it was')
    },
  ],
  [
    'key-import',
    'a key of another system is kept by its SHA-256, found by it, and never anybody’s twice',
    async ({ registry }) => {
      await partner(registry)
      const sha256 = await sha256Of('legacy-key-of-some-other-system')
      const record = await registry.importKey({
        partnerId: 'acme',
        format: 'legacy',
        sha256: sha256.toUpperCase(),
        scopes: ['orders:read'],
      })
      assertEqual(record.id, `legacy.${sha256.slice(0, 32)}`, 'its id comes from the digest')
      assertEqual(record.digest, `sha256$${sha256}`, 'its digest is what was given')
      assertEqual(await found(registry, record.id), record, 'it is found')
      await assertRejects(registry.importKey({ partnerId: 'acme', format: 'legacy', sha256 }), 'key-exists', 'once')
      const named = await registry.importKey({ partnerId: 'acme', format: 'seam', sha256, id: 'BRTRKFsL' })
      assertEqual(named.id, 'seam.BRTRKFsL', 'or from the id that the format has')
      const next = await registry.rotateKey(named.id, {
        overlapUntil: new Date(Date.parse(named.createdAt ?? '') + DAY),
      })
      assertMatch(next.key, /^cs_live_/, 'its successor is of our form')
      for (const wrong of [{ format: 'Legacy' }, { sha256: 'ab' }, { id: 'a b' }, { format: 'a.b' }]) {
        await assertRejectsType(
          () => registry.importKey({ partnerId: 'acme', format: 'legacy', sha256, ...wrong }),
          `${JSON.stringify(wrong)} is refused`,
        )
      }
    },
  ],
  [
    'key-issue-rate',
    'issuing and revoking a thousand keys in parallel loses none',
    async ({ registry }) => {
      await partner(registry)
      await inParallel(1000, 32, async () => {
        const { record } = await registry.issueKey({ partnerId: 'acme' })
        await registry.revokeKey(record.id)
      })
      const keys = await allOf((page) => registry.listKeys({}, page))
      assertEqual(keys.length, 1000, 'all were issued')
      assertTrue(
        keys.every(({ status }) => status === 'revoked'),
        'and all revoked',
      )
    },
    { timeoutSeconds: 60 },
  ],
])
