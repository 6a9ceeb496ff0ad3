/** Mistakes in options are found when the guard is made, and named. @module */
import { memoryRegistry } from '@countersign/core/registry'
import { forwarded, rfc9440 } from '@countersign/core/sources'
import { assertTrue, assertTypeError } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import type { Pki } from '../world/pki.ts'

type Options = Record<string, unknown>

const SOURCE = 'docs/conformance-coverage.md#keys-and-options (K100)'

const MISTAKES: readonly (readonly [
  name: string,
  what: string,
  word: string,
  make: (good: (more?: { certificate?: Options; key?: Options; options?: Options }) => Options, pki: Pki) => unknown,
])[] = [
  ['nothing', 'no options at all', 'options', () => undefined],
  ['no-anchors', 'no anchors', 'anchors', (good) => good({ certificate: { anchors: undefined } })],
  ['empty-anchors', 'an empty list of anchors', 'anchors', (good) => good({ certificate: { anchors: [] } })],
  ['empty-pem', 'an empty PEM text', 'anchors', (good) => good({ certificate: { anchors: '' } })],
  ['garbage-pem', 'text that is no PEM', 'anchors', (good) => good({ certificate: { anchors: 'garbage' } })],
  [
    'broken-bundle',
    'a bundle of which one block is broken',
    'anchors',
    (good, { ca, otherCa }) =>
      good({
        certificate: {
          anchors: ca.certificate.pem + otherCa.certificate.pem.replace(/\n.{8}/, '\n########') + ca.certificate.pem,
        },
      }),
  ],
  [
    'private-key',
    'a bundle with a private key in it',
    'anchors',
    (good, { ca, acme }) => good({ certificate: { anchors: acme.privateKeyPem + ca.certificate.pem } }),
  ],
  ['no-revocation', 'no word on revocation', 'revocation', (good) => good({ certificate: { revocation: undefined } })],
  ['empty-revocation', 'an empty list of sources', 'revocation', (good) => good({ certificate: { revocation: [] } })],
  [
    'other-revocation',
    'a word on revocation that does not exist',
    'revocation',
    (good) => good({ certificate: { revocation: 'none' } }),
  ],
  ['require', 'a requirement that does not exist', 'require', (good) => good({ options: { require: 'both' } })],
  ['unknown-option', 'an option that does not exist', 'requires', (good) => good({ options: { requires: 'key' } })],
  [
    'unknown-certificate-option',
    'an option of certificates that does not exist',
    'trust',
    (good) => good({ certificate: { trust: true } }),
  ],
  ['no-registry', 'no registry', 'registry', (good) => good({ key: { registry: undefined } })],
  [
    'registry-without-find-key',
    'a registry without findKey',
    'findKey',
    (good) => good({ key: { registry: { findPartner: () => undefined } } }),
  ],
  ['registry-promise', 'a promise of a registry', 'registry', (good) => good({ key: { registry: Promise.resolve() } })],
  ['header-underscore', 'a key header with an underscore', 'header', (good) => good({ key: { header: 'x_api_key' } })],
  ['header-empty', 'an empty name of a header', 'header', (good) => good({ key: { header: '' } })],
  [
    'short-pepper',
    'a pepper of a few octets',
    'peppers',
    (good) => good({ key: { peppers: { 1: new Uint8Array(8) } } }),
  ],
  ['timeout', 'a time limit of no time', 'timeoutSeconds', (good) => good({ key: { timeoutSeconds: 0 } })],
  ...(
    [
      ['nan', Number.NaN],
      ['infinite', Number.POSITIVE_INFINITY],
      ['negative', -1],
      ['text', '2'],
    ] as const
  ).flatMap(([name, value]): readonly (typeof MISTAKES)[number][] => [
    [
      `timeout-${name}`,
      `a time limit of ${value === '2' ? 'text' : value}`,
      'timeoutSeconds',
      (good) => good({ key: { timeoutSeconds: value } }),
    ],
    [
      `memory-${name}`,
      `a memory of ${value === '2' ? 'text' : `${value} seconds`}`,
      'rememberSeconds',
      (good) => good({ certificate: { rememberSeconds: value } }),
    ],
  ]),
  ['unknown-key-option', 'an option of keys that does not exist', 'heder', (good) => good({ key: { heder: 'x' } })],
  [
    'header-of-source',
    'a key header that is also a field of the source',
    'header',
    (good) => good({ certificate: { source: rfc9440({ from: ['10.0.0.0/8'] }) }, key: { header: 'Client-Cert' } }),
  ],
  ['header-twice', 'a list of key headers', 'header', (good) => good({ key: { header: ['x-api-key', 'api-key'] } })],
  [
    'prefix-pattern',
    'a prefix with white space and brackets',
    'prefixes',
    (good) => good({ key: { prefixes: ['(key) '] } }),
  ],
  [
    'prefix-bracket',
    'a prefix that would break a pattern',
    'prefixes',
    (good) => good({ key: { prefixes: ['key['] } }),
  ],
  ['source-word', 'a word where a source belongs', 'source', (good) => good({ certificate: { source: 'tls' } })],
  [
    'exposed',
    'a word for exposed keys that does not exist',
    'onExposed',
    (good) => good({ key: { onExposed: 'ignore' } }),
  ],
  [
    'exposed-read-only',
    'revocation of exposed keys in a registry that cannot revoke',
    'onExposed',
    (good) =>
      good({
        key: { onExposed: 'revoke', registry: { findKey: () => undefined, findPartner: () => undefined } },
      }),
  ],
]

export const constructionCases: readonly Case[] = [
  ...MISTAKES.map(
    ([name, what, word, make]): Case => ({
      id: `construction/${name}`,
      title: `${what}: a TypeError that names ${word}, before any request`,
      level: 'MUST',
      source: SOURCE,
      needs: ['construction'],
      async run({ subject, pki }) {
        const { adapter } = subject
        assertTrue(adapter !== undefined, 'the subject shows its adapter')
        const options = make((more) => goodOptions(pki, more), pki)
        for (const guard of [adapter.countersign, adapter.optional]) {
          assertTypeError(() => guard(options as never), word, what)
        }
      },
    }),
  ),
  {
    id: 'construction/good',
    title: 'the options that the others are made from are good',
    level: 'MUST',
    source: SOURCE,
    needs: ['construction'],
    async run({ subject, pki }) {
      assertTrue(subject.adapter !== undefined, 'the subject shows its adapter')
      subject.adapter.countersign(goodOptions(pki) as never)
      subject.adapter.optional(goodOptions(pki) as never)
    },
  },
  {
    id: 'construction/frozen',
    title: 'options that cannot be changed will do: nobody writes into them',
    level: 'MUST',
    source:
      'docs/conformance-coverage.md#faults-of-other-packages (P36), docs/conformance-coverage.md#keys-and-options',
    needs: ['construction'],
    async run({ subject, pki }) {
      assertTrue(subject.adapter !== undefined, 'the subject shows its adapter')
      const options = goodOptions(pki)
      for (const each of [options, options.certificate, options.key]) Object.freeze(each)
      subject.adapter.countersign(options as never)
      subject.adapter.optional(options as never)
    },
  },
  {
    id: 'construction/no-scopes',
    title: 'requireScopes of no scopes: a TypeError, before any request',
    level: 'MUST',
    source: 'docs/adapters.md#scopes',
    needs: ['construction'],
    async run({ subject }) {
      const { adapter } = subject
      assertTrue(adapter !== undefined, 'the subject shows its adapter')
      assertTypeError(() => adapter.requireScopes(), 'cope', 'an empty list')
      assertTypeError(() => adapter.requireScopes(''), 'cope', 'an empty scope')
      assertTypeError(() => adapter.requireScopes('a b'), 'cope', 'a scope with a space')
    },
  },
  ...(
    [
      ['nobody', []],
      ['everybody', ['0.0.0.0/0']],
      ['everybody-v6', ['::/0']],
      ['everybody-mapped', ['::ffff:0.0.0.0/96']],
      ['short-form', ['127.1']],
      ['octal', ['010.0.0.0/8']],
      ['host-name', ['localhost']],
      ['not-a-key', [{ publicKey: 'abc' }]],
    ] as const
  ).map(
    ([name, from]): Case => ({
      id: `construction/hop-${name}`,
      title: `hops that are ${JSON.stringify(from)}: a TypeError that names from`,
      level: 'MUST',
      source: 'docs/sources.md#who-may-say-so, docs/sources.md#who-may-say-so',
      needs: [],
      async run() {
        assertTypeError(() => rfc9440({ from }), 'from', JSON.stringify(from))
      },
    }),
  ),
  ...(
    [
      ['no-value', 'without a value', { header: 'x-hop' }],
      ['no-header', 'without a header', { value: 'x'.repeat(32) }],
      ['empty', 'of no characters', { header: 'x-hop', value: '' }],
      ['short', 'that can be guessed', { header: 'x-hop', value: 'changeme' }],
    ] as const
  ).map(
    ([name, what, secret]): Case => ({
      id: `construction/hop-secret-${name}`,
      title: `a secret of the hop ${what}: a TypeError that names secret`,
      level: 'MUST',
      source:
        'docs/conformance-coverage.md#faults-of-other-packages (P4), docs/conformance-coverage.md#keys-and-options (K100)',
      needs: [],
      async run() {
        assertTypeError(() => rfc9440({ from: ['10.0.0.0/8'], secret: secret as never }), 'secret', what)
      },
    }),
  ),
  {
    id: 'construction/preset',
    title: 'a proxy that there is not: a TypeError that names it',
    level: 'MUST',
    source: 'docs/conformance-coverage.md#faults-of-other-packages (P7)',
    needs: [],
    async run() {
      assertTypeError(() => forwarded('ngnix' as never, { from: ['10.0.0.0/8'] }), 'ngnix', 'a mistyped name')
    },
  },
]

function goodOptions(
  { ca }: Pki,
  more: { readonly certificate?: Options; readonly key?: Options; readonly options?: Options } = {},
): Options {
  return {
    certificate: { anchors: ca.certificate.pem, revocation: 'unchecked', ...more.certificate },
    key: { registry: memoryRegistry(), ...more.key },
    ...more.options,
  }
}
