/** Name constraints of every form, in both directions. @module */
import * as der from '../../../packages/testing/src/der.ts'
import { ca, client, type Expected, type PathCase, root } from './drawing.ts'
import { type CertificateOptions, type GeneralName, nameConstraintsValue } from './testing.ts'

const NC = 'RFC 5280 §4.2.1.10'

interface Constrained {
  readonly permitted?: readonly GeneralName[]
  readonly excluded?: readonly GeneralName[]
  readonly critical?: boolean
}

const violated: Expected = { code: 'name-constraint-violated', index: 0 }
const malformedConstraint: Expected = { code: 'name-constraint-malformed', index: 1 }

const dns = (value: string): GeneralName => ({ kind: 'dns', value })
const uri = (value: string): GeneralName => ({ kind: 'uri', value })
const email = (value: string): GeneralName => ({ kind: 'email', value })
const ip = (value: string | Uint8Array): GeneralName => ({ kind: 'ip', value })
const directory = (...values: [string, string][]): GeneralName => ({
  kind: 'directory',
  value: values.map(([type, value]) => ({ type, value })),
})

export async function constraintCases(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const authorities = new Map<string, Awaited<ReturnType<typeof ca>>>()
  /** root → CA with constraints → client with names */
  const one = async (
    id: string,
    title: string,
    constraints: Constrained,
    names: CertificateOptions,
    expected: Expected,
    clause = NC,
  ): Promise<PathCase> => {
    const text = `CA, ${describe(constraints)}`
    const issuing = authorities.get(text) ?? (await ca(text, anchor, { nameConstraints: constraints }))
    authorities.set(text, issuing)
    return {
      id: `constraint/${id}`,
      title,
      clause,
      leaf: await client(`Client, ${describeNames(names)}`, issuing, { name: 'Client', ...names }),
      intermediates: [issuing],
      anchors: [anchor],
      expected,
    }
  }
  const spiffe = { permitted: [uri('partner.example')] }
  const below = { permitted: [uri('.partner.example')] }
  const hosts = { permitted: [dns('partner.example')] }
  const notHost = { excluded: [dns('bar.partner.example')] }
  const people = {
    permitted: [
      {
        kind: 'directory',
        value: [
          { type: 'C', value: 'CH' },
          { type: 'O', value: 'Partner' },
        ],
      },
    ] as GeneralName[],
  }
  return [
    await one(
      'uri-host',
      'A SPIFFE ID in the permitted trust domain.',
      spiffe,
      { spiffe: 'spiffe://partner.example/api' },
      'accepted',
    ),
    await one(
      'uri-host-case',
      'The host without regard to case.',
      spiffe,
      { spiffe: 'spiffe://PARTNER.example/api' },
      'accepted',
    ),
    await one(
      'uri-host-port',
      'Port and user are not the host.',
      spiffe,
      { uri: ['https://user@partner.example:8443/a'] },
      'accepted',
    ),
    await one('uri-other', 'Another trust domain.', spiffe, { spiffe: 'spiffe://evil.example/api' }, violated),
    await one(
      'uri-host-below',
      'A host is not what is below it.',
      spiffe,
      { spiffe: 'spiffe://a.partner.example/api' },
      violated,
    ),
    await one(
      'uri-suffix',
      'Nor what ends in the same letters.',
      spiffe,
      { spiffe: 'spiffe://evilpartner.example/api' },
      violated,
    ),
    await one(
      'uri-user-trick',
      'A user that looks like the host.',
      spiffe,
      { uri: ['spiffe://partner.example@evil.example/'] },
      violated,
    ),
    await one(
      'uri-two-ats',
      'Two at signs let two readers see two hosts.',
      spiffe,
      { uri: ['spiffe://evil.example@x@partner.example/'] },
      { code: 'name-malformed', index: 0 },
    ),
    await one(
      'uri-backslash',
      'A backslash is no character of a URI.',
      spiffe,
      { uri: ['spiffe://evil.example\\@partner.example/'] },
      { code: 'name-malformed', index: 0 },
    ),
    await one(
      'uri-percent',
      'A percent-encoded host is none that could be compared.',
      spiffe,
      { uri: ['spiffe://partner%2eexample/'] },
      { code: 'name-malformed', index: 0 },
    ),
    await one(
      'uri-address',
      'A URI whose host is an address is refused.',
      spiffe,
      { uri: ['https://192.0.2.1/'] },
      { code: 'name-malformed', index: 0 },
    ),
    await one(
      'uri-no-host',
      'So is one without a host.',
      spiffe,
      { uri: ['urn:example:a'] },
      { code: 'name-malformed', index: 0 },
    ),
    await one(
      'uri-second',
      'Every URI must be inside.',
      spiffe,
      { uri: ['spiffe://partner.example/a', 'spiffe://evil.example/a'] },
      violated,
    ),
    await one(
      'uri-domain',
      'With a period in front: hosts below the domain.',
      below,
      { spiffe: 'spiffe://a.b.partner.example/' },
      'accepted',
    ),
    await one(
      'uri-domain-itself',
      'But not the domain itself.',
      below,
      { spiffe: 'spiffe://partner.example/' },
      violated,
    ),
    await one(
      'uri-excluded',
      'An excluded trust domain.',
      { excluded: [uri('evil.example')] },
      { spiffe: 'spiffe://evil.example/' },
      violated,
    ),
    await one(
      'uri-excluded-other',
      'And another one.',
      { excluded: [uri('evil.example')] },
      { spiffe: 'spiffe://partner.example/' },
      'accepted',
    ),
    await one(
      'uri-not-dns',
      'A constraint on URIs says nothing of host names.',
      spiffe,
      { dns: ['evil.example'] },
      'accepted',
    ),
    await one(
      'uri-constraint-malformed',
      'A constraint that is a URI is none.',
      { permitted: [uri('spiffe://partner.example')] },
      { spiffe: 'spiffe://partner.example/' },
      malformedConstraint,
    ),
    await one('uri-absent', 'Without URIs nothing is violated.', spiffe, {}, 'accepted'),

    await one('dns-itself', 'The host of a permitted subtree.', hosts, { dns: ['partner.example'] }, 'accepted'),
    await one('dns-below', 'And all below it.', hosts, { dns: ['a.b.PARTNER.example'] }, 'accepted'),
    await one('dns-suffix', 'Labels, not letters.', hosts, { dns: ['evilpartner.example'] }, violated),
    await one('dns-wildcard-inside', 'A wildcard wholly inside.', hosts, { dns: ['*.partner.example'] }, 'accepted'),
    await one(
      'dns-wildcard-permitted',
      'A wildcard that reaches beyond.',
      { permitted: [dns('foo.partner.example')] },
      { dns: ['*.partner.example'] },
      violated,
      'CVE-2025-61727',
    ),
    await one(
      'dns-wildcard-excluded',
      'A wildcard that reaches an excluded host.',
      notHost,
      { dns: ['*.partner.example'] },
      violated,
      'CVE-2025-61727',
    ),
    await one(
      'dns-wildcard-excluded-deeper',
      'One label does not reach two levels down.',
      { excluded: [dns('a.bar.partner.example')] },
      { dns: ['*.partner.example'] },
      'accepted',
    ),
    await one(
      'dns-excluded-other',
      'A neighbour of the excluded host.',
      notHost,
      { dns: ['foo.partner.example'] },
      'accepted',
    ),
    await one(
      'dns-both',
      'Excluded wins over permitted.',
      { ...hosts, ...notHost },
      { dns: ['x.bar.partner.example'] },
      violated,
    ),
    await one(
      'dns-empty-excluded',
      'The empty subtree is every host.',
      { excluded: [dns('')] },
      { dns: ['partner.example'] },
      violated,
    ),
    await one(
      'dns-leading-period',
      'A period in front has no meaning for host names.',
      { permitted: [dns('.partner.example')] },
      { dns: ['a.partner.example'] },
      malformedConstraint,
    ),
    await one(
      'dns-wildcard-constraint',
      'Nor has a wildcard.',
      { excluded: [dns('*.partner.example')] },
      { dns: ['a.partner.example'] },
      malformedConstraint,
    ),
    await one(
      'dns-not-critical',
      'Constraints bind when they are not critical, too.',
      { ...hosts, critical: false },
      { dns: ['evil.example'] },
      violated,
    ),
    await one('dns-common-name', 'A common name is no host name.', hosts, { name: 'evil.example' }, 'accepted'),

    await one(
      'email-host',
      'All mailboxes of a host.',
      { permitted: [email('partner.example')] },
      { email: ['ops@Partner.example'] },
      'accepted',
    ),
    await one(
      'email-host-below',
      'Not those of a host below.',
      { permitted: [email('partner.example')] },
      { email: ['ops@mail.partner.example'] },
      violated,
    ),
    await one(
      'email-domain',
      'With a period in front: hosts below.',
      { permitted: [email('.partner.example')] },
      { email: ['ops@mail.partner.example'] },
      'accepted',
    ),
    await one(
      'email-mailbox',
      'One mailbox.',
      { permitted: [email('ops@partner.example')] },
      { email: ['ops@partner.example'] },
      'accepted',
    ),
    await one(
      'email-mailbox-case',
      'With regard to the case of its local part.',
      { permitted: [email('ops@partner.example')] },
      { email: ['Ops@partner.example'] },
      violated,
    ),
    await one(
      'email-mailbox-quoted',
      'However it is quoted.',
      { excluded: [email('ops@partner.example')] },
      { email: ['"ops"@partner.example'] },
      violated,
    ),
    await one(
      'email-in-subject',
      'Without an alternative name, the subject’s mail address counts.',
      { permitted: [email('partner.example')] },
      {
        subject: [
          { type: 'CN', value: 'Client' },
          { type: 'emailAddress', value: 'ops@evil.example' },
        ],
      },
      violated,
    ),
    await one(
      'email-constraint-malformed',
      'A constraint with two at signs.',
      { excluded: [email('a@b@partner.example')] },
      { email: ['ops@partner.example'] },
      malformedConstraint,
    ),

    await one(
      'ip-inside',
      'An address in the permitted block.',
      { permitted: [ip('192.0.2.0/24')] },
      { ip: ['192.0.2.200'] },
      'accepted',
    ),
    await one('ip-outside', 'One beside it.', { permitted: [ip('192.0.2.0/24')] }, { ip: ['192.0.3.1'] }, violated),
    await one(
      'ip-excluded',
      'An excluded block.',
      { excluded: [ip('192.0.2.0/25')] },
      { ip: ['192.0.2.100'] },
      violated,
    ),
    await one(
      'ip-other-family',
      'A permitted IPv4 block permits no IPv6 address.',
      { permitted: [ip('192.0.2.0/24')] },
      { ip: ['2001:db8::1'] },
      violated,
    ),
    await one(
      'ip-v6',
      'An IPv6 block.',
      { permitted: [ip('2001:db8::/32')] },
      { ip: ['2001:db8:ffff::1'] },
      'accepted',
    ),
    await one(
      'ip-mask',
      'A mask with a hole is none.',
      { permitted: [ip(Uint8Array.of(192, 0, 2, 0, 255, 0, 255, 0))] },
      { ip: ['192.0.2.1'] },
      malformedConstraint,
    ),

    await one(
      'directory-inside',
      'A name below the permitted one, without regard to case and spaces.',
      people,
      {
        subject: [
          { type: 'C', value: 'CH' },
          { type: 'O', value: ' PARTNER ' },
          { type: 'CN', value: 'Client' },
        ],
      },
      'accepted',
    ),
    await one(
      'directory-outside',
      'A name beside it.',
      people,
      {
        subject: [
          { type: 'C', value: 'CH' },
          { type: 'O', value: 'Evil' },
        ],
      },
      violated,
    ),
    await one('directory-shorter', 'A name above it.', people, { subject: [{ type: 'C', value: 'CH' }] }, violated),
    await one(
      'directory-string-type',
      'In any string type.',
      people,
      {
        subject: [
          { type: 'C', value: 'CH' },
          { type: 'O', value: 'Partner', as: 'bmp' },
        ],
      },
      'accepted',
    ),
    await one(
      'directory-alternative',
      'Alternative directory names count as well.',
      people,
      {
        subject: [
          { type: 'C', value: 'CH' },
          { type: 'O', value: 'Partner' },
        ],
        alternativeNames: [directory(['C', 'CH'], ['O', 'Evil'])],
      },
      violated,
    ),
    await one(
      'directory-excluded',
      'An excluded name, spelled otherwise.',
      { excluded: [directory(['O', 'Evil'])] },
      {
        subject: [
          { type: 'O', value: 'EVIL', as: 'printable' },
          { type: 'CN', value: 'Client' },
        ],
      },
      violated,
    ),
    await one(
      'directory-empty-subject',
      'An empty subject is no name.',
      people,
      { subject: [], spiffe: 'spiffe://partner.example/' },
      'accepted',
    ),

    await one(
      'other-name',
      'A constraint on a form that is not understood, and such a name.',
      { excluded: [other()] },
      { alternativeNames: [other()] },
      { code: 'name-constraint-unsupported', index: 0 },
    ),
    await one(
      'other-name-absent',
      'Without such a name it says nothing.',
      { excluded: [other()] },
      { spiffe: 'spiffe://partner.example/' },
      'accepted',
    ),
    ...(await levelCases()),
    await rawConstraint(
      'minimum',
      'A minimum distance is not in this profile.',
      subtree(der.context(0, 'primitive', Uint8Array.of(1))),
    ),
    await rawConstraint('maximum', 'Nor is a maximum.', subtree(der.context(1, 'primitive', Uint8Array.of(3)))),
    await rawConstraint('empty', 'Constraints that constrain nothing.', der.sequence()),
    await rawConstraint('empty-list', 'An empty list of subtrees.', der.sequence(der.context(0, 'constructed'))),
  ]
}

async function levelCases(): Promise<PathCase[]> {
  const permit = (...values: string[]): Constrained => ({ permitted: values.map(dns) })
  const constrainedRoot = await root('Root, permitted dns partner.example', {
    nameConstraints: permit('partner.example'),
  })
  const underRoot = await ca('CA', constrainedRoot)
  const anchor = await root('Root')
  const wide = await ca('CA, permitted dns a.example and b.example', anchor, {
    nameConstraints: permit('a.example', 'b.example'),
  })
  const narrow = await ca('Sub CA, permitted dns a.example', wide, { nameConstraints: permit('a.example') })
  const widening = await ca('Sub sub CA, permitted dns a.example and b.example', narrow, {
    nameConstraints: permit('a.example', 'b.example'),
  })
  const strict = await ca('CA, excluded dns evil.example', anchor, {
    nameConstraints: { excluded: [dns('evil.example')] },
  })
  const named = await ca('Sub CA, dns evil.example', strict, { dns: ['evil.example'] })
  const rolled = await ca('CA, its new key, dns evil.example', strict, { name: 'CA', dns: ['evil.example'] })
  const plain = await ca('Plain CA', anchor)
  const strictTwin = await ca('Plain CA, constrained', anchor, {
    name: 'Plain CA',
    keys: plain.keys,
    nameConstraints: permit('other.example'),
  })
  const free = await client('Client, dns partner.example', plain, { dns: ['partner.example'] })
  const own = await client('CA, as a leaf, dns evil.example', strict, { name: 'CA', dns: ['evil.example'] })
  const many = await ca('CA, 700 excluded hosts', anchor, {
    nameConstraints: { excluded: Array.from({ length: 700 }, (_, index) => dns(`h${index}.evil.example`)) },
  })
  const evil = await client('Client, dns evil.example', underRoot, { dns: ['evil.example'] })
  return [
    {
      id: 'constraint/anchor',
      title: 'Constraints in the anchor’s certificate bind.',
      clause: 'RFC 5937 §3.2',
      leaf: evil,
      intermediates: [underRoot],
      anchors: [constrainedRoot],
      expected: violated,
    },
    {
      id: 'constraint/anchor-inside',
      title: 'And let pass what is inside.',
      clause: 'RFC 5937 §3.2',
      leaf: await client('Client, dns a.partner.example', underRoot, { dns: ['a.partner.example'] }),
      intermediates: [underRoot],
      anchors: [constrainedRoot],
      expected: 'accepted',
    },
    {
      id: 'constraint/anchor-by-name',
      title: 'An anchor given by name and key has only the constraints given with it.',
      clause: 'RFC 5280 §6.1.1 (d)',
      leaf: evil,
      intermediates: [underRoot],
      anchors: [{ of: constrainedRoot }],
      expected: 'accepted',
    },
    {
      id: 'constraint/anchor-given',
      title: 'Which bind.',
      clause: 'RFC 5937 §3.2',
      leaf: free,
      intermediates: [plain],
      anchors: [{ of: anchor, nameConstraints: new Uint8Array(nameConstraintsValue(permit('other.example'))) }],
      expected: violated,
    },
    {
      id: 'constraint/narrowed',
      title: 'Permitted subtrees intersect.',
      clause: 'RFC 5280 §6.1.4 (g)',
      leaf: await client('Client, dns b.example', narrow, { dns: ['b.example'] }),
      intermediates: [narrow, wide],
      anchors: [anchor],
      expected: violated,
    },
    {
      id: 'constraint/not-widened',
      title: 'And are never widened again.',
      clause: 'RFC 5280 §6.1.4 (g)',
      leaf: await client('Client, dns b.example', widening, { dns: ['b.example'] }),
      intermediates: [widening, narrow, wide],
      anchors: [anchor],
      expected: violated,
    },
    {
      id: 'constraint/intermediate-named',
      title: 'The names of intermediates are constrained as well.',
      clause: 'RFC 5280 §6.1.3 (c)',
      leaf: await client('Client, dns partner.example', named, { dns: ['partner.example'] }),
      intermediates: [named, strict],
      anchors: [anchor],
      expected: { code: 'name-constraint-violated', index: 1 },
    },
    {
      id: 'constraint/self-issued',
      title: 'Those of a self-issued intermediate are not.',
      clause: 'RFC 5280 §6.1.3 (c)',
      leaf: await client('Client, dns partner.example', rolled, { dns: ['partner.example'] }),
      intermediates: [rolled, strict],
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'constraint/self-issued-leaf',
      title: 'Those of a self-issued leaf are.',
      clause: 'RFC 5280 §6.1.3 (c)',
      leaf: own,
      intermediates: [strict],
      anchors: [anchor],
      expected: violated,
    },
    {
      id: 'constraint/other-way',
      title: 'A path without the constraint is found.',
      clause: 'RFC 5280 §6.1',
      leaf: free,
      intermediates: [strictTwin, plain],
      anchors: [anchor],
      path: [free, plain, anchor],
      expected: 'accepted',
    },
    {
      id: 'constraint/budget',
      title: 'More comparisons than anybody needs.',
      clause: 'Budget',
      leaf: await client('Client, 400 hosts', many, {
        dns: Array.from({ length: 400 }, (_, index) => `h${index}.partner.example`),
      }),
      intermediates: [many],
      anchors: [anchor],
      expected: { code: 'budget-exhausted', index: 0, limit: 'nameComparisons' },
    },
  ]
}

async function rawConstraint(id: string, title: string, value: Uint8Array): Promise<PathCase> {
  const anchor = await root(`Root, constraints with ${id}`, {
    extensions: [{ oid: '2.5.29.30', critical: true, value }],
  })
  return {
    id: `constraint/raw-${id}`,
    title,
    clause: NC,
    leaf: await client('Client', anchor, { dns: ['partner.example'] }),
    anchors: [anchor],
    expected: { code: 'certificate-malformed', index: 1, extension: '2.5.29.30' },
  }
}

function subtree(field: Uint8Array): Uint8Array {
  const base = der.context(2, 'primitive', new TextEncoder().encode('partner.example'))
  return der.sequence(der.context(0, 'constructed', der.sequence(base, field)))
}

/** A user principal name. */
function other(): GeneralName {
  return { kind: 'other', oid: '1.3.6.1.4.1.311.20.2.3', value: der.utf8String('user@partner.example') }
}

function describe({ permitted = [], excluded = [], critical = true }: Constrained): string {
  const part = (word: string, names: readonly GeneralName[]): string[] =>
    names.length === 0 ? [] : [`${word} ${names.map(describeName).join(', ')}`]
  return [...part('permitted', permitted), ...part('excluded', excluded), ...(critical ? [] : ['not critical'])].join(
    '; ',
  )
}

function describeName(name: GeneralName): string {
  if (name.kind === 'directory' && Array.isArray(name.value)) return `directory ${describeSubject(name.value)}`
  if (name.kind === 'other') return 'a user principal name'
  const value = 'value' in name ? name.value : ''
  return `${name.kind} ${typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : [...(value as Uint8Array)].join('.')}`
}

function describeSubject(subject: readonly { type: string; value: string | Uint8Array }[]): string {
  return subject.length === 0 ? 'nothing' : subject.map(({ type, value }) => `${type}=${value}`).join('/')
}

function describeNames({
  spiffe,
  uri: uris = [],
  dns: hosts = [],
  email: mailboxes = [],
  ip: addresses = [],
  subject,
  alternativeNames = [],
  name,
}: CertificateOptions): string {
  const parts = [
    ...(subject === undefined ? [] : [`subject ${describeSubject(subject as never)}`]),
    ...(name === undefined ? [] : [`CN=${name}`]),
    ...[spiffe ?? [], uris, hosts, mailboxes, addresses].flat().map((value) => JSON.stringify(value).slice(1, -1)),
    ...alternativeNames.map(describeName),
  ]
  return parts.length === 0 ? 'no alternative names' : parts.join(', ')
}
