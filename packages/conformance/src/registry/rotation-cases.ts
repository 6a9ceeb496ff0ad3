/** Rotation: a pair that changes without a gap, and without two truths. @module */
import { assertEqual, assertMatch, assertTrue } from '../case/assert.ts'
import { casesFrom, type RegistryCase } from './registry-case.ts'
import { assertRejects, assertRejectsType, DAY, found, hex, named, partner, partnerWithKey } from './registry-steps.ts'

export const rotationCases: readonly RegistryCase[] = casesFrom('docs/registries.md#rotation', [
  [
    'rotate',
    'the new key holds at once, the old one until the stated time',
    async ({ registry, clock }) => {
      const old = await partnerWithKey(registry)
      const until = new Date(clock().getTime() + 7 * DAY)
      const next = await registry.rotateKey(old.record.id, { overlapUntil: until })
      assertTrue(next.record.id !== old.record.id && next.key !== old.key, 'another key')
      assertEqual(await found(registry, next.record.id), next.record, 'the new one is there')
      assertEqual(next.record.status, 'active', 'and active')
      assertEqual(next.record.notBefore, undefined, 'from now on')
      assertEqual(
        await found(registry, old.record.id),
        { ...old.record, notAfter: until.toISOString(), replacedBy: next.record.id },
        'the old one ends, says by whom it was replaced, and is otherwise the same',
      )
    },
  ],
  [
    'rotate-own-end',
    'the overlap never lengthens the old key’s life',
    async ({ registry, clock }) => {
      await partner(registry)
      const notAfter = new Date(clock().getTime() + 2 * DAY)
      const { record } = await registry.issueKey({ partnerId: 'acme', notAfter })
      await registry.rotateKey(record.id, { overlapUntil: new Date(clock().getTime() + 30 * DAY) })
      assertEqual((await found(registry, record.id))?.notAfter, notAfter.toISOString(), 'its own end stays')
    },
  ],
  [
    'rotate-at-once',
    'an overlap that is over ends the old key now',
    async ({ registry, clock }) => {
      const { record } = await partnerWithKey(registry)
      const past = new Date(clock().getTime() - 1)
      await registry.rotateKey(record.id, { overlapUntil: past })
      assertEqual((await found(registry, record.id))?.notAfter, past.toISOString(), 'it has ended')
    },
  ],
  [
    'rotate-terms',
    'the new key has the scopes, binding and environment of the old one, and as long a life',
    async ({ registry, clock }) => {
      await partner(registry)
      const notAfter = new Date(clock().getTime() + 90 * DAY)
      const { record } = await registry.issueKey({
        partnerId: 'acme',
        scopes: ['orders:read'],
        binding: 'none',
        environment: 'test',
        notAfter,
      })
      clock.advance({ days: 80 })
      const next = await registry.rotateKey(record.id, { overlapUntil: new Date(clock().getTime() + DAY) })
      assertMatch(next.key, /^cs_test_/, 'environment')
      assertEqual([next.record.scopes, next.record.binding], [['orders:read'], 'none'], 'scopes and binding')
      assertEqual(next.record.notAfter, new Date(clock().getTime() + 90 * DAY).toISOString(), 'ninety days again')
      const last = new Date(clock().getTime() + 5 * DAY)
      const third = await registry.rotateKey(next.record.id, { overlapUntil: clock(), notAfter: last })
      assertEqual(third.record.notAfter, last.toISOString(), 'unless another end is given')
    },
  ],
  [
    'rotate-once',
    'a key is rotated once, its successor next',
    async ({ registry, clock }) => {
      let { record } = await partnerWithKey(registry)
      const first = record.id
      for (let n = 0; n < 5; n++) {
        const next = await registry.rotateKey(record.id, { overlapUntil: new Date(clock().getTime() + DAY) })
        await assertRejects(
          registry.rotateKey(record.id, { overlapUntil: clock() }),
          'key-already-rotated',
          'a second successor is refused',
        )
        record = next.record
      }
      let at: string | undefined = first
      let length = 0
      for (; at !== undefined; length++) at = (await found(registry, at))?.replacedBy
      assertEqual(length, 6, 'the chain leads from the first to the last')
    },
  ],
  [
    'rotate-race',
    'of many who rotate the same key at once, one succeeds',
    async ({ registry, clock }) => {
      for (let round = 0; round < 5; round++) {
        const { record } = await partnerWithKey(registry, `acme-${round}`)
        const outcomes = await Promise.allSettled(
          Array.from({ length: 20 }, () =>
            registry.rotateKey(record.id, { overlapUntil: new Date(clock().getTime() + DAY) }),
          ),
        )
        const won = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value.record.id : []))
        assertEqual(won.length, 1, 'one of twenty succeeds')
        assertEqual((await found(registry, record.id))?.replacedBy, won[0], 'and is the successor')
        assertEqual((await registry.listKeys({ partnerId: `acme-${round}` })).items.length, 2, 'there are two keys')
      }
    },
  ],
  [
    'rotate-revoke-race',
    'a revocation that crosses a rotation is not lost',
    async ({ registry, clock }) => {
      await partner(registry)
      for (let round = 0; round < 10; round++) {
        const { record } = await registry.issueKey({ partnerId: 'acme' })
        await Promise.allSettled([
          registry.rotateKey(record.id, { overlapUntil: new Date(clock().getTime() + DAY) }),
          registry.revokeKey(record.id),
        ])
        assertEqual((await found(registry, record.id))?.status, 'revoked', 'the old key is revoked')
      }
    },
  ],
  [
    'rotate-refused',
    'a revoked key has no successor; a suspended one has, and stays suspended',
    async ({ registry, clock }) => {
      const revoked = await partnerWithKey(registry)
      await registry.revokeKey(revoked.record.id)
      const overlapUntil = new Date(clock().getTime() + DAY)
      await assertRejects(registry.rotateKey(revoked.record.id, { overlapUntil }), 'key-revoked', 'revoked')
      await assertRejects(registry.rotateKey('unknown', { overlapUntil }), 'key-unknown', 'unknown')
      const { record } = await registry.issueKey({ partnerId: 'acme' })
      await registry.suspendKey(record.id, { cause: 'exposed' })
      const next = await registry.rotateKey(record.id, { overlapUntil })
      assertEqual(next.record.status, 'active', 'the successor is active')
      assertEqual((await found(registry, record.id))?.status, 'suspended', 'the old one is not')
      for (const rotation of [{}, { overlapUntil: '2031-01-01' }, { overlapUntil: new Date(Number.NaN) }]) {
        await assertRejectsType(
          () => registry.rotateKey(next.record.id, rotation as { overlapUntil: Date }),
          `${JSON.stringify(rotation)} is refused`,
        )
      }
    },
  ],
  [
    'rotate-certificate',
    'during the overlap of two rules both certificates name the partner, afterwards one',
    async ({ registry, clock }) => {
      const [old, next] = [hex(1), hex(2)]
      await partner(registry, 'acme', [{ kind: 'public-key', value: old }])
      const until = new Date(clock().getTime() + 7 * DAY).toISOString()
      await registry.updatePartner('acme', {
        rules: [
          { kind: 'public-key', value: old, notAfter: until },
          { kind: 'public-key', value: next, notBefore: clock().toISOString() },
        ],
      })
      assertEqual(
        [await named(registry, { publicKey: old }), await named(registry, { publicKey: next })],
        ['acme', 'acme'],
        'both',
      )
      clock.advance({ days: 7 })
      assertEqual(await named(registry, { publicKey: old }), 'acme', 'to the last millisecond')
      clock.set(new Date(clock().getTime() + 1))
      assertEqual(
        [await named(registry, { publicKey: old }), await named(registry, { publicKey: next })],
        [undefined, 'acme'],
        'then one',
      )
    },
  ],
  [
    'rotate-who-still',
    'who still uses the old key can be told',
    async ({ registry, clock }) => {
      const old = await partnerWithKey(registry)
      const next = await registry.rotateKey(old.record.id, { overlapUntil: new Date(clock().getTime() + DAY) })
      clock.advance({ hours: 1 })
      const lastUsedAt = clock().toISOString()
      await registry.addUses([{ keyId: old.record.id, uses: 3, lastUsedAt, lastCertificate: hex(5) }])
      assertEqual(
        await registry.getUse(old.record.id),
        { keyId: old.record.id, uses: 3, lastUsedAt, lastCertificate: hex(5) },
        'the old one was used after the rotation',
      )
      assertEqual(await registry.getUse(next.record.id), undefined, 'the new one never')
    },
  ],
])
