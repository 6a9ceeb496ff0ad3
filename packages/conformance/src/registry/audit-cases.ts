/** The audit trail, and the counters of uses. @module */
import type { AuditRecord, RegistryAdmin } from '@countersign/core/registry'
import { assertEqual, assertTrue } from '../case/assert.ts'
import { casesFrom, type RegistryCase } from './registry-case.ts'
import { allOf, DAY, hex, inParallel, partner, partnerWithKey } from './registry-steps.ts'

const facts = ({ action, partnerId, keyId }: AuditRecord): readonly (string | undefined)[] => [action, partnerId, keyId]

async function trail(registry: RegistryAdmin): Promise<readonly AuditRecord[]> {
  return allOf((page) => registry.listAudit({}, page))
}

export const auditCases: readonly RegistryCase[] = casesFrom('docs/registries.md#audit', [
  [
    'audit-every',
    'every change says who, what, when and why, in order',
    async ({ registry, clock }) => {
      const actor = { by: 'ann', why: 'ticket 7' }
      const started = clock().getTime()
      const tick = (): void => clock.advance({ seconds: 1 })
      await registry.createPartner({ id: 'acme', scopes: ['orders:read'] }, actor)
      tick()
      const { record } = await registry.issueKey({ partnerId: 'acme' }, actor)
      tick()
      const next = await registry.rotateKey(record.id, { overlapUntil: new Date(started + DAY) }, actor)
      tick()
      await registry.suspendKey(next.record.id, { ...actor, cause: 'exposed' })
      tick()
      await registry.restoreKey(next.record.id, actor)
      tick()
      await registry.revokeKey(record.id, { ...actor, cause: 'replaced' })
      tick()
      await registry.updatePartner('acme', { contact: 'ops@acme.example' }, actor)
      tick()
      await registry.importKey({ partnerId: 'acme', format: 'legacy', id: '1', sha256: hex(9) }, actor)
      tick()
      await registry.suspendPartner('acme', actor)
      tick()
      await registry.restorePartner('acme', actor)
      tick()
      await registry.denyCertificate({ publicKey: hex(1) }, actor)
      tick()
      await registry.allowCertificate({ publicKey: hex(1) }, actor)
      tick()
      await registry.deletePartner('acme', actor)
      const records = await trail(registry)
      assertEqual(
        records.map(facts),
        [
          ['partner-created', 'acme', undefined],
          ['key-issued', 'acme', record.id],
          ['key-rotated', 'acme', record.id],
          ['key-suspended', 'acme', next.record.id],
          ['key-restored', 'acme', next.record.id],
          ['key-revoked', 'acme', record.id],
          ['partner-updated', 'acme', undefined],
          ['key-imported', 'acme', 'legacy.1'],
          ['partner-suspended', 'acme', undefined],
          ['partner-restored', 'acme', undefined],
          ['certificate-denied', undefined, undefined],
          ['certificate-allowed', undefined, undefined],
          ['partner-deleted', 'acme', undefined],
        ],
        'what',
      )
      assertTrue(
        records.every(({ by, why }) => by === 'ann' && why === 'ticket 7'),
        'who and why',
      )
      assertEqual(
        records.map(({ at }) => Date.parse(at) - started),
        records.map((_, n) => n * 1000),
        'when',
      )
      assertTrue(
        records.every(({ id }, n) => n === 0 || (records[n - 1]?.id ?? '') < id),
        'ids in order',
      )
      assertEqual(records[2]?.detail?.replacedBy, next.record.id, 'a rotation names the successor')
      assertEqual(records[3]?.detail?.cause, 'exposed', 'a suspension its cause')
      assertEqual(records[6]?.detail, { contact: 'ops@acme.example' }, 'an update what is new')
    },
  ],
  [
    'audit-no-secret',
    'neither a key nor a digest is in the trail',
    async ({ registry, clock }) => {
      const { key, record } = await partnerWithKey(registry)
      const next = await registry.rotateKey(record.id, { overlapUntil: new Date(clock().getTime() + DAY) })
      await registry.revokeKey(record.id)
      const text = JSON.stringify(await trail(registry))
      for (const secret of [
        key,
        key.slice(-49, -6),
        next.key,
        next.key.slice(-49, -6),
        record.digest,
        record.digest.slice(7),
        next.record.digest,
      ]) {
        assertTrue(!text.includes(secret), 'no secret is written')
      }
    },
  ],
  [
    'audit-nothing-done',
    'what changed nothing, and what failed, left no record',
    async ({ registry }) => {
      const { record } = await partnerWithKey(registry)
      await registry.revokeKey(record.id)
      const before = (await trail(registry)).length
      await registry.revokeKey(record.id)
      await registry.suspendKey(record.id)
      await registry.restorePartner('acme')
      await Promise.allSettled([
        registry.createPartner({ id: 'acme' }),
        registry.restoreKey(record.id),
        registry.issueKey({ partnerId: 'nobody' }),
        registry.deletePartner('nobody'),
        registry.issueKey({ partnerId: 'acme', scopes: ['a b'] }),
      ])
      assertEqual((await trail(registry)).length, before, 'no record was added')
    },
  ],
  [
    'audit-filter',
    'the trail is read by partner, by key and by page, and outlives its subject',
    async ({ registry }) => {
      const one = await partnerWithKey(registry, 'acme')
      const two = await registry.issueKey({ partnerId: 'acme' })
      await partnerWithKey(registry, 'other')
      await registry.revokeKey(one.record.id)
      await registry.deletePartner('acme')
      const ofPartner = await allOf((page) => registry.listAudit({ partnerId: 'acme' }, page), 2)
      assertEqual(
        ofPartner.map(({ action }) => action),
        ['partner-created', 'key-issued', 'key-issued', 'key-revoked', 'partner-deleted'],
        'of the partner, in pages of two',
      )
      const ofKey = await registry.listAudit({ keyId: one.record.id })
      assertEqual(
        ofKey.items.map(({ action }) => action),
        ['key-issued', 'key-revoked'],
        'of the key',
      )
      assertEqual((await registry.listAudit({ keyId: two.record.id, partnerId: 'other' })).items, [], 'of both at once')
      assertEqual((await registry.listAudit({ partnerId: 'nobody' })).items, [], 'of nobody')
    },
  ],
  [
    'audit-race',
    'of changes made at once none is missing in the trail, and none there twice',
    async ({ registry }) => {
      await partner(registry)
      await inParallel(100, 25, (n) => registry.createPartner({ id: `p${n}` }, { by: `${n}` }))
      const records = await allOf((page) => registry.listAudit({}, page), 13)
      assertEqual(records.length, 101, 'one for each')
      assertEqual(new Set(records.map(({ id }) => id)).size, 101, 'all ids differ')
      assertEqual(new Set(records.map(({ by }) => by)).size, 101, 'all actors are there')
    },
  ],
  [
    'audit-text',
    'who and why come back as they were given, and are text of a bounded length',
    async ({ registry }) => {
      const by = 'Ann "O\'Hara" <ann@example.com>\n🙂'
      await registry.createPartner({ id: 'acme' }, { by, why: '' })
      const [record] = await trail(registry)
      assertEqual([record?.by, record?.why], [by, ''], 'the same text')
      const outcome = await registry.suspendPartner('acme', { why: 'x'.repeat(5000) }).then(
        () => 'done',
        (error: Error) => error.name,
      )
      assertEqual(outcome, 'TypeError', 'a text without end is refused')
    },
  ],
  [
    'use-adds-up',
    'uses add up, the latest time wins, and of keys that are unknown nothing is kept',
    async ({ registry }) => {
      const { record } = await partnerWithKey(registry)
      const use = (uses: number, lastUsedAt: string, lastCertificate?: string) => ({
        keyId: record.id,
        uses,
        lastUsedAt,
        ...(lastCertificate === undefined ? {} : { lastCertificate }),
      })
      assertEqual(await registry.getUse(record.id), undefined, 'never used')
      await registry.addUses([
        use(3, '2031-05-05T12:00:03.000Z', hex(3)),
        { ...use(1, '2031-05-05T12:00:00.000Z'), keyId: 'unknown' },
      ])
      await registry.addUses([use(2, '2031-05-05T12:00:01.000Z', hex(1))])
      await registry.addUses([])
      assertEqual(await registry.getUse(record.id), use(5, '2031-05-05T12:00:03.000Z', hex(3)), 'five, the last at 3 s')
      assertEqual(await registry.getUse('unknown'), undefined, 'nothing of the unknown one')
      assertEqual((await registry.getKey(record.id))?.digest, record.digest, 'the record is untouched')
    },
  ],
  [
    'use-race',
    'batches that come at once lose no use',
    async ({ registry }) => {
      const { record } = await partnerWithKey(registry)
      await inParallel(50, 25, (n) =>
        registry.addUses([
          { keyId: record.id, uses: 2, lastUsedAt: new Date(Date.UTC(2031, 4, 5, 12, 0, n)).toISOString() },
        ]),
      )
      assertEqual(
        await registry.getUse(record.id),
        { keyId: record.id, uses: 100, lastUsedAt: '2031-05-05T12:00:49.000Z' },
        'a hundred, the last at 49 s',
      )
    },
  ],
])
