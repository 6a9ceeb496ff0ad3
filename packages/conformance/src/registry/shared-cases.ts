/** Several registries on the same records, watching, closing, and a store that fails. @module */
import type { RegistryChange } from '@countersign/core/registry'
import { assertEqual, assertTrue } from '../case/assert.ts'
import { ConformanceFailure } from '../case/failure.ts'
import { casesFrom, type RegistryCase } from './registry-case.ts'
import {
  allOf,
  assertRejects,
  DAY,
  eventually,
  found,
  hex,
  inParallel,
  named,
  namesOf,
  partner,
  partnerWithKey,
  SIGNAL,
} from './registry-steps.ts'

const shared = { needs: ['shared'] } as const

function tells(changes: readonly RegistryChange[], change: RegistryChange): boolean {
  const wanted = JSON.stringify(change)
  return changes.some((told) => told === 'everything' || JSON.stringify(told) === wanted)
}

/** @throws ConformanceFailure unless the look-up throws or rejects */
async function assertFails(ask: () => unknown, rule: string): Promise<void> {
  let answer: unknown
  try {
    answer = await ask()
  } catch {
    return
  }
  throw new ConformanceFailure(rule, 'a rejection', answer)
}

export const sharedCases: readonly RegistryCase[] = casesFrom('docs/registries.md#more-than-one-process', [
  [
    'watch-own',
    'a watcher is told of the registry’s own changes, until it is closed',
    async ({ registry }) => {
      const changes: RegistryChange[] = []
      const watch = registry.watch?.((change) => changes.push(change))
      if (watch === undefined) throw new ConformanceFailure('a registry can be watched', 'watch()', 'none')
      const { record } = await partnerWithKey(registry)
      await eventually(() => tells(changes, { partnerId: 'acme' }), 'a new partner is told')
      await eventually(() => tells(changes, { keyId: record.id }), 'a new key is told')
      for (const [act, change] of [
        [() => registry.revokeKey(record.id), { keyId: record.id }],
        [() => registry.suspendPartner('acme'), { partnerId: 'acme' }],
        [() => registry.denyCertificate({ publicKey: hex(1) }), 'everything'],
        [() => registry.deletePartner('acme'), { partnerId: 'acme' }],
      ] as const) {
        changes.length = 0
        await act()
        await eventually(() => tells(changes, change), `${JSON.stringify(change)} is told`)
      }
      watch.close()
      watch.close()
      await new Promise((resolve) => setTimeout(resolve, 50))
      changes.length = 0
      await registry.createPartner({ id: 'later' })
      await new Promise((resolve) => setTimeout(resolve, 100))
      assertEqual(changes, [], 'nothing after it was closed')
    },
  ],
  [
    'watch-throws',
    'a watcher that closes itself keeps none of the others from hearing',
    async ({ registry }) => {
      const heard: string[] = []
      const first = registry.watch?.(() => {
        heard.push('first')
        first?.close()
      })
      registry.watch?.(() => heard.push('second'))
      await registry.createPartner({ id: 'acme' })
      await eventually(() => heard.includes('first') && heard.includes('second'), 'both hear')
    },
  ],
  [
    'shared-see',
    'what one registry writes the other sees within a second: keys, partners, rules and denials',
    async ({ registry, another }) => {
      const other = await another()
      const { record } = await partnerWithKey(registry)
      await eventually(async () => (await found(other, record.id)) !== undefined, 'a new key')
      await registry.revokeKey(record.id)
      await eventually(async () => (await found(other, record.id))?.status === 'revoked', 'a revocation')
      await registry.updatePartner('acme', { rules: [{ kind: 'public-key', value: hex(1) }] })
      await eventually(async () => (await named(other, { publicKey: hex(1) })) === 'acme', 'a rule')
      await registry.suspendPartner('acme')
      await eventually(
        async () => (await other.findKey(record.id, SIGNAL))?.partner.status === 'suspended',
        'a suspension',
      )
      await registry.denyCertificate({ publicKey: hex(2) })
      await eventually(async () => (await other.denied?.(namesOf({ publicKey: hex(2) }), SIGNAL)) === true, 'a denial')
      await registry.deletePartner('acme')
      await eventually(async () => (await found(other, record.id)) === undefined, 'a deletion')
    },
    shared,
  ],
  [
    'shared-watch',
    'a watcher is told of another registry’s changes within a second',
    async ({ registry, another }) => {
      const { record } = await partnerWithKey(registry)
      const other = await another()
      const changes: RegistryChange[] = []
      other.watch?.((change) => changes.push(change))
      // Whoever subscribes over a network needs a moment to be heard.
      await new Promise((resolve) => setTimeout(resolve, 200))
      for (const [act, change] of [
        [() => registry.revokeKey(record.id), { keyId: record.id }],
        [() => registry.suspendPartner('acme'), { partnerId: 'acme' }],
        [() => registry.denyCertificate({ publicKey: hex(1) }), 'everything'],
      ] as const) {
        changes.length = 0
        await act()
        await eventually(() => tells(changes, change), `${JSON.stringify(change)} is told`)
      }
    },
    shared,
  ],
  [
    'shared-operate',
    'an operation begins with what another registry acknowledged a moment ago',
    async ({ registry, another }) => {
      const other = await another()
      await registry.createPartner({ id: 'acme' })
      const { record } = await other.issueKey({ partnerId: 'acme' })
      await registry.revokeKey(record.id)
      await assertRejects(other.restoreKey(record.id), 'key-revoked', 'the revocation is seen')
      await other.deletePartner('acme')
      await assertRejects(registry.issueKey({ partnerId: 'acme' }), 'partner-unknown', 'the deletion is seen')
    },
    shared,
  ],
  [
    'shared-rotate-race',
    'of two registries that rotate the same key at once, one succeeds',
    async ({ registry, another, clock }) => {
      const other = await another()
      await partner(registry)
      for (let round = 0; round < 10; round++) {
        const { record } = await registry.issueKey({ partnerId: 'acme' })
        const overlapUntil = new Date(clock().getTime() + DAY)
        const outcomes = await Promise.allSettled([
          registry.rotateKey(record.id, { overlapUntil }),
          other.rotateKey(record.id, { overlapUntil }),
        ])
        assertEqual(outcomes.filter(({ status }) => status === 'fulfilled').length, 1, 'one of two')
      }
      assertEqual((await allOf((page) => registry.listKeys({}, page))).length, 20, 'each key has one successor')
    },
    { ...shared, timeoutSeconds: 30 },
  ],
  [
    'shared-update-race',
    'two registries that change one partner at once lose no change',
    async ({ registry, another }) => {
      const other = await another()
      await registry.createPartner({ id: 'acme' })
      for (let round = 0; round < 10; round++) {
        await Promise.all([
          registry.updatePartner('acme', { contact: `${round}` }),
          other.updatePartner('acme', { scopes: [`s${round}`] }),
        ])
        const kept = await registry.getPartner('acme')
        assertEqual([kept?.contact, kept?.scopes], [`${round}`, [`s${round}`]], 'both are there')
      }
    },
    { ...shared, timeoutSeconds: 30 },
  ],
  [
    'shared-write-race',
    'two registries that write at once lose nothing, and share one trail',
    async ({ registry, another }) => {
      const other = await another()
      await partner(registry)
      await inParallel(100, 20, async (n) => {
        const { record } = await (n % 2 ? registry : other).issueKey({ partnerId: 'acme' })
        await (n % 2 ? other : registry).addUses([
          { keyId: record.id, uses: 1, lastUsedAt: '2031-05-05T12:00:00.000Z' },
        ])
      })
      const keys = await allOf((page) => registry.listKeys({}, page))
      assertEqual(keys.length, 100, 'all keys')
      for (const { id } of keys) assertEqual((await other.getUse(id))?.uses, 1, 'all uses')
      const records = await allOf((page) => other.listAudit({}, page))
      assertEqual(records.length, 101, 'all audit records')
      assertTrue(
        records.every(({ id }, n) => n === 0 || (records[n - 1]?.id ?? '') < id),
        'in one order',
      )
    },
    { ...shared, timeoutSeconds: 60 },
  ],
  [
    'durable',
    'everything is there after all was closed and opened again',
    async ({ registry, reopen, clock }) => {
      const { record } = await partnerWithKey(registry)
      const next = await registry.rotateKey(record.id, { overlapUntil: new Date(clock().getTime() + DAY) })
      await registry.updatePartner('acme', {
        rules: [{ kind: 'san-uri', value: 'spiffe://x/y', anchor: 'a' }],
        metadata: { tier: 1 },
      })
      await registry.denyCertificate({ publicKey: hex(1) })
      await registry.addUses([{ keyId: record.id, uses: 4, lastUsedAt: '2031-05-05T12:00:00.000Z' }])
      const before = [
        await registry.listPartners(),
        await registry.listKeys({}),
        await registry.listDenials(),
        await registry.listAudit({}),
        await registry.getUse(record.id),
      ]
      const again = await reopen()
      assertEqual(
        [
          await again.listPartners(),
          await again.listKeys({}),
          await again.listDenials(),
          await again.listAudit({}),
          await again.getUse(record.id),
        ],
        before,
        'the same records',
      )
      assertEqual((await found(again, next.record.id))?.id, next.record.id, 'keys are found')
      assertEqual(await named(again, { uri: ['spiffe://x/y'], anchor: 'a' }), 'acme', 'certificates name their partner')
      await again.revokeKey(next.record.id)
      const trail = await again.listAudit({})
      assertEqual(trail.items.length, 6, 'and the trail goes on')
    },
    { needs: ['durable'] },
  ],
  [
    'close',
    'a registry can be closed twice',
    async ({ registry }) => {
      await registry.createPartner({ id: 'acme' })
      await registry.close()
      await registry.close()
    },
  ],
  [
    'aborted',
    'a look-up whose signal is already aborted comes to an end',
    async ({ registry }) => {
      const { record } = await partnerWithKey(registry)
      const signal = AbortSignal.abort()
      const ends = async (ask: () => unknown): Promise<void> => {
        await Promise.race([
          (async () => ask())().catch(() => undefined),
          new Promise((_, reject) =>
            setTimeout(
              () => reject(new ConformanceFailure('it ends', 'an answer or a rejection', 'neither')),
              2000,
            ).unref(),
          ),
        ])
      }
      await ends(() => registry.findKey(record.id, signal))
      await ends(() => registry.findPartner(namesOf(), signal))
      await ends(() => registry.denied?.(namesOf(), signal))
      assertEqual((await found(registry, record.id))?.id, record.id, 'and the next one is answered')
    },
  ],
  [
    'outage-reads',
    'while the store is away every look-up fails, and none says "there is none"; afterwards all are answered',
    async ({ registry, interrupt, restore }) => {
      const { record } = await partnerWithKey(registry)
      await registry.denyCertificate({ publicKey: hex(1) })
      await interrupt()
      const signal = AbortSignal.timeout(1000)
      await assertFails(() => registry.findKey(record.id, signal), 'findKey of a known key fails')
      await assertFails(
        () => registry.findKey('unknown00000', AbortSignal.timeout(1000)),
        'findKey of an unknown key fails',
      )
      await assertFails(() => registry.findPartner(namesOf(), AbortSignal.timeout(1000)), 'findPartner fails')
      await assertFails(() => registry.denied?.(namesOf(), AbortSignal.timeout(1000)), 'denied fails')
      await restore()
      await eventually(
        async () => {
          try {
            return (await found(registry, record.id))?.id === record.id
          } catch {
            return false
          }
        },
        'it recovers within 3 s',
        3000,
      )
      assertEqual(await registry.denied?.(namesOf({ publicKey: hex(1) }), SIGNAL), true, 'denials too')
    },
    { needs: ['outage'], timeoutSeconds: 30 },
  ],
  [
    'outage-writes',
    'a change that fails for want of the store was done whole or not at all',
    async ({ registry, interrupt, restore }) => {
      const { record } = await partnerWithKey(registry)
      await interrupt()
      const outcome = await Promise.race([
        registry.revokeKey(record.id).then(
          () => 'done',
          () => 'failed',
        ),
        new Promise((resolve) => setTimeout(() => resolve('waiting'), 3000).unref()),
      ])
      await restore()
      await eventually(
        async () => {
          try {
            const revoked = (await found(registry, record.id))?.status === 'revoked'
            const told = (await registry.listAudit({ keyId: record.id })).items.some(
              ({ action }) => action === 'key-revoked',
            )
            if (revoked !== told) throw new ConformanceFailure('record and trail agree', revoked, told)
            return outcome !== 'done' || revoked
          } catch (error) {
            if (error instanceof ConformanceFailure) throw error
            return false
          }
        },
        'it recovers within 3 s, and what was acknowledged is done',
        3000,
      )
    },
    { needs: ['outage'], timeoutSeconds: 30 },
  ],
  [
    'outage-watch',
    'after an outage a watcher is told "everything", for it may have missed something',
    async ({ registry, interrupt, restore }) => {
      await partner(registry)
      const changes: RegistryChange[] = []
      registry.watch?.((change) => changes.push(change))
      await new Promise((resolve) => setTimeout(resolve, 200))
      await interrupt()
      await new Promise((resolve) => setTimeout(resolve, 200))
      changes.length = 0
      await restore()
      await eventually(() => changes.includes('everything'), 'it is told within 5 s', 5000)
    },
    { needs: ['outage'], timeoutSeconds: 30 },
  ],
])
