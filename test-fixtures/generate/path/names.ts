/** Names: of issuers, of leaves, and those that a caller asks for. @module */
import type { NameAttribute, Subject } from '../../../packages/testing/src/index.ts'
import { ca, caption, client, type PathCase, root } from './drawing.ts'

const MATCH = 'RFC 5280 §7.1'

export async function nameCases(): Promise<PathCase[]> {
  return [...(await matchingCases()), ...(await requestedCases()), ...(await malformedCases())]
}

/** A chain whose intermediate spells its name in one way and whose leaf spells its issuer in another. */
async function spelled(
  id: string,
  title: string,
  subject: Subject,
  issuer: Subject,
  expected: PathCase['expected'],
  clause = MATCH,
): Promise<PathCase> {
  const anchor = await root('Root')
  const issuing = await ca('CA in one spelling', anchor, { subject })
  const other = await ca('CA in another spelling', anchor, { subject: issuer, keys: issuing.keys })
  const leaf = caption('Client, its issuer in another spelling', await other.issueClient({ name: 'Client' }))
  return { id: `name-matching/${id}`, title, clause, leaf, intermediates: [issuing], anchors: [anchor], expected }
}

const cn = (value: string, as?: NameAttribute['as']): NameAttribute =>
  as === undefined ? { type: 'CN', value } : { type: 'CN', value, as }

async function matchingCases(): Promise<PathCase[]> {
  const unknown = { code: 'issuer-unknown', index: 0 }
  const o = { type: 'O', value: 'Example' }
  return [
    await spelled('case', 'Case does not count.', [o, cn('Issuing CA')], [o, cn('ISSUING ca')], 'accepted'),
    await spelled(
      'spaces',
      'Nor do leading, trailing and repeated spaces.',
      [o, cn('Issuing CA')],
      [o, cn('  Issuing   CA ')],
      'accepted',
    ),
    await spelled(
      'printable',
      'Nor the string type: PrintableString and UTF8String.',
      [o, cn('Issuing CA', 'printable')],
      [o, cn('Issuing CA')],
      'accepted',
    ),
    await spelled('bmp', 'BMPString and UTF8String.', [o, cn('Größe', 'bmp')], [o, cn('Größe')], 'accepted'),
    await spelled(
      'universal',
      'UniversalString and UTF8String.',
      [o, cn('Größe 𝒳', 'universal')],
      [o, cn('GRÖSSE 𝒳')],
      'accepted',
      'RFC 4518 §2.2',
    ),
    await spelled(
      'normalization',
      'Composed and decomposed characters are the same.',
      [o, cn('Zo\u00eb')],
      [o, cn('Zoe\u0308')],
      'accepted',
      'RFC 4518 §2.3',
    ),
    await spelled(
      'multi-valued',
      'The attributes of one relative name have no order of their own.',
      [[o, cn('CA')]],
      [
        [
          { type: 'CN', value: 'ca' },
          { type: 'O', value: 'EXAMPLE' },
        ],
      ],
      'accepted',
    ),
    await spelled(
      'homoglyph',
      'A Cyrillic letter is another letter.',
      [o, cn('Issuing CA')],
      [o, cn('Issuing \u0421A')],
      unknown,
    ),
    await spelled(
      'inner-space',
      'A space where there is none is a difference.',
      [o, cn('IssuingCA')],
      [o, cn('Issuing CA')],
      unknown,
    ),
    await spelled('order', 'The order of relative names counts.', [o, cn('CA')], [cn('CA'), o], unknown),
    await spelled('shorter', 'A name is not its beginning.', [o, cn('CA')], [o], unknown),
    await spelled('attribute', 'The attribute counts.', [o, cn('CA')], [o, { type: 'OU', value: 'CA' }], unknown),
    await spelled(
      'joined',
      'Two relative names are not one with two attributes.',
      [o, cn('CA')],
      [[o, cn('CA')]],
      unknown,
    ),
    await spelled(
      'separator',
      'A comma in a value is part of the value.',
      [cn('CA,O=Example')],
      [cn('CA'), o],
      unknown,
    ),
    await spelled('nul', 'What stands after a NUL counts.', [cn('CA')], [cn('CA\0x')], unknown),
  ]
}

async function requestedCases(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const leaf = await client('Client, many names', anchor, {
    spiffe: 'spiffe://partner.example/ns/prod/sa/api',
    dns: ['api.partner.example', '*.wild.partner.example'],
    email: ['Ops@Partner.example', '"a b"@partner.example'],
    ip: ['192.0.2.7', '2001:db8::7'],
  })
  const named = await client('host.partner.example', anchor)
  const textual = await client('Client, an address as text', anchor, { dns: ['a.192.0.2.x7'] })
  const ask = async (
    id: string,
    title: string,
    names: readonly { kind: string; value: string }[],
    found: boolean,
    clause = 'RFC 9525 §6.3',
    subject = leaf,
  ): Promise<PathCase> => ({
    id: `requested-name/${id}`,
    title,
    clause,
    leaf: subject,
    anchors: [anchor],
    options: { names },
    expected: found ? 'accepted' : { code: 'name-missing', index: 0 },
  })
  return [
    await ask('dns', 'A host name, without regard to case.', [{ kind: 'dns', value: 'API.partner.example' }], true),
    await ask('dns-other', 'Another host name.', [{ kind: 'dns', value: 'www.partner.example' }], false),
    await ask('dns-below', 'A host below it.', [{ kind: 'dns', value: 'a.api.partner.example' }], false),
    await ask('wildcard', 'A wildcard stands for one label.', [{ kind: 'dns', value: 'a.wild.partner.example' }], true),
    await ask('wildcard-two-labels', 'Not for two.', [{ kind: 'dns', value: 'a.b.wild.partner.example' }], false),
    await ask('wildcard-none', 'Not for none.', [{ kind: 'dns', value: 'wild.partner.example' }], false),
    await ask(
      'wildcard-asked',
      'Nobody asks for a wildcard.',
      [{ kind: 'dns', value: '*.wild.partner.example' }],
      false,
    ),
    await ask(
      'dns-trailing-dot',
      'A trailing dot is not in the certificate.',
      [{ kind: 'dns', value: 'api.partner.example.' }],
      false,
    ),
    await ask(
      'common-name',
      'The common name is no host name.',
      [{ kind: 'dns', value: 'host.partner.example' }],
      false,
      'RFC 9525 §2',
      named,
    ),
    await ask('ipv4', 'An IPv4 address.', [{ kind: 'ip', value: '192.0.2.7' }], true),
    await ask('ipv6', 'An IPv6 address, however it is written.', [{ kind: 'ip', value: '2001:0db8:0:0::0007' }], true),
    await ask(
      'ipv4-mapped',
      'An IPv4-mapped address is another one.',
      [{ kind: 'ip', value: '::ffff:192.0.2.7' }],
      false,
    ),
    await ask('ip-garbage', 'What is no address is in no certificate.', [{ kind: 'ip', value: '192.0.2.07' }], false),
    await ask(
      'ip-in-dns',
      'An address is not looked for among host names.',
      [{ kind: 'ip', value: '192.0.2.7' }],
      false,
      'RFC 9525 §6.5',
      textual,
    ),
    await ask(
      'email',
      'A mailbox: the domain without regard to case.',
      [{ kind: 'email', value: 'Ops@partner.EXAMPLE' }],
      true,
      'RFC 5280 §7.5',
    ),
    await ask(
      'email-local-case',
      'The local part with it.',
      [{ kind: 'email', value: 'ops@partner.example' }],
      false,
      'RFC 5280 §7.5',
    ),
    await ask(
      'email-quoted',
      'Quoting is not part of the local part.',
      [{ kind: 'email', value: '"a b"@partner.example' }],
      true,
      'RFC 5321 §4.1.2',
    ),
    await ask(
      'uri',
      'A SPIFFE ID.',
      [{ kind: 'uri', value: 'spiffe://partner.example/ns/prod/sa/api' }],
      true,
      'RFC 5280 §7.4',
    ),
    await ask(
      'uri-prefix',
      'A URI is compared whole.',
      [{ kind: 'uri', value: 'spiffe://partner.example/ns/prod' }],
      false,
      'RFC 5280 §7.4',
    ),
    await ask(
      'all',
      'Every name that is asked for must be there.',
      [
        { kind: 'dns', value: 'api.partner.example' },
        { kind: 'uri', value: 'spiffe://partner.example/' },
      ],
      false,
      'RFC 5280 §4.2.1.6',
    ),
    await ask(
      'kind',
      'A host name is no URI.',
      [{ kind: 'uri', value: 'api.partner.example' }],
      false,
      'RFC 5280 §4.2.1.6',
    ),
  ]
}

async function malformedCases(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const octets = (text: string): Uint8Array => new TextEncoder().encode(text)
  const dns = async (
    id: string,
    title: string,
    value: string,
    expected: PathCase['expected'] = { code: 'name-malformed', index: 0 },
  ): Promise<PathCase> => ({
    id: `name-form/${id}`,
    title,
    clause: 'RFC 5280 §4.2.1.6',
    leaf: await client('Client', anchor, { dns: [value] }),
    anchors: [anchor],
    expected,
  })
  const malformed = { code: 'certificate-malformed', index: 0, extension: '2.5.29.17' }
  const other = async (
    id: string,
    title: string,
    alternative: Parameters<typeof client>[2],
    expected: PathCase['expected'],
  ): Promise<PathCase> => ({
    id: `name-form/${id}`,
    title,
    clause: 'RFC 5280 §4.2.1.6',
    leaf: await client('Client', anchor, alternative),
    anchors: [anchor],
    expected,
  })
  return [
    await dns('single-label', 'A host name of one label.', 'localhost', 'accepted'),
    await dns('wildcard', 'A wildcard label in front.', '*.partner.example', 'accepted'),
    await dns('punycode', 'An internationalized name in its ASCII form.', 'xn--bcher-kva.example', 'accepted'),
    await dns('underscore', 'No underscores.', 'my_host.partner.example'),
    await dns('wildcard-inside', 'No wildcard but the first label.', 'a.*.example'),
    await dns('wildcard-part', 'No wildcard that is part of a label.', 'a*.partner.example'),
    await dns('wildcard-alone', 'No wildcard alone.', '*'),
    await dns('leading-dot', 'No leading dot.', '.partner.example'),
    await dns('trailing-dot', 'No trailing dot.', 'partner.example.'),
    await dns('empty-label', 'No empty label.', 'a..example'),
    await dns('hyphen', 'No label that begins with a hyphen.', '-a.partner.example'),
    await dns('address', 'No address as a host name.', '192.0.2.7'),
    await dns('long-label', 'No label of 64 octets.', `${'a'.repeat(64)}.example`),
    await dns('long-name', 'No name of 254 octets.', `${'a.'.repeat(123)}examples`),
    await dns('space', 'No space.', ' ', { code: 'name-malformed', index: 0 }),
    await dns('nul', 'No NUL, before or after anything.', 'api.partner.example\0.evil.example', malformed),
    await dns('line-break', 'No line break.', 'api.partner.example\nDNS:evil.example', malformed),
    await dns('empty', 'Not nothing.', '', malformed),
    await other(
      'not-ascii',
      'IA5String is ASCII.',
      { alternativeNames: [{ kind: 'dns', value: octets('bücher.example') }] },
      malformed,
    ),
    await other(
      'mailbox-two-ats',
      'A mailbox has one at sign.',
      { email: ['a@b@partner.example'] },
      { code: 'name-malformed', index: 0 },
    ),
    await other(
      'mailbox-no-domain',
      'A mailbox has a domain.',
      { email: ['ops'] },
      { code: 'name-malformed', index: 0 },
    ),
    await other(
      'uri-relative',
      'A URI has a scheme.',
      { uri: ['//partner.example/a'] },
      { code: 'name-malformed', index: 0 },
    ),
    await other(
      'uri-space',
      'A URI has no space.',
      { uri: ['spiffe://partner.example/a b'] },
      { code: 'name-malformed', index: 0 },
    ),
    await other(
      'uri-urn',
      'A URI without an authority is one all the same.',
      { uri: ['urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6'] },
      'accepted',
    ),
    await other(
      'two-spiffe',
      'Two SPIFFE IDs hold as a path; who they are is for the caller to refuse.',
      { spiffe: ['spiffe://partner.example/a', 'spiffe://partner.example/b'] },
      'accepted',
    ),
  ]
}
