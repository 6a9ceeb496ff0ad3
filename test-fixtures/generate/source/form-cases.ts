/** What each form of certificate may look like, and what must not pass for it. @module */
import { createHash } from 'node:crypto'
import { type Expected, HOP, type SourceCase, type Value, type World } from './drawing.ts'
import {
  armouredOnOneLine,
  base64,
  byteSequence,
  concatenated,
  escaped,
  escapedForApache,
  escapedForAws,
  spaced,
} from './encode.ts'

/** RFC 9440, appendix A: leaf, intermediate, root. */
export const RFC_9440_EXAMPLE = {
  leaf: 'MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=',
  intermediate:
    'MIIB5jCCAYugAwIBAgIBFjAKBggqhkjOPQQDAjBWMQswCQYDVQQGEwJVUzEbMBkGA1UECgwSTGV0J3MgQXV0aGVudGljYXRlMSowKAYDVQQDDCFMZXQncyBBdXRoZW50aWNhdGUgUm9vdCBBdXRob3JpdHkwHhcNMjAwMTE0MjEzMjMwWhcNMzAwMTExMjEzMjMwWjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJf+aA54RC5pyLAR5yfXVYmNpgd+CGUTDp2KOGhc0gK91zxhHesEYkdXkpS2UN8Kati+yHtWCV3kkhCngGyv7RqjZjBkMB0GA1UdDgQWBBRm3WjLa38lbEYCuiCPct0ZaSED2DAfBgNVHSMEGDAWgBTEA2Q6eecKu9g9yb5glbkhhVINGDASBgNVHRMBAf8ECDAGAQH/AgEAMA4GA1UdDwEB/wQEAwIBhjAKBggqhkjOPQQDAgNJADBGAiEA5pLvaFwRRkxomIAtDIwg9D7gC1xzxBl4r28EzmSO1pcCIQCJUShpSXO9HDIQMUgH69fNDEMHXD3RRX5gP7kuu2KGMg==',
  root: 'MIICBjCCAaygAwIBAgIJAKS0yiqKtlhoMAoGCCqGSM49BAMCMFYxCzAJBgNVBAYTAlVTMRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxKjAoBgNVBAMMIUxldCdzIEF1dGhlbnRpY2F0ZSBSb290IEF1dGhvcml0eTAeFw0yMDAxMTQyMTI1NDVaFw00MDAxMDkyMTI1NDVaMFYxCzAJBgNVBAYTAlVTMRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxKjAoBgNVBAMMIUxldCdzIEF1dGhlbnRpY2F0ZSBSb290IEF1dGhvcml0eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFoaHU+Z5bPKmGzlYXtCf+E6HYj62fORaHDOrt+yyh3H/rTcs7ynFfGn+gyFsrSP3Ez88rajv+U2NfD0o0uZ4PmjYzBhMB0GA1UdDgQWBBTEA2Q6eecKu9g9yb5glbkhhVINGDAfBgNVHSMEGDAWgBTEA2Q6eecKu9g9yb5glbkhhVINGDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBhjAKBggqhkjOPQQDAgNIADBFAiEAmAeg1ycKHriqHnaD4M/UDBpQRpkmdcRFYGMg1Qyrkx4CIB4ivz3wQcQkGhcsUZ1SOImd/lq1Q0FLf09rGfLQPWDc',
}

const sha256 = (der: Uint8Array): string => createHash('sha256').update(der).digest('hex')

export function formCases(world: World): readonly SourceCase[] {
  return [
    ...byteSequenceCases(world),
    ...escapedPemCases(world),
    ...flattenedPemCases(world),
    ...base64Cases(world),
    ...traefikCases(world),
    ...xfccCases(world),
    ...statementCases(world),
  ]
}

type Row = readonly [id: string, title: string, value: Value, expected: Expected]

const LEAF: Expected = { leaf: 'leaf', chain: [] }
const BAD: Expected = 'header-undecodable'

function rows(preset: string, header: string, list: readonly Row[], options: object = {}): readonly SourceCase[] {
  return list.map(([id, title, value, expected]) => ({
    id: `${preset}/form-${id}`,
    title,
    source: ['forwarded', preset, { from: [HOP], ...options }],
    lines: [[header, value]],
    expected,
  }))
}

/** A DER SEQUENCE of that many octets, around nothing. */
const hollow = (length: number): string =>
  base64(
    Buffer.concat([Buffer.from([0x30, 0x83, length >> 16, (length >> 8) & 255, length & 255]), Buffer.alloc(length)]),
  )

function byteSequenceCases({ leaf, issuing, other }: World): readonly SourceCase[] {
  const text = base64(leaf.der)
  const good = `:${text}:`
  const at = 40
  return [
    ...rows('rfc9440', 'client-cert', [
      ['empty', 'an empty field is a certificate that was not handed on', '', 'certificate-withheld'],
      ['empty-sequence', 'an empty byte sequence', '::', BAD],
      ['list', 'a list, for two lines that were joined', `${good}, ${byteSequence(other)}`, 'header-duplicated'],
      ['parameters', 'parameters behind it', `${good};x=1`, BAD],
      ['no-colons', 'no colons', text, BAD],
      ['one-colon', 'one colon', `:${text}`, BAD],
      ['spaces-inside', 'white space in the base64', `:${text.slice(0, at)} ${text.slice(at)}:`, BAD],
      [
        'url-alphabet',
        'the alphabet of base64url',
        `:${text.replaceAll('+', '-').replaceAll('/', '_').slice(0, -4)}-_A=:`,
        BAD,
      ],
      [
        'pad-missing',
        'padding left out',
        `:${base64(Buffer.concat([leaf.der, Buffer.alloc(1)])).replaceAll('=', '')}:`,
        BAD,
      ],
      ['pad-bits', 'padding bits that are not zero', ':MAB=:', BAD],
      ['pem-inside', 'PEM inside', `:${base64(Buffer.from(leaf.pem))}:`, BAD],
      ['two-inside', 'two certificates in one sequence', `:${base64(concatenated(leaf, issuing))}:`, BAD],
      ['der-cut', 'the last octet of the DER is missing', `:${base64(leaf.der.subarray(0, -1))}:`, BAD],
      ['der-padded', 'an octet behind the DER', `:${base64(Buffer.concat([leaf.der, Buffer.alloc(1)]))}:`, BAD],
      ['quoted', 'a string instead of a byte sequence', `"${text}"`, BAD],
      ['percent', 'percent-encoded', encodeURIComponent(good), BAD],
      ['too-large', 'a certificate of more than 16 KiB', `:${hollow(16_384)}:`, 'certificates-oversized'],
    ]),
    {
      id: 'rfc9440/form-rfc-example',
      title: 'the example of RFC 9440, whatever verification says of it',
      source: ['forwarded', 'rfc9440', { from: [HOP] }],
      lines: [
        ['client-cert', `:${RFC_9440_EXAMPLE.leaf}:`],
        ['client-cert-chain', `:${RFC_9440_EXAMPLE.intermediate}:, :${RFC_9440_EXAMPLE.root}:`],
      ],
      expected: { leaf: 'rfc9440-leaf', chain: ['rfc9440-intermediate', 'rfc9440-root'] },
    },
    {
      id: 'rfc9440/form-chain-lines',
      title: 'a chain over two lines',
      source: ['forwarded', 'rfc9440', { from: [HOP] }],
      lines: [
        ['client-cert', good],
        ['client-cert-chain', byteSequence(issuing)],
        ['client-cert-chain', byteSequence(other)],
      ],
      expected: { leaf: 'leaf', chain: ['issuing', 'other'] },
    },
    {
      id: 'rfc9440/form-chain-alone',
      title: 'a chain without a certificate',
      source: ['forwarded', 'rfc9440', { from: [HOP] }],
      lines: [['client-cert-chain', byteSequence(issuing)]],
      expected: BAD,
    },
    {
      id: 'rfc9440/form-chain-broken',
      title: 'a chain that is no list',
      source: ['forwarded', 'rfc9440', { from: [HOP] }],
      lines: [
        ['client-cert', good],
        ['client-cert-chain', `${byteSequence(issuing)} ${byteSequence(other)}`],
      ],
      expected: BAD,
    },
    {
      id: 'rfc9440/form-chain-long',
      title: 'nine certificates in all',
      source: ['forwarded', 'rfc9440', { from: [HOP] }],
      lines: [
        ['client-cert', good],
        ['client-cert-chain', [{ repeat: `${byteSequence(other)}, `, times: 7 }, byteSequence(other)]],
      ],
      expected: 'certificates-oversized',
    },
    {
      id: 'rfc9440/form-chain-longer',
      title: 'a thousand certificates',
      source: ['forwarded', 'rfc9440', { from: [HOP] }],
      lines: [
        ['client-cert', good],
        ['client-cert-chain', [{ repeat: ':MAA=:, ', times: 999 }, ':MAA=:']],
      ],
      expected: 'certificates-oversized',
    },
  ]
}

function escapedPemCases({ leaf, issuing, other }: World): readonly SourceCase[] {
  const { pem } = leaf
  return [
    ...rows('nginx', 'x-ssl-client-cert', [
      ['aws', 'plus, slash and equals sign left alone', escapedForAws(pem), LEAF],
      ['lower-case', 'hexadecimal in lower case', escapedForApache(pem), LEAF],
      ['crlf', 'lines that end in CR LF', escaped(pem.replaceAll('\n', '\r\n')), LEAF],
      [
        'all-escaped',
        'every character escaped',
        [...pem].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''),
        LEAF,
      ],
      ['no-newline', 'no line break at the end', escaped(pem.trimEnd()), LEAF],
      ['bad-escape', 'an escape that is no UTF-8', '%E0%A4%A', BAD],
      ['cut-escape', 'an escape that is cut', `${escaped(pem)}%`, BAD],
      ['twice', 'escaped twice', escaped(escaped(pem)), BAD],
      ['plus-for-space', 'form encoding', escaped(pem).replaceAll('%20', '+'), BAD],
      ['two', 'two blocks where one is expected', escaped(pem + other.pem), BAD],
      ['label', 'another label', escaped(pem.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE')), BAD],
      ['labels-differ', 'labels that differ', escaped(pem.replace('END CERTIFICATE', 'END X509 CRL')), BAD],
      ['text-before', 'text before the block', escaped(`subject=CN=admin\n${pem}`), BAD],
      ['text-behind', 'text behind the block', escaped(`${pem}x`), BAD],
      ['header-inside', 'a header inside the block', escaped(pem.replace('-----\n', '-----\nProc-Type: 4\n\n')), BAD],
      ['spaces-inside', 'spaces for line breaks', escaped(spaced(leaf)), BAD],
      [
        'empty-block',
        'a block with nothing in it',
        escaped('-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n'),
        BAD,
      ],
      ['begin-only', 'a block that never ends', escaped('-----BEGIN CERTIFICATE-----\nMIIB'), BAD],
      ['folded', 'line breaks as in the deprecated variable', pem.replaceAll('\n', '\t'), BAD],
      ['empty', 'an empty field', '', 'certificate-withheld'],
    ]),
    ...rows('aws-alb-passthrough', 'x-amzn-mtls-clientcert', [
      [
        'first-broken',
        'a first block that does not decode is never skipped',
        escaped(`${pem.replace('MII', '!!!')}${other.pem}`),
        BAD,
      ],
      [
        'eight',
        'eight certificates',
        [escapedForAws(pem), { repeat: escapedForAws(issuing.pem), times: 7 }],
        { leaf: 'leaf', chain: Array(7).fill('issuing') },
      ],
      [
        'nine',
        'nine certificates',
        [escapedForAws(pem), { repeat: escapedForAws(issuing.pem), times: 8 }],
        'certificates-oversized',
      ],
    ]),
  ]
}

function flattenedPemCases({ leaf, other }: World): readonly SourceCase[] {
  return [
    ...rows('apache', 'x-ssl-client-cert', [
      [
        'tabs',
        'tabs for line breaks',
        spaced(leaf)
          .replaceAll(' ', '\t')
          .replace(/BEGIN\t/, 'BEGIN ')
          .replace(/END\t/, 'END '),
        LEAF,
      ],
      ['bare', 'nothing for line breaks', armouredOnOneLine(leaf), LEAF],
      ['trailing', 'a space behind', `${spaced(leaf)} `, LEAF],
      ['two', 'two blocks', `${spaced(leaf)} ${spaced(other)}`, BAD],
      ['percent', 'percent-encoded', escaped(leaf.pem), BAD],
      ['null-inside', 'the word for none beside a block', `(null) ${spaced(leaf)}`, BAD],
      ['no-armour', 'base64 without armour', base64(leaf.der), BAD],
      ['empty', 'an empty field', '', 'certificate-withheld'],
    ]),
    ...rows('apache-base64', 'x-ssl-client-cert', [
      ['der', 'base64 of DER', base64(leaf.der), BAD],
      ['not-text', 'base64 of what is no text', base64(Buffer.alloc(64, 0xff)), BAD],
      ['two', 'two blocks', base64(Buffer.from(leaf.pem + other.pem)), BAD],
    ]),
  ]
}

function base64Cases({ leaf, issuing, root, other }: World): readonly SourceCase[] {
  const text = base64(leaf.der)
  return [
    ...rows('haproxy', 'x-ssl-client-der', [
      ['quoted', 'in double quotes', `"${text}"`, LEAF],
      ['colons', 'in colons', `:${text}:`, LEAF],
      ['one-quote', 'one double quote', `"${text}`, BAD],
      ['quotes-differ', 'a quote and a colon', `"${text}:`, BAD],
      ['two', 'two certificates in the field of the leaf', base64(concatenated(leaf, other)), BAD],
      ['pem', 'PEM', leaf.pem.replaceAll('\n', ' '), BAD],
      ['list', 'a list, for two lines that were joined', `${text}, ${text}`, 'header-duplicated'],
      ['junk', 'characters that lenient decoders skip', `${text.slice(0, 8)}!${text.slice(8)}`, BAD],
      ['too-large', 'a certificate of more than 16 KiB', hollow(16_384), 'certificates-oversized'],
    ]),
    {
      id: 'haproxy/form-chain-cut',
      title: 'a chain whose last certificate is cut',
      source: ['forwarded', 'haproxy', { from: [HOP] }],
      lines: [
        ['x-ssl-client-der', text],
        ['x-ssl-client-chain-der', base64(concatenated(issuing, root).subarray(0, -1))],
      ],
      expected: BAD,
    },
    {
      id: 'haproxy/form-chain-long',
      title: 'a chain of eight behind the leaf',
      source: ['forwarded', 'haproxy', { from: [HOP] }],
      lines: [
        ['x-ssl-client-der', text],
        ['x-ssl-client-chain-der', base64(concatenated(...Array(9).fill(issuing)))],
      ],
      expected: 'certificates-oversized',
    },
  ]
}

function traefikCases({ leaf, issuing }: World): readonly SourceCase[] {
  const list = `${base64(leaf.der)},${base64(issuing.der)}`
  const both: Expected = { leaf: 'leaf', chain: ['issuing'] }
  return rows('traefik', 'x-forwarded-tls-client-cert', [
    ['escaped', 'percent-encoded, as until 2.9.4', encodeURIComponent(list), both],
    ['escaped-one', 'one, percent-encoded', encodeURIComponent(base64(leaf.der)), LEAF],
    ['armoured', 'in armour without line breaks', `${armouredOnOneLine(leaf)},${armouredOnOneLine(issuing)}`, both],
    [
      'armoured-escaped',
      'the same, percent-encoded',
      escaped(`${armouredOnOneLine(leaf)},${armouredOnOneLine(issuing)}`),
      both,
    ],
    ['armoured-one', 'one in armour', armouredOnOneLine(leaf), LEAF],
    ['first-broken', 'a first item that does not decode is never skipped', `x${list}`, BAD],
    ['first-empty', 'an empty first item', `,${base64(issuing.der)}`, BAD],
    ['trailing-comma', 'a comma behind the last item', `${list},`, BAD],
    ['spaces', 'a space behind the comma', list.replace(',', ', '), BAD],
    [
      'nine',
      'nine certificates',
      [base64(leaf.der), { repeat: `,${base64(issuing.der)}`, times: 8 }],
      'certificates-oversized',
    ],
  ])
}

function xfccCases({ leaf, issuing, root, other }: World): readonly SourceCase[] {
  const hash = sha256(leaf.der)
  const cert = `Cert="${escaped(leaf.pem)}"`
  const element = `Hash=${hash};${cert}`
  const second = `Hash=${sha256(other.der)};Cert="${escaped(other.pem)}"`
  const chain = (...all: { pem: string }[]) => `Chain="${escaped(all.map(({ pem }) => pem).join(''))}"`
  return [
    ...rows('envoy', 'x-forwarded-client-cert', [
      ['cert-only', 'Cert alone', cert, LEAF],
      ['case', 'keys in any case', `hASH=${hash.toUpperCase()};CERT="${escaped(leaf.pem)}"`, LEAF],
      ['bare', 'a Cert without quotes', `Hash=${hash};Cert=${escaped(leaf.pem)}`, LEAF],
      [
        'subject',
        'separators and an escaped quote in a quoted Subject',
        `${element};Subject="CN=a\\"b,O=c;d=e";URI=`,
        LEAF,
      ],
      ['names', 'several names', `By=spiffe://a;By=spiffe://b;${element};URI=spiffe://c?x=y;URI=;DNS=a;DNS=b`, LEAF],
      ['trailing', 'a semicolon behind the last pair', `${element};`, LEAF],
      ['unknown-key', 'a key that is not known', `${element};Serial=7`, LEAF],
      [
        'chain',
        'a Chain that begins with Cert',
        `${element};${chain(leaf, issuing, root)}`,
        { leaf: 'leaf', chain: ['issuing', 'root'] },
      ],
      ['chain-order', 'a Chain that does not begin with Cert', `${element};${chain(issuing, leaf)}`, BAD],
      ['chain-alone', 'a Chain without Cert', `Hash=${hash};${chain(leaf, issuing)}`, BAD],
      ['hash-only', 'only a Hash', `By=spiffe://edge;Hash=${hash}`, 'certificate-withheld'],
      ['hash-wrong', 'a Hash of another certificate', `Hash=${sha256(other.der)};${cert}`, BAD],
      ['hash-base64', 'a Hash that is not hexadecimal', `Hash=abc;${cert}`, BAD],
      ['cert-twice', 'two Cert', `${element};Cert="${escaped(other.pem)}"`, BAD],
      [
        'cert-injected',
        'a Cert that a URI brings along where only a Hash is forwarded',
        `Hash=${hash};URI=spiffe://a;Cert="${escaped(other.pem)}"`,
        BAD,
      ],
      ['hash-twice', 'two Hash', `${element};Hash=${hash}`, BAD],
      ['chain-twice', 'two Chain', `${element};${chain(leaf)};${chain(leaf)}`, BAD],
      ['two', 'two elements', `${element},${second}`, BAD],
      ['two-injected', 'a second element that a URI brings along', `${element};URI=spiffe://a,${second}`, BAD],
      ['unterminated', 'a quote that is not closed', `Hash=${hash};Cert="${escaped(leaf.pem)}`, BAD],
      ['behind-quote', 'text behind a quote', `Hash=${hash};Cert="${escaped(leaf.pem)}"x`, BAD],
      ['quote-inside', 'a quote inside a bare value', `${element};URI=a"b`, BAD],
      ['backslashes', 'a quote that two readers read in two ways', `Subject="CN=a\\\\";${element};DNS="x"`, BAD],
      ['no-equals', 'a pair without =', `${element};URI`, BAD],
      ['no-key', 'a pair without a key', `${element};=x`, BAD],
      ['empty-pair', 'an empty pair', `Hash=${hash};;${cert}`, BAD],
      ['empty-element', 'an empty element', `${element},`, BAD],
      ['space', 'a space before a key', `${element}; URI=a`, BAD],
      ['two-blocks', 'two blocks in Cert', `Cert="${escaped(leaf.pem + issuing.pem)}"`, BAD],
      ['many', 'more elements than there are proxies', [{ repeat: 'Hash=aa,', times: 5000 }, element], BAD],
      ['quotes', 'nothing but quotes', [{ repeat: '"', times: 10_000 }], BAD],
      ['backslash-row', 'nothing but backslashes in a quote', ['Subject="', { repeat: '\\', times: 10_001 }, '"'], BAD],
      ['empty', 'an empty field', '', 'certificate-withheld'],
    ]),
    ...rows(
      'istio',
      'x-forwarded-client-cert',
      [
        ['elements', 'gateway and sidecar: the first of two is the client', `${element},${second}`, LEAF],
        ['elements-fewer', 'one element where two proxies add one each', element, BAD],
        ['elements-more', 'the client sent one of its own in front', `${second},${element},${second}`, BAD],
      ],
      { elements: 2 },
    ),
  ]
}

/** What else a row says about the certificate. */
function statementCases({ leaf, other }: World): readonly SourceCase[] {
  const list: readonly (readonly [string, object, string, string, SourceCase['lines'], Expected])[] = [
    [
      'nginx',
      { verdict: 'require' },
      'verdict-good',
      'verified',
      [
        ['x-ssl-client-cert', escaped(leaf.pem)],
        ['x-ssl-client-verify', 'SUCCESS'],
      ],
      LEAF,
    ],
    [
      'nginx',
      { verdict: 'require' },
      'verdict-bad',
      'not verified',
      [
        ['x-ssl-client-cert', escaped(leaf.pem)],
        ['x-ssl-client-verify', 'FAILED:self-signed certificate'],
      ],
      'certificate-refused-upstream',
    ],
    [
      'nginx',
      { verdict: 'require' },
      'verdict-missing',
      'no verdict',
      [['x-ssl-client-cert', escaped(leaf.pem)]],
      'certificate-refused-upstream',
    ],
    [
      'nginx',
      { verdict: 'require' },
      'verdict-none',
      'no certificate, and it says so',
      [['x-ssl-client-verify', 'NONE']],
      null,
    ],
    [
      'nginx',
      { verdict: 'require' },
      'verdict-withheld',
      'refused, and not forwarded',
      [['x-ssl-client-verify', 'FAILED:certificate has expired']],
      'certificate-withheld',
    ],
    [
      'nginx',
      { verdict: 'require' },
      'verdict-list',
      'two verdicts joined',
      [
        ['x-ssl-client-cert', escaped(leaf.pem)],
        ['x-ssl-client-verify', 'SUCCESS, SUCCESS'],
      ],
      'certificate-refused-upstream',
    ],
    [
      'nginx',
      { verdict: 'require' },
      'verdict-twice',
      'two lines of the verdict',
      [
        ['x-ssl-client-cert', escaped(leaf.pem)],
        ['x-ssl-client-verify', 'SUCCESS'],
        ['x-ssl-client-verify', 'FAILED:x'],
      ],
      'header-duplicated',
    ],
    [
      'nginx',
      {},
      'verdict-ignored',
      'not asked for, a verdict says nothing',
      [
        ['x-ssl-client-cert', escaped(leaf.pem)],
        ['x-ssl-client-verify', 'FAILED:unable to get local issuer certificate'],
      ],
      LEAF,
    ],
    [
      'apache',
      { verdict: 'require' },
      'verdict-generous',
      'a certificate that Apache let pass unverified',
      [
        ['x-ssl-client-cert', spaced(leaf)],
        ['x-ssl-client-verify', 'GENEROUS'],
      ],
      'certificate-refused-upstream',
    ],
    [
      'apache',
      { verdict: 'require' },
      'verdict-none',
      'no certificate',
      [
        ['x-ssl-client-cert', '(null)'],
        ['x-ssl-client-verify', 'NONE'],
      ],
      null,
    ],
    [
      'haproxy',
      { verdict: 'require' },
      'verdict-good',
      'used and verified',
      [
        ['x-ssl-client-der', base64(leaf.der)],
        ['x-ssl-client-verify', '0'],
        ['x-ssl-client-used', '1'],
      ],
      LEAF,
    ],
    [
      'haproxy',
      { verdict: 'require' },
      'verdict-unused',
      'verified, and not used',
      [
        ['x-ssl-client-der', base64(leaf.der)],
        ['x-ssl-client-verify', '0'],
        ['x-ssl-client-used', '0'],
      ],
      'certificate-refused-upstream',
    ],
    [
      'haproxy',
      { verdict: 'require' },
      'verdict-bad',
      'used, and self-signed',
      [
        ['x-ssl-client-der', base64(other.der)],
        ['x-ssl-client-verify', '18'],
        ['x-ssl-client-used', '1'],
      ],
      'certificate-refused-upstream',
    ],
    [
      'haproxy',
      { verdict: 'require' },
      'verdict-none',
      'zero also stands for none',
      [
        ['x-ssl-client-der', ''],
        ['x-ssl-client-verify', '0'],
        ['x-ssl-client-used', '0'],
      ],
      null,
    ],
    [
      'aws-cloudfront-viewer',
      {},
      'presence-missing',
      'a certificate that is not said to be there',
      [['cloudfront-viewer-cert-pem', escapedForAws(leaf.pem)]],
      BAD,
    ],
    [
      'aws-cloudfront-viewer',
      {},
      'presence-no',
      'a certificate that is said not to be there',
      [
        ['cloudfront-viewer-cert-pem', escapedForAws(leaf.pem)],
        ['cloudfront-viewer-cert-present', '0'],
      ],
      BAD,
    ],
    [
      'aws-cloudfront-viewer',
      {},
      'presence-alone',
      'there, and not forwarded',
      [['cloudfront-viewer-cert-present', '1']],
      'certificate-withheld',
    ],
    ['aws-cloudfront-viewer', {}, 'presence-odd', 'neither', [['cloudfront-viewer-cert-present', 'yes']], BAD],
    [
      'aws-cloudfront-viewer',
      {},
      'digest-wrong',
      'the digest of another',
      [
        ['cloudfront-viewer-cert-pem', escapedForAws(leaf.pem)],
        ['cloudfront-viewer-cert-present', '1'],
        ['cloudfront-viewer-cert-sha256', sha256(other.der)],
      ],
      'source-conflict',
    ],
    [
      'cloudflare-access',
      {},
      'digest-wrong',
      'the digest of another',
      [
        ['cf-client-cert-der-base64', base64(leaf.der)],
        ['cf-client-cert-sha256', sha256(other.der)],
      ],
      'source-conflict',
    ],
    [
      'cloudflare-rfc9440',
      { headers: { oversized: 'client-cert-too-large' } },
      'oversized-flag',
      'too large for the edge',
      [['client-cert-too-large', 'true']],
      'certificate-withheld',
    ],
    [
      'cloudflare-rfc9440',
      { headers: { oversized: 'client-cert-too-large' } },
      'oversized-no',
      'not too large',
      [
        ['client-cert', byteSequence(leaf)],
        ['client-cert-too-large', 'false'],
      ],
      LEAF,
    ],
    [
      'cloudflare-rfc9440',
      { headers: { oversized: 'client-cert-too-large' } },
      'oversized-odd',
      'neither',
      [
        ['client-cert', byteSequence(leaf)],
        ['client-cert-too-large', '1'],
      ],
      BAD,
    ],
    [
      'gcp-alb',
      {},
      'error',
      'an error beside the certificate',
      [
        ['x-client-cert-present', 'true'],
        ['x-client-cert-leaf', byteSequence(leaf)],
        ['x-client-cert-error', 'client_cert_validation_failed'],
      ],
      'certificate-refused-upstream',
    ],
    [
      'gcp-alb',
      {},
      'withheld',
      'presented, not validated, not forwarded',
      [
        ['x-client-cert-present', 'true'],
        ['x-client-cert-leaf', ''],
        ['x-client-cert-error', 'client_cert_leaf_exceeded_size_limit'],
      ],
      'certificate-withheld',
    ],
    [
      'gcp-alb',
      { verdict: 'require' },
      'verdict-bad',
      'a chain that was not verified',
      [
        ['x-client-cert-present', 'true'],
        ['x-client-cert-leaf', byteSequence(leaf)],
        ['x-client-cert-chain-verified', 'false'],
      ],
      'certificate-refused-upstream',
    ],
  ]
  return list.map(([preset, options, id, title, lines = [], expected]) => ({
    id: `${preset}/${id}`,
    title,
    source: ['forwarded', preset, { from: [HOP], ...options }],
    lines,
    expected,
  }))
}
