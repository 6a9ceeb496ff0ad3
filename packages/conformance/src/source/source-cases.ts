/** What every source of forwarded certificates must do, whatever the form in which its proxy writes them. @module */
import type { Peer } from '@countersign/core'
import { assertEqual, assertTrue, assertTypeError } from '../case/assert.ts'
import { ConformanceFailure } from '../case/failure.ts'
import type { HeaderList } from '../world/answer.ts'
import { HOP, HOP_PEER, type SourceCase } from './source-case.ts'

const PROTO = ['X-Forwarded-Proto', 'https'] as const
const STRANGER: Extract<Peer, { kind: 'tcp' }> = {
  kind: 'tcp',
  address: '203.0.113.9',
  encrypted: true,
  certificates: [],
}

/** Refusals of a value that is not in its form, or of what it holds: never acceptance, never a fault of ours. */
const REFUSED = [400, 401]

export const sourceCases: readonly SourceCase[] = [
  {
    id: 'source/hands-over',
    title: 'the certificate that the proxy forwards is the one that is judged',
    level: 'MUST',
    source: 'docs/sources.md#a-source-of-your-own',
    needs: [],
    async run({ judge, fields, expectAccepted, pki }) {
      expectAccepted(await judge(fields), pki.acme)
    },
  },
  {
    id: 'source/told-apart',
    title: 'certificates that one hop forwards in turn are told apart',
    level: 'MUST',
    source: 'docs/concepts.md#what-is-remembered-and-what-is-not',
    needs: [],
    async run({ judge, subject, expectAccepted, pki }) {
      for (const client of [pki.acme, pki.globex, pki.acme, pki.globex]) {
        expectAccepted(await judge(subject.present(client)), client)
      }
    },
  },
  {
    id: 'source/chain',
    title: 'an intermediate that the client sent completes its path',
    level: 'MUST',
    source: 'RFC 5280 §6.1',
    needs: ['chain'],
    async run({ source, exchange, subject, pki }) {
      const client = await pki.issuing.issueClient({ name: 'acme' })
      const presented = source.read(exchange(subject.present(client)))
      assertTrue(
        presented !== undefined && 'kind' in presented && presented.kind === 'certificate',
        'it is read',
        presented,
      )
      assertEqual(hex(presented.leaf), hex(client.certificate.der), 'the leaf is the leaf')
      const chain = presented.chain.map(hex)
      assertTrue(chain.includes(hex(pki.issuing.certificate.der)), 'the chain holds the intermediate', chain.length)
    },
  },
  {
    id: 'source/absent',
    title: 'what the proxy sends for a client without a certificate is no certificate',
    level: 'MUST',
    source: 'docs/sources.md#did-it-come-securely',
    needs: [],
    async run({ judge, subject, expectRefused }) {
      expectRefused(await judge([...subject.absent(), PROTO]), 'certificate-missing')
    },
  },
  {
    id: 'source/no-fields',
    title: 'a request without any of the fields presents nothing',
    level: 'MUST',
    source: 'docs/sources.md#a-source-of-your-own',
    needs: [],
    async run({ judge, expectRefused }) {
      expectRefused(await judge([PROTO]), 'certificate-missing', 'certificate-withheld')
      expectRefused(await judge([]), 'transport-insecure')
    },
  },
  {
    id: 'source/still-verified',
    title: 'a forwarded certificate of a CA that is not trusted is refused',
    level: 'MUST',
    source: 'docs/conformance-coverage.md#faults-of-other-packages (P3)',
    needs: [],
    async run({ judge, subject, pki, expectRefused }) {
      const client = await pki.strangerCa.issueClient({ name: 'acme', keys: pki.acme.keys })
      expectRefused(await judge(subject.present(client)), 'issuer-unknown')
    },
  },
  {
    id: 'source/contradicting-proto',
    title: 'a certificate beside the word http did not come securely',
    level: 'MUST',
    source: 'docs/sources.md#did-it-come-securely',
    needs: [],
    async run({ judge, fields, expectRefused }) {
      expectRefused(await judge([...fields, ['X-Forwarded-Proto', 'http']]), 'transport-insecure')
    },
  },
  ...(
    [
      ['another-address', 'at another address', STRANGER],
      ['almost', 'just outside the range', { ...STRANGER, address: '11.0.0.0' }],
      ['unknown', 'whose address is not known', { kind: 'unknown' }],
      ['unix', 'at a Unix socket', { kind: 'unix' }],
      ['garbage', 'whose address is none', { ...STRANGER, address: '10.1.2.3.4' }],
      ['mapped', 'at an IPv4-mapped address outside the range', { ...STRANGER, address: '::ffff:203.0.113.9' }],
    ] as readonly (readonly [string, string, Peer])[]
  ).map(
    ([name, where, peer]): SourceCase => ({
      id: `source/untrusted-${name}`,
      title: `the fields from a peer ${where} are refused, not ignored`,
      level: 'MUST',
      source: 'RFC 9440 §4, docs/sources.md#a-certificate-header-from-anybody-else',
      needs: [],
      async run({ judge, fields, source, exchange, expectRefused }) {
        expectRefused(await judge(fields, peer), 'source-untrusted', 'transport-insecure')
        assertEqual(source.trusts?.(exchange(fields, peer)), false, 'the peer is not believed')
        for (const field of fields) {
          if (!source.headers?.includes(field[0].toLowerCase())) continue
          expectRefused(await judge([field], peer), 'source-untrusted', 'transport-insecure')
        }
      },
    }),
  ),
  {
    id: 'source/spoofed-address',
    title: 'fields that claim an address do not make a peer a hop',
    level: 'MUST',
    source: 'docs/sources.md#who-may-say-so',
    needs: [],
    async run({ judge, fields, expectRefused }) {
      for (const name of ['X-Forwarded-For', 'X-Real-Ip', 'Forwarded', 'X-Client-Ip']) {
        const value = name === 'Forwarded' ? 'for=10.1.2.3;proto=https' : '10.1.2.3'
        expectRefused(await judge([...fields, [name, value]], STRANGER), 'source-untrusted')
      }
    },
  },
  {
    id: 'source/mapped-address',
    title: 'a hop whose address is IPv4-mapped is the hop',
    level: 'MUST',
    source: 'RFC 4291 §2.5.5.2',
    needs: [],
    async run({ judge, fields, expectAccepted, pki }) {
      expectAccepted(await judge(fields, { ...HOP_PEER, address: '::ffff:10.1.2.3' }), pki.acme)
    },
  },
  {
    id: 'source/names-its-fields',
    title: 'the source names every field that it takes a certificate from, in lower case',
    level: 'MUST',
    source: 'docs/sources.md#a-source-of-your-own',
    needs: [],
    async run({ source, carrier }) {
      const names = source.headers ?? []
      assertTrue(names.includes(carrier[0].toLowerCase()), `it names ${carrier[0]}`, names)
      assertEqual(
        names.filter((name) => name !== name.toLowerCase()),
        [],
        'the names are in lower case',
      )
    },
  },
  ...(
    [
      [
        'twice',
        'twice',
        ([name, value]) => [
          [name, value],
          [name, value],
        ],
      ],
      [
        'twice-other',
        'twice, with different values',
        ([name, value], other) => [
          [name, value],
          [name, other],
        ],
      ],
      [
        'empty-first',
        'empty and then not',
        ([name, value]) => [
          [name, ''],
          [name, value],
        ],
      ],
      [
        'empty-last',
        'not empty and then empty',
        ([name, value]) => [
          [name, value],
          [name, ''],
        ],
      ],
      [
        'alias',
        'beside its spelling with underscores',
        ([name, value]) => [
          [name, value],
          [underscored(name), value],
        ],
      ],
      ['alias-alone', 'in its spelling with underscores', ([name, value]) => [[underscored(name), value]]],
      [
        'nominated',
        'and named by Connection',
        ([name, value]) => [
          [name, value],
          ['Connection', `close, ${name}`],
        ],
      ],
    ] as readonly (readonly [string, string, (carrier: HeaderList[number], other: string) => HeaderList])[]
  ).map(
    ([name, how, make]): SourceCase => ({
      id: `source/framing-${name}`,
      title: `the field of the certificate ${how} is refused`,
      level: 'MUST',
      source: 'RFC 9110 §5.3, docs/conformance-coverage.md#header-fields (H16 to H18)',
      needs: [],
      async run({ judge, fields, carrier, subject, pki, expectRefused }) {
        // A name without a dash has no such spelling.
        if (name.startsWith('alias') && !carrier[0].includes('-')) return
        const other = subject.present(pki.globex)[0]?.[1] ?? ''
        const changed = [...make(carrier, other), ...fields.slice(1)]
        expectRefused(await judge(changed), 400)
      },
    }),
  ),
  {
    id: 'source/joined-by-comma',
    title: 'two values that somebody joined into one are not two certificates, and not one of them',
    level: 'MUST',
    source: 'RFC 9110 §5.3, docs/conformance-coverage.md#faults-of-other-packages (P6)',
    needs: [],
    async run({ judge, fields, carrier, subject, pki, expectRefused }) {
      const other = subject.present(pki.globex)[0]?.[1] ?? ''
      const joined = [[carrier[0], `${other}, ${carrier[1]}`] as const, ...fields.slice(1)]
      const decision = await judge(joined)
      // A list may be the proxy's own form: the first is then the leaf. The second never is.
      if (decision.ok)
        assertEqual(decision.principal.certificate?.fingerprint, pki.globex.fingerprint, 'the leaf is first')
      else expectRefused(decision, ...REFUSED)
    },
  },
  ...(
    [
      ['truncated', 'was cut off at its end', (value, at) => value.slice(0, at)],
      ['beheaded', 'was cut off at its beginning', (value, at) => value.slice(at)],
      ['changed', 'was changed in one character', changeOne],
    ] as readonly (readonly [string, string, (value: string, at: number) => string])[]
  ).map(
    ([name, what, make]): SourceCase => ({
      id: `source/${name}`,
      title: `a value that ${what} never yields another certificate`,
      level: 'MUST',
      source: 'docs/conformance-coverage.md#header-fields (H39)',
      needs: [],
      async run({ judge, fields, carrier: [field, value], pki }) {
        for (let at = 1; at < value.length; at += 13) {
          const decision = await judge([[field, make(value, at)], ...fields.slice(1)])
          if (!decision.ok) {
            assertTrue(REFUSED.includes(decision.problem.status), 'it is refused for what it is', decision.reason.code)
            continue
          }
          // Names around it may be of no matter.
          const { fingerprint } = decision.principal.certificate ?? {}
          assertEqual(fingerprint, pki.acme.fingerprint, `at ${at}: what is accepted is the certificate itself`)
        }
      },
    }),
  ),
  {
    id: 'source/hostile-values',
    title: 'whatever a hop sends in the fields, nothing is thrown, nobody is let in, and the answer comes at once',
    level: 'MUST',
    source: 'docs/conformance-coverage.md#header-fields',
    needs: [],
    async run({ source, exchange, judge, fields, carrier: [carrier, value] }) {
      for (const [name] of fields) {
        for (const hostile of hostileValues(value)) {
          if (name !== carrier && hostile === '') continue
          const changed = fields.map(([each, original]) => [each, each === name ? hostile : original] as const)
          const started = performance.now()
          readWithoutThrowing(() => source.read(exchange(changed)), hostile)
          const decision = await judge(changed)
          const elapsed = performance.now() - started
          assertTrue(
            elapsed < 250,
            'a hostile value costs little',
            `${elapsed} ms for ${JSON.stringify(hostile.slice(0, 40))}`,
          )
          if (name === carrier) {
            const status = decision.ok ? 200 : decision.problem.status
            assertTrue(
              [...REFUSED, 403].includes(status),
              `nobody is let in by ${JSON.stringify(hostile.slice(0, 40))}`,
              status,
            )
          }
        }
      }
    },
  },
  {
    id: 'source/oversized',
    title: 'a certificate of more than sixteen kibibytes is refused',
    level: 'MUST',
    source: 'docs/sources.md#a-certificate-header-from-anybody-else',
    needs: [],
    async run({ judge, subject, pki, expectRefused }) {
      const client = await pki.ca.issueClient({ dns: Array.from({ length: 1_000 }, (_, at) => `n${at}.example.test`) })
      expectRefused(await judge(subject.present(client)), ...REFUSED)
    },
  },
  {
    id: 'source/memory',
    title: 'the same value yields the same object, so that it is decoded and hashed once',
    level: 'SHOULD',
    source: 'docs/sources.md#a-source-of-your-own',
    needs: ['memory'],
    async run({ source, exchange, fields }) {
      const leaves = [1, 2].map(() => {
        const presented = source.read(exchange(fields))
        return presented !== undefined && 'kind' in presented && presented.kind === 'certificate'
          ? presented.leaf
          : undefined
      })
      assertTrue(leaves[0] !== undefined && leaves[0] === leaves[1], 'it is the same object')
    },
  },
  ...(
    [
      ['nobody', []],
      ['everybody', ['0.0.0.0/0']],
      ['everybody-v6', [HOP, '::/0']],
      ['not-an-address', ['proxy.internal']],
    ] as const
  ).map(
    ([name, from]): SourceCase => ({
      id: `source/hops-${name}`,
      title: `hops that are ${JSON.stringify(from)}: a TypeError, before any request`,
      level: 'MUST',
      source: 'docs/sources.md#who-may-say-so',
      needs: [],
      async run({ subject }) {
        assertTypeError(() => subject.source(from), 'from', JSON.stringify(from))
      },
    }),
  ),
]

function readWithoutThrowing(read: () => unknown, value: string): void {
  try {
    read()
  } catch (error) {
    const shown = JSON.stringify(value.slice(0, 40))
    throw new ConformanceFailure(`read() does not throw for ${shown}`, 'a reason, or nothing', String(error))
  }
}

function changeOne(value: string, at: number): string {
  return value.slice(0, at) + (value[at] === 'A' ? 'B' : 'A') + value.slice(at + 1)
}

function hostileValues(good: string): readonly string[] {
  return [
    '',
    ' ',
    ':',
    '::',
    ':::',
    '""',
    '(null)',
    'null',
    'undefined',
    '-',
    '%',
    '%E0%A4%A',
    '%00',
    '%25'.repeat(2_000),
    '\u00ff\u00fe',
    '\0',
    '__proto__',
    'constructor',
    '=',
    ';',
    ',',
    ';'.repeat(10_000),
    ','.repeat(10_000),
    '"'.repeat(10_001),
    '\\"'.repeat(5_000),
    ' '.repeat(15_000),
    'A'.repeat(15_999),
    `:${'A'.repeat(15_996)}:`,
    'Cert="'.repeat(2_000),
    '-----BEGIN CERTIFICATE-----',
    '-----BEGIN CERTIFICATE-----'.repeat(500),
    '-----BEGIN%20CERTIFICATE-----%0A-----END%20CERTIFICATE-----%0A',
    '-----BEGIN CERTIFICATE----- -----END CERTIFICATE-----',
    '-----BEGIN PRIVATE KEY----- MAA= -----END PRIVATE KEY-----',
    `${good}${good}${good}${good}${good}${good}${good}${good}${good}`,
    good.repeat(20),
    [...good].reverse().join(''),
    good.toUpperCase() === good ? good.toLowerCase() : good.toUpperCase(),
    encodeURIComponent(encodeURIComponent(encodeURIComponent(good))),
    Buffer.from(good).toString('base64'),
    'true',
    '1',
    'SUCCESS',
    'MAA=',
    ':MAA=:',
    ':MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A:',
  ]
}

function underscored(name: string): string {
  return name.replaceAll('-', '_')
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex')
}
