/** Partners: what is kept of them, under one writer and under many. @module */
import type { NewPartner } from '@countersign/core/registry'
import { assertEqual, assertTrue } from '../case/assert.ts'
import { casesFrom, type RegistryCase } from './registry-case.ts'
import {
  allOf,
  assertRejects,
  assertRejectsType,
  found,
  hex,
  inParallel,
  partner,
  partnerWithKey,
  SIGNAL,
} from './registry-steps.ts'

const FULL: NewPartner = {
  id: 'acme',
  rules: [{ kind: 'san-dns', value: 'client.acme.example', anchor: 'partners' }],
  scopes: ['orders:read'],
  certificateScopes: ['health:read'],
  metadata: { name: 'Acme', tier: 3, nested: { list: [1, 'two', null, true] } },
  contact: 'ops@acme.example',
}

export const partnerCases: readonly RegistryCase[] = casesFrom('docs/registries.md#partners', [
  [
    'partner-create',
    'a partner is read back as it was created',
    async ({ registry }) => {
      const created = await registry.createPartner(FULL)
      assertEqual(created, { ...FULL, status: 'active' }, 'createPartner returns the partner')
      assertEqual(await registry.getPartner('acme'), created, 'getPartner returns the same')
      assertEqual(await registry.getPartner('other'), undefined, 'an unknown partner is undefined')
    },
  ],
  [
    'partner-create-twice',
    'an id is given once',
    async ({ registry }) => {
      await registry.createPartner(FULL)
      await assertRejects(registry.createPartner({ id: 'acme' }), 'partner-exists', 'the second is refused')
      assertEqual((await registry.getPartner('acme'))?.contact, FULL.contact, 'the first is untouched')
    },
  ],
  [
    'partner-create-race',
    'of many who create the same partner at once, one succeeds',
    async ({ registry }) => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) => registry.createPartner({ id: 'acme', contact: `${n}` })),
      )
      const won = outcomes.filter((outcome) => outcome.status === 'fulfilled')
      assertEqual(won.length, 1, 'one of twenty succeeds')
      assertEqual((await registry.getPartner('acme'))?.contact, won[0]?.value.contact, 'and is what is kept')
      assertEqual((await registry.listAudit({})).items.length, 1, 'one audit record')
    },
  ],
  [
    'partner-id-form',
    'an id that is not of the form is refused before anything is written',
    async ({ registry }) => {
      for (const id of ['', ' acme', 'a b', 'a\nb', 'a\u0000b', 'аcme', 'é', '-acme', 'a/b', 'x'.repeat(129)]) {
        await assertRejectsType(() => registry.createPartner({ id }), `the id ${JSON.stringify(id)} is refused`)
      }
      assertEqual((await registry.listPartners()).items, [], 'nothing was written')
    },
  ],
  [
    'partner-data-form',
    'rules, scopes, metadata and members that are not of their form are refused',
    async ({ registry }) => {
      const wrong = [
        { scopes: ['a b'] },
        { scopes: ['é'] },
        { scopes: [''] },
        { scopes: 'all' },
        { certificateScopes: ['"'] },
        { rules: [{ kind: 'cn', value: 'x' }] },
        { rules: [{ kind: 'san-dns', value: '*.acme.example' }] },
        { rules: [{ kind: 'san-dns', value: '' }] },
        { rules: [{ kind: 'san-ip', value: '10.0.0.0/8' }] },
        { rules: [{ kind: 'public-key', value: 'SHA256:00' }] },
        { rules: [{ kind: 'certificate', value: 'ab'.repeat(20) }] },
        { rules: [{ kind: 'san-uri', value: 'spiffe://x/y', notAfter: '2031-01-01' }] },
        { rules: [{ kind: 'san-uri', value: 'spiffe://x/y', extra: true }] },
        { metadata: [] },
        { metadata: { big: 'x'.repeat(20_000) } },
        { contact: 'x'.repeat(300) },
        { name: 'Acme' },
      ]
      for (const data of wrong) {
        await assertRejectsType(
          () => registry.createPartner({ id: 'acme', ...(data as object) }),
          `${JSON.stringify(data).slice(0, 80)} is refused`,
        )
      }
      assertEqual(await registry.getPartner('acme'), undefined, 'nothing was written')
    },
  ],
  [
    'partner-unicode',
    'text comes back code unit by code unit, whatever the script',
    async ({ registry }) => {
      const texts = [
        'Ácme',
        'A\u0301cme',
        '株式会社',
        'שלום',
        '🙂👩‍👩‍👧',
        'a\u202eb',
        '\u0000',
        '\ud800',
        'it\'s "quoted" \\ % _ $1',
        '\u2028',
      ]
      const metadata = Object.fromEntries(texts.map((text, n) => [`${n}${text}`, text]))
      await registry.createPartner({ id: 'acme', metadata, contact: texts.slice(0, 5).join(' ') })
      const kept = await registry.getPartner('acme')
      assertEqual(kept?.metadata, metadata, 'metadata is the same')
      assertEqual(kept?.contact, texts.slice(0, 5).join(' '), 'contact is the same')
    },
  ],
  [
    'partner-metadata-own',
    'what the caller changes afterwards in its own objects changes nothing, nor what it changes in an answer',
    async ({ registry }) => {
      const metadata: Record<string, unknown> = { tier: 1 }
      const scopes = ['orders:read']
      await registry.createPartner({ id: 'acme', metadata, scopes })
      metadata.tier = 2
      scopes.push('admin')
      const answer = await registry.getPartner('acme')
      try {
        ;(answer as unknown as { scopes: string[] }).scopes.push('admin')
      } catch {
        // Frozen is as good.
      }
      const kept = await registry.getPartner('acme')
      assertEqual(kept?.metadata, { tier: 1 }, 'metadata is as it was given')
      assertEqual(kept?.scopes, ['orders:read'], 'scopes are as they were given')
    },
  ],
  [
    'partner-update',
    'an update replaces the members that it names, and no others',
    async ({ registry }) => {
      await registry.createPartner(FULL)
      const updated = await registry.updatePartner('acme', { scopes: ['orders:write'], metadata: { tier: 4 } })
      assertEqual(
        updated,
        { ...FULL, status: 'active', scopes: ['orders:write'], metadata: { tier: 4 } },
        'the new state is returned',
      )
      assertEqual(await registry.getPartner('acme'), updated, 'and kept')
      await assertRejects(registry.updatePartner('other', {}), 'partner-unknown', 'an unknown partner is refused')
      await assertRejectsType(
        () => registry.updatePartner('acme', { status: 'active' } as object),
        'status is not updated but suspended',
      )
    },
  ],
  [
    'partner-update-race',
    'two who change different members at once both succeed',
    async ({ registry }) => {
      await registry.createPartner({ id: 'acme' })
      await Promise.all([
        registry.updatePartner('acme', { contact: 'ops@acme.example' }),
        registry.updatePartner('acme', { scopes: ['orders:read'] }),
        registry.updatePartner('acme', { metadata: { tier: 1 } }),
        registry.suspendPartner('acme'),
      ])
      assertEqual(
        await registry.getPartner('acme'),
        {
          id: 'acme',
          status: 'suspended',
          rules: [],
          scopes: ['orders:read'],
          metadata: { tier: 1 },
          contact: 'ops@acme.example',
        },
        'no change is lost',
      )
      assertEqual((await registry.listAudit({})).items.length, 5, 'each has its audit record')
    },
  ],
  [
    'partner-suspend',
    'a suspension shows in the snapshot of every key, and ends with the restoration',
    async ({ registry }) => {
      const one = await partnerWithKey(registry)
      const two = await registry.issueKey({ partnerId: 'acme' })
      await registry.suspendPartner('acme')
      for (const { record } of [one, two]) {
        const snapshot = await registry.findKey(record.id, SIGNAL)
        assertEqual(snapshot?.partner.status, 'suspended', 'the partner of the snapshot is suspended')
        assertEqual(snapshot?.key.status, 'active', 'the key is untouched')
      }
      await registry.restorePartner('acme')
      assertEqual((await registry.findKey(one.record.id, SIGNAL))?.partner.status, 'active', 'and active again')
      await assertRejects(registry.suspendPartner('other'), 'partner-unknown', 'an unknown partner is refused')
    },
  ],
  [
    'partner-delete',
    'with a partner go its keys and rules, and nobody else’s',
    async ({ registry }) => {
      const rules = [{ kind: 'public-key', value: hex(1) }] as const
      await partner(registry, 'acme', rules)
      const gone = await registry.issueKey({ partnerId: 'acme' })
      const kept = await partnerWithKey(registry, 'other')
      await registry.deletePartner('acme')
      assertEqual(await found(registry, gone.record.id), undefined, 'its key is unknown')
      assertEqual(await registry.getKey(gone.record.id), undefined, 'to the operator, too')
      assertEqual((await registry.listKeys({ partnerId: 'acme' })).items, [], 'none is listed')
      assertEqual((await found(registry, kept.record.id))?.id, kept.record.id, 'the other partner’s key is there')
      await assertRejects(registry.deletePartner('acme'), 'partner-unknown', 'it cannot be deleted twice')
      await assertRejects(registry.issueKey({ partnerId: 'acme' }), 'partner-unknown', 'no key can be issued to it')
    },
  ],
  [
    'partner-recreate',
    'a partner that is created again begins with nothing of the one before',
    async ({ registry }) => {
      const { record } = await partnerWithKey(registry)
      await registry.addUses([{ keyId: record.id, uses: 1, lastUsedAt: '2031-05-05T12:00:00.000Z' }])
      await registry.deletePartner('acme')
      await registry.createPartner({ id: 'acme' })
      assertEqual(await found(registry, record.id), undefined, 'the old key stays gone')
      assertEqual(await registry.getUse(record.id), undefined, 'and so do its uses')
      assertEqual((await registry.listKeys({ partnerId: 'acme' })).items, [], 'it has no key')
    },
  ],
  [
    'partner-delete-race',
    'no key survives the deletion of its partner, however the two cross',
    async ({ registry }) => {
      for (let round = 0; round < 10; round++) {
        await registry.createPartner({ id: 'acme' })
        const issued = Promise.allSettled(Array.from({ length: 5 }, () => registry.issueKey({ partnerId: 'acme' })))
        await registry.deletePartner('acme')
        for (const outcome of await issued) {
          if (outcome.status === 'fulfilled') {
            assertEqual(await found(registry, outcome.value.record.id), undefined, 'a key issued meanwhile is gone')
          }
        }
        assertEqual((await registry.listKeys({})).items, [], 'no key is left')
      }
    },
  ],
  [
    'partner-list',
    'partners are listed by id in order of code units, a page at a time',
    async ({ registry }) => {
      const ids = ['b', 'a', 'B', 'a-b', 'a.b', 'a_b', 'ab', 'Z', '10', '9', 'a:b', 'a~b', 'a@b']
      for (const id of ids) await registry.createPartner({ id })
      const sorted = [...ids].sort((x, y) => (x < y ? -1 : 1))
      for (const limit of [1, 4, 13, 1000]) {
        const listed = await allOf((page) => registry.listPartners(page), limit)
        assertEqual(
          listed.map(({ id }) => id),
          sorted,
          `in pages of ${limit}`,
        )
      }
      const exact = await registry.listPartners({ limit: 13 })
      assertEqual(exact.next, undefined, 'the last page names none after it')
      assertEqual((await registry.listPartners({ after: 'zzz' })).items, [], 'after the last there is none')
    },
  ],
  [
    'page-limits',
    'a page is of 1 to 1000',
    async ({ registry }) => {
      for (const limit of [0, -1, 1.5, 1001, Number.NaN, Number.POSITIVE_INFINITY]) {
        await assertRejectsType(() => registry.listPartners({ limit }), `${limit} is refused`)
        await assertRejectsType(() => registry.listKeys({}, { limit }), `${limit} is refused`)
        await assertRejectsType(() => registry.listAudit({}, { limit }), `${limit} is refused`)
      }
    },
  ],
  [
    'page-stable',
    'what stays is listed once, while others come and go between pages',
    async ({ registry }) => {
      for (let n = 10; n < 40; n++) await registry.createPartner({ id: `p${n}` })
      const listed: string[] = []
      let after: string | undefined
      for (let turn = 0; ; turn++) {
        const page = await registry.listPartners(after === undefined ? { limit: 5 } : { after, limit: 5 })
        listed.push(...page.items.map(({ id }) => id))
        if (page.next === undefined) break
        after = page.next
        if (turn === 0) await registry.deletePartner(after)
        if (turn === 1) await registry.createPartner({ id: 'p05' })
      }
      assertEqual(
        listed,
        Array.from({ length: 30 }, (_, n) => `p${n + 10}`),
        'each once, in order',
      )
    },
  ],
  [
    'many',
    'a thousand partners with ten keys each are kept, found and listed',
    async ({ registry }) => {
      const keys = new Map<string, string>()
      await inParallel(1000, 50, async (n) => {
        const id = `partner-${n}`
        await registry.createPartner({ id, rules: [{ kind: 'san-uri', value: `spiffe://example.org/${n}` }] })
        for (let at = 0; at < 10; at++) keys.set((await registry.issueKey({ partnerId: id })).record.id, id)
      })
      assertEqual(keys.size, 10_000, 'ten thousand ids')
      const partners = await allOf((page) => registry.listPartners(page))
      assertEqual(partners.length, 1000, 'all partners are listed')
      const listed = await allOf((page) => registry.listKeys({}, page))
      assertEqual(listed.length, 10_000, 'all keys are listed')
      assertTrue(
        listed.every((key, n) => n === 0 || (listed[n - 1]?.id ?? '') < key.id),
        'in order, none twice',
      )
      assertTrue(
        listed.every((key) => keys.get(key.id) === key.partnerId),
        'each with its partner',
      )
      assertEqual(
        (await allOf((page) => registry.listKeys({ partnerId: 'partner-7' }, page), 3)).length,
        10,
        'ten of one partner',
      )
      await inParallel(listed.length, 50, async (n) => {
        const { id, partnerId } = listed[n] as (typeof listed)[number]
        const snapshot = await registry.findKey(id, SIGNAL)
        assertEqual([snapshot?.key.id, snapshot?.partner.id], [id, partnerId], 'each is found with its partner')
      })
    },
    { needs: ['scale'], timeoutSeconds: 120 },
  ],
])
