/** Rules and denials: which partner a certificate names, and which certificate nobody may use. @module */
import type { CertificateNames, CertificateRule } from '@countersign/core/registry'
import { assertEqual } from '../case/assert.ts'
import { casesFrom, type RegistryCase } from './registry-case.ts'
import { assertRejectsType, DAY, hex, named, namesOf, partner, SIGNAL } from './registry-steps.ts'

/** For each kind a rule, a certificate that meets it, and ones that nearly do. */
const KINDS: readonly (readonly [
  CertificateRule['kind'],
  string,
  Partial<CertificateNames>,
  readonly Partial<CertificateNames>[],
])[] = [
  ['subject-dn', '300d310b3009', { subject: '300d310b3009' }, [{ subject: '300d310b30' }, { issuer: '300d310b3009' }]],
  [
    'san-dns',
    'client.acme.example',
    { dns: ['other.example', 'client.acme.example'] },
    [
      { dns: ['Client.acme.example'] },
      { dns: ['client.acme.example.'] },
      { dns: ['*.acme.example'] },
      { dns: ['acme.example'] },
      { uri: ['client.acme.example'] },
      { email: ['client.acme.example'] },
    ],
  ],
  [
    'san-uri',
    'spiffe://acme.example/client',
    { uri: ['spiffe://acme.example/client'] },
    [
      { uri: ['spiffe://acme.example/client/'] },
      { uri: ['SPIFFE://acme.example/client'] },
      { uri: ['spiffe://acme.example/clien%74'] },
      { dns: ['spiffe://acme.example/client'] },
    ],
  ],
  [
    'san-ip',
    '192.0.2.7',
    { ip: ['192.0.2.7'] },
    [{ ip: ['192.0.2.70'] }, { dns: ['192.0.2.7'] }, { ip: ['::ffff:c000:207'] }],
  ],
  ['san-ip', '2001:db8:0:0:0:0:0:1', { ip: ['2001:db8::1'] }, [{ ip: ['2001:db8::2'] }]],
  [
    'san-email',
    'ops@acme.example',
    { email: ['ops@acme.example'] },
    [{ email: ['OPS@acme.example'] }, { dns: ['ops@acme.example'] }],
  ],
  [
    'public-key',
    hex(0xab).toUpperCase(),
    { publicKey: hex(0xab) },
    [{ certificate: hex(0xab) }, { publicKey: hex(0xac) }],
  ],
  ['certificate', hex(0xcd), { certificate: hex(0xcd) }, [{ publicKey: hex(0xcd) }, { certificate: hex(0xce) }]],
]

export const ruleCases: readonly RegistryCase[] = casesFrom('RFC 8705 §2.1.2; docs/registries.md#rules', [
  ...KINDS.map(
    ([kind, value, meets, misses], n) =>
      [
        `rule-kind-${n + 1}`,
        `a rule of kind ${kind} is met by exactly its value (${value.slice(0, 24)})`,
        async ({ registry }: Parameters<RegistryCase['run']>[0]) => {
          await partner(registry, 'acme', [{ kind, value }])
          await partner(registry, 'other', [{ kind: 'public-key', value: hex(0xff) }])
          assertEqual(await named(registry, meets), 'acme', 'it is met')
          for (const near of misses)
            assertEqual(await named(registry, near), undefined, `not by ${JSON.stringify(near)}`)
        },
      ] as const,
  ),
  [
    'rule-wildcard',
    'a wildcard in a certificate meets no rule',
    async ({ registry }) => {
      await partner(registry, 'acme', [{ kind: 'san-dns', value: 'client.acme.example' }])
      for (const dns of ['*.acme.example', '*', '*.*', 'client.*.example', 'cl*.acme.example']) {
        assertEqual(await named(registry, { dns: [dns] }), undefined, `${dns} names nobody`)
      }
    },
  ],
  [
    'rule-anchor',
    'a name counts only under the anchor that its rule names',
    async ({ registry }) => {
      await partner(registry, 'acme', [{ kind: 'san-dns', value: 'client.acme.example', anchor: 'partners' }])
      const dns = ['client.acme.example']
      assertEqual(await named(registry, { dns, anchor: 'partners', onlyAnchor: false }), 'acme', 'under its anchor')
      assertEqual(await named(registry, { dns, anchor: 'partners' }), 'acme', 'also if it is the only one')
      for (const anchor of ['Partners', 'other', '', undefined]) {
        assertEqual(await named(registry, { dns, anchor, onlyAnchor: false }), undefined, `not under ${anchor}`)
        assertEqual(await named(registry, { dns, anchor, onlyAnchor: true }), undefined, `not under ${anchor} alone`)
      }
    },
  ],
  [
    'rule-no-anchor',
    'a name rule without an anchor counts only where one anchor alone is trusted; a digest counts everywhere',
    async ({ registry }) => {
      await partner(registry, 'acme', [{ kind: 'san-dns', value: 'client.acme.example' }])
      await partner(registry, 'pinned', [{ kind: 'public-key', value: hex(9) }])
      const dns = ['client.acme.example']
      assertEqual(await named(registry, { dns, onlyAnchor: true, anchor: 'partners' }), 'acme', 'one anchor')
      assertEqual(await named(registry, { dns, onlyAnchor: false, anchor: 'partners' }), undefined, 'several anchors')
      assertEqual(
        await named(registry, { publicKey: hex(9), onlyAnchor: false, anchor: 'partners' }),
        'pinned',
        'a digest',
      )
    },
  ],
  [
    'rule-dates',
    'a rule is live from notBefore to notAfter, both included',
    async ({ registry, clock }) => {
      const start = clock().getTime() + DAY
      await partner(registry, 'acme', [
        {
          kind: 'public-key',
          value: hex(1),
          notBefore: new Date(start).toISOString(),
          notAfter: new Date(start + DAY).toISOString(),
        },
      ])
      for (const [at, expected] of [
        [start - 1, undefined],
        [start, 'acme'],
        [start + DAY, 'acme'],
        [start + DAY + 1, undefined],
      ] as const) {
        clock.set(new Date(at))
        assertEqual(await named(registry, { publicKey: hex(1) }), expected, `at ${new Date(at).toISOString()}`)
      }
    },
  ],
  [
    'rule-zones',
    'an instant with an offset is the same instant',
    async ({ registry, clock }) => {
      clock.set(new Date('2031-06-01T12:00:00Z'))
      await partner(registry, 'acme', [{ kind: 'public-key', value: hex(1), notBefore: '2031-06-01T14:00:00+02:00' }])
      assertEqual(await named(registry, { publicKey: hex(1) }), 'acme', 'at that instant')
      clock.set(new Date('2031-06-01T11:59:59Z'))
      assertEqual(await named(registry, { publicKey: hex(1) }), undefined, 'not before')
    },
  ],
  [
    'rule-ambiguous',
    'a certificate that meets live rules of two partners names neither',
    async ({ registry, clock }) => {
      await partner(registry, 'acme', [{ kind: 'public-key', value: hex(1) }])
      await partner(registry, 'other', [{ kind: 'san-dns', value: 'client.example' }])
      const both = { publicKey: hex(1), dns: ['client.example'] }
      assertEqual(await named(registry, both), 'ambiguous', 'by different rules')
      await partner(registry, 'third', [{ kind: 'public-key', value: hex(1) }])
      assertEqual(await named(registry, { publicKey: hex(1) }), 'ambiguous', 'by the same rule')
      await registry.suspendPartner('third')
      assertEqual(await named(registry, { publicKey: hex(1) }), 'ambiguous', 'also if one of them is suspended')
      await registry.deletePartner('third')
      assertEqual(await named(registry, { publicKey: hex(1) }), 'acme', 'not once it is deleted')
      await registry.updatePartner('other', {
        rules: [{ kind: 'san-dns', value: 'client.example', notAfter: clock().toISOString() }],
      })
      clock.advance({ seconds: 1 })
      assertEqual(await named(registry, both), 'acme', 'nor once the other rule has ended')
    },
  ],
  [
    'rule-several',
    'a certificate that meets several rules of one partner names it',
    async ({ registry }) => {
      await partner(registry, 'acme', [
        { kind: 'public-key', value: hex(1) },
        { kind: 'san-dns', value: 'a.example' },
        { kind: 'san-dns', value: 'b.example' },
      ])
      assertEqual(await named(registry, { publicKey: hex(1), dns: ['a.example', 'b.example'] }), 'acme', 'one partner')
    },
  ],
  [
    'rule-replaced',
    'a rule that was replaced names nobody from then on',
    async ({ registry }) => {
      await partner(registry, 'acme', [{ kind: 'public-key', value: hex(1) }])
      await registry.updatePartner('acme', { rules: [{ kind: 'public-key', value: hex(2) }] })
      assertEqual(await named(registry, { publicKey: hex(1) }), undefined, 'the old one')
      assertEqual(await named(registry, { publicKey: hex(2) }), 'acme', 'the new one')
      await registry.updatePartner('acme', { rules: [] })
      assertEqual(await named(registry, { publicKey: hex(2) }), undefined, 'none is left')
    },
  ],
  [
    'rule-suspended',
    'a suspended partner is named, and its status says so',
    async ({ registry }) => {
      await partner(registry, 'acme', [{ kind: 'public-key', value: hex(1) }])
      await registry.suspendPartner('acme')
      const answer = await registry.findPartner(namesOf({ publicKey: hex(1) }), SIGNAL)
      assertEqual(
        typeof answer === 'object' && [answer.id, answer.status],
        ['acme', 'suspended'],
        'policy decides, not the registry',
      )
    },
  ],
  [
    'rule-many-names',
    'a certificate with hundreds of names is answered for',
    async ({ registry }) => {
      await partner(registry, 'acme', [{ kind: 'san-dns', value: 'n499.example' }])
      const dns = Array.from({ length: 500 }, (_, n) => `n${n}.example`)
      assertEqual(await named(registry, { dns }), 'acme', 'the last name counts like the first')
      assertEqual(await named(registry, { dns: dns.slice(0, 499) }), undefined, 'and without it none')
    },
  ],
  [
    'rule-separators',
    'values that hold separators, quotes or another kind’s name are values and nothing more',
    async ({ registry }) => {
      const values = [
        'urn:san-dns:client.example',
        `urn:'";--`,
        'urn:a\\b',
        'urn:%27%00',
        'urn:{}[]*?',
        `urn:${'x'.repeat(4000)}`,
      ]
      for (const [n, value] of values.entries()) await partner(registry, `p${n}`, [{ kind: 'san-uri', value }])
      for (const [n, value] of values.entries())
        assertEqual(await named(registry, { uri: [value] }), `p${n}`, value.slice(0, 40))
      assertEqual(await named(registry, { dns: ['client.example'] }), undefined, 'no other kind is met')
    },
  ],
  [
    'deny-serial',
    'a certificate is denied by issuer and serial number together',
    async ({ registry }) => {
      const denial = { issuer: '300d310b', serialNumber: '00ff' }
      assertEqual(await registry.denied?.(namesOf(denial), SIGNAL), false, 'not before')
      await registry.denyCertificate(denial)
      assertEqual(await registry.denied?.(namesOf(denial), SIGNAL), true, 'denied')
      for (const other of [
        { issuer: '300d310c' },
        { serialNumber: '01' },
        { serialNumber: 'ff' },
        { serialNumber: '00ff00' },
      ]) {
        assertEqual(
          await registry.denied?.(namesOf({ ...denial, ...other }), SIGNAL),
          false,
          `not ${JSON.stringify(other)}`,
        )
      }
    },
  ],
  [
    'deny-public-key',
    'a public key is denied in every certificate',
    async ({ registry }) => {
      await registry.denyCertificate({ publicKey: hex(0xab).toUpperCase() })
      for (const more of [{}, { serialNumber: '07' }, { issuer: '3001' }, { certificate: hex(1) }]) {
        assertEqual(
          await registry.denied?.(namesOf({ publicKey: hex(0xab), ...more }), SIGNAL),
          true,
          JSON.stringify(more),
        )
      }
      assertEqual(await registry.denied?.(namesOf({ publicKey: hex(0xac) }), SIGNAL), false, 'another key is not')
      assertEqual(
        await registry.denied?.(namesOf({ certificate: hex(0xab) }), SIGNAL),
        false,
        'nor a certificate of that digest',
      )
    },
  ],
  [
    'deny-allow',
    'a denial that is withdrawn is gone, and both may be said twice',
    async ({ registry }) => {
      const denial = { publicKey: hex(1) }
      const other = { issuer: '3000', serialNumber: '07' }
      await registry.denyCertificate(denial)
      await registry.denyCertificate(denial)
      await registry.denyCertificate(other)
      assertEqual((await registry.listDenials()).length, 2, 'each once')
      await registry.allowCertificate(denial)
      await registry.allowCertificate(denial)
      assertEqual(await registry.listDenials(), [other], 'the other stays')
      assertEqual(await registry.denied?.(namesOf(denial), SIGNAL), false, 'not denied any more')
      for (const wrong of [{}, { publicKey: 'ab' }, { issuer: '3000' }, { issuer: 'zz', serialNumber: '01' }]) {
        await assertRejectsType(
          () => registry.denyCertificate(wrong as typeof denial),
          `${JSON.stringify(wrong)} is refused`,
        )
      }
    },
  ],
])
