/** What platforms hand over beside the request, and what they say of certificates that they keep. @module */
import { createHash } from 'node:crypto'
import { type Expected, HOP, type Line, type SourceCase, type World } from './drawing.ts'
import { base64, byteSequence } from './encode.ts'

export function platformCases(world: World): readonly SourceCase[] {
  return [...workersCases(world), ...gatewayCases(world), ...zuploCases(world), ...verdictCases(world)]
}

function sha256(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex')
}

/** What local development and requests without a certificate show. */
const PLACEHOLDER = {
  certPresented: '0',
  certVerified: 'NONE',
  certRevoked: '0',
  certFingerprintSHA256: '',
  certRFC9440: '',
  certChainRFC9440: '',
}

function workersCases({ leaf, issuing, other }: World): readonly SourceCase[] {
  const good = {
    certPresented: '1',
    certVerified: 'SUCCESS',
    certRevoked: '0',
    certFingerprintSHA256: sha256(leaf.der),
    certRFC9440: byteSequence(leaf),
    certChainRFC9440: '',
  }
  const { certRevoked: _, ...silent } = good
  const list: readonly (readonly [string, string, unknown, Expected])[] = [
    ['valid', 'presented, verified, not revoked', good, { leaf: 'leaf', chain: [] }],
    [
      'chain',
      'with its chain',
      { ...good, certChainRFC9440: byteSequence(issuing) },
      { leaf: 'leaf', chain: ['issuing'] },
    ],
    [
      'fingerprint-odd',
      'a fingerprint as long as none is',
      { ...good, certFingerprintSHA256: 'a'.repeat(128) },
      { leaf: 'leaf', chain: [] },
    ],
    ['absent', 'the placeholder', PLACEHOLDER, null],
    ['missing', 'no such object', undefined, null],
    ['null', 'null', null, null],
    ['list', 'a list', [good], null],
    ['number', 'one as a number', { ...good, certPresented: 1 }, null],
    ['revoked', 'verified, and revoked', { ...good, certRevoked: '1' }, 'certificate-refused-upstream'],
    ['revoked-silent', 'nothing said of revocation', silent, 'certificate-refused-upstream'],
    [
      'failed',
      'not verified',
      { ...good, certVerified: 'FAILED:self signed certificate' },
      'certificate-refused-upstream',
    ],
    ['boolean', 'true instead of SUCCESS', { ...good, certVerified: true }, 'certificate-refused-upstream'],
    [
      'too-large',
      'left out for its size',
      { ...good, certRFC9440: '', certRFC9440TooLarge: true },
      'certificate-withheld',
    ],
    ['malformed', 'no byte sequence', { ...good, certRFC9440: base64(leaf.der) }, 'header-undecodable'],
    ['chain-malformed', 'a chain that is no list', { ...good, certChainRFC9440: 'x' }, 'header-undecodable'],
    [
      'fingerprint-wrong',
      'the fingerprint of another',
      { ...good, certFingerprintSHA256: sha256(other.der) },
      'source-conflict',
    ],
    ['object', 'an object for text', { ...good, certRFC9440: { toString: 'x' } }, 'certificate-withheld'],
  ]
  return [
    ...list.map(
      ([id, title, tlsClientAuth, expected]): SourceCase => ({
        id: `cloudflare-workers/${id}`,
        title,
        source: ['cloudflareWorkers'],
        peer: 'unknown',
        platform: { cf: { tlsVersion: 'TLSv1.3', ...(tlsClientAuth === undefined ? {} : { tlsClientAuth }) } },
        expected,
      }),
    ),
    {
      id: 'cloudflare-workers/spoofed',
      title: 'a field from the client beside it',
      source: ['cloudflareWorkers'],
      peer: 'unknown',
      lines: [['client-cert', byteSequence(other)]],
      platform: { cf: { tlsVersion: 'TLSv1.3', tlsClientAuth: good } },
      expected: 'source-untrusted',
    },
  ]
}

function gatewayCases({ leaf, issuing, other }: World): readonly SourceCase[] {
  const rest = (clientCert: unknown) => ({ event: { requestContext: { apiId: 'a1', identity: { clientCert } } } })
  const http = (clientCert: unknown) => ({ event: { requestContext: { apiId: 'a1', authentication: { clientCert } } } })
  const about = { subjectDN: 'CN=a', issuerDN: 'CN=b', serialNumber: '1' }
  const pem = (clientCertPem: unknown) => ({ clientCertPem, ...about })
  const list: readonly (readonly [string, string, unknown, Expected])[] = [
    ['rest-valid', 'REST API', rest(pem(leaf.pem)), { leaf: 'leaf', chain: [] }],
    ['http-valid', 'HTTP API', http(pem(leaf.pem)), { leaf: 'leaf', chain: [] }],
    ['crlf', 'lines that end in CR LF', http(pem(leaf.pem.replaceAll('\n', '\r\n'))), { leaf: 'leaf', chain: [] }],
    ['rest-absent', 'REST API without mutual TLS', rest(undefined), null],
    ['rest-null', 'REST API, null', rest(null), null],
    ['http-absent', 'HTTP API without mutual TLS', { event: { requestContext: { apiId: 'a1' } } }, null],
    ['no-event', 'no event', {}, null],
    ['object', 'an object for text', http(pem({ toString: leaf.pem })), 'certificate-withheld'],
    ['list', 'a list for text', http(pem([leaf.pem])), 'certificate-withheld'],
    ['empty', 'empty text', http(pem('')), 'certificate-withheld'],
    ['text-only', 'names and no certificate', http(about), 'certificate-withheld'],
    ['two', 'two blocks', http(pem(leaf.pem + issuing.pem)), 'header-undecodable'],
    ['truncated', 'a block that never ends', http(pem(leaf.pem.slice(0, -20))), 'header-undecodable'],
    ['escaped', 'percent-encoded', http(pem(encodeURIComponent(leaf.pem))), 'header-undecodable'],
    [
      'both',
      'in both places',
      {
        event: {
          requestContext: {
            apiId: 'a1',
            identity: { clientCert: pem(leaf.pem) },
            authentication: { clientCert: pem(other.pem) },
          },
        },
      },
      'source-conflict',
    ],
  ]
  return list.map(([id, title, platform, expected]) => ({
    id: `aws-api-gateway/${id}`,
    title,
    source: ['apiGateway'],
    peer: 'unknown',
    platform,
    expected,
  }))
}

function zuploCases({ leaf }: World): readonly SourceCase[] {
  const clientCert = byteSequence(leaf)
  const list: readonly (readonly [string, string, unknown, Expected])[] = [
    ['valid', 'verified', { clientCert, clientMtlsVerificationStatus: 'SUCCESS' }, { leaf: 'leaf', chain: [] }],
    ['absent', 'none', { clientMtlsVerificationStatus: 'NONE' }, null],
    ['empty', 'nothing said', {}, null],
    ['failed', 'not verified', { clientCert, clientMtlsVerificationStatus: 'FAILED' }, 'certificate-refused-upstream'],
    ['silent', 'a certificate without a status', { clientCert }, 'certificate-refused-upstream'],
    ['withheld', 'a status without a certificate', { clientMtlsVerificationStatus: 'SUCCESS' }, 'certificate-withheld'],
    [
      'malformed',
      'no byte sequence',
      { clientCert: 'x', clientMtlsVerificationStatus: 'SUCCESS' },
      'header-undecodable',
    ],
  ]
  return list.map(([id, title, incomingRequestProperties, expected]) => ({
    id: `zuplo/${id}`,
    title,
    source: ['zuplo'],
    peer: 'unknown',
    platform: { incomingRequestProperties },
    expected,
  }))
}

function verdictCases({ leaf }: World): readonly SourceCase[] {
  const fingerprint = sha256(leaf.der)
  const lines = (fields: Readonly<Record<string, string>>): readonly Line[] => Object.entries(fields)
  const headers = {
    'cf-cert-presented': 'true',
    'cf-cert-verified': 'true',
    'cf-cert-revoked': 'false',
    'cf-cert-fingerprint-sha256': fingerprint,
  }
  const google = {
    'x-client-cert-present': 'true',
    'x-client-cert-chain-verified': 'true',
    'x-client-cert-error': '',
    'x-client-cert-hash': Buffer.from(fingerprint, 'hex').toString('base64'),
    'x-client-cert-spiffe': 'spiffe://acme.example/orders',
    'x-client-cert-uri-sans': [
      Buffer.from('https://acme.example/;a=b,c').toString('base64'),
      base64(Buffer.from('urn:x')),
    ].join(','),
    'x-client-cert-dnsname-sans': base64(Buffer.from('acme.example')),
  }
  const named: Expected = {
    names: [
      { kind: 'uri', value: 'spiffe://acme.example/orders' },
      { kind: 'uri', value: 'https://acme.example/;a=b,c' },
      { kind: 'uri', value: 'urn:x' },
      { kind: 'dns', value: 'acme.example' },
    ],
    fingerprint,
  }
  const list: readonly (readonly [string, string, string, readonly Line[], Expected, SourceCase['peer']?])[] = [
    ['cloudflare-headers', 'valid', 'presented, verified, not revoked', lines(headers), { names: [], fingerprint }],
    [
      'cloudflare-headers',
      'absent',
      'not presented',
      lines({ 'cf-cert-presented': 'false', 'cf-cert-verified': 'false' }),
      null,
    ],
    ['cloudflare-headers', 'silent', 'the transform is switched off', [], 'certificate-withheld'],
    [
      'cloudflare-headers',
      'revoked',
      'verified, and revoked',
      lines({ ...headers, 'cf-cert-revoked': 'true' }),
      'certificate-refused-upstream',
    ],
    [
      'cloudflare-headers',
      'failed',
      'not verified',
      lines({ ...headers, 'cf-cert-verified': 'false' }),
      'certificate-refused-upstream',
    ],
    [
      'cloudflare-headers',
      'case',
      'True',
      lines({ ...headers, 'cf-cert-verified': 'True' }),
      'certificate-refused-upstream',
    ],
    [
      'cloudflare-headers',
      'fingerprint',
      'no fingerprint',
      lines({ ...headers, 'cf-cert-fingerprint-sha256': '' }),
      'header-undecodable',
    ],
    ['cloudflare-headers', 'spoofed', 'from a peer that is no hop', lines(headers), 'source-untrusted', 'stranger'],
    [
      'cloudflare-headers',
      'duplicated',
      'two lines',
      [...lines(headers), ['cf-cert-verified', 'true']],
      'header-duplicated',
    ],
    ['gcp-alb', 'valid', 'names and hash', lines(google), named],
    [
      'gcp-alb',
      'absent',
      'not presented',
      lines({ 'x-client-cert-present': 'false', 'x-client-cert-error': 'client_cert_not_provided' }),
      null,
    ],
    ['gcp-alb', 'silent', 'no fields', [], 'certificate-withheld'],
    [
      'gcp-alb',
      'unverified',
      'a chain that was not verified',
      lines({ ...google, 'x-client-cert-chain-verified': 'false' }),
      'certificate-refused-upstream',
    ],
    [
      'gcp-alb',
      'error',
      'names that were left out for their length',
      lines({ ...google, 'x-client-cert-error': 'client_cert_uri_sans_exceeded_size_limit' }),
      'certificate-refused-upstream',
    ],
    [
      'gcp-alb',
      'names-malformed',
      'names that are not base64',
      lines({ ...google, 'x-client-cert-uri-sans': 'urn:x' }),
      'header-undecodable',
    ],
    [
      'gcp-alb',
      'hash-malformed',
      'a hash in hexadecimal',
      lines({ ...google, 'x-client-cert-hash': fingerprint }),
      'header-undecodable',
    ],
    ['gcp-alb', 'spoofed', 'from a peer that is no hop', lines(google), 'source-untrusted', 'stranger'],
    [
      'envoy',
      'valid',
      'a Hash',
      [['x-forwarded-client-cert', `By=spiffe://edge;Hash=${fingerprint};URI=spiffe://a`]],
      { names: [], fingerprint },
    ],
    ['envoy', 'absent', 'no field', [], null],
    [
      'envoy',
      'two',
      'two elements',
      [['x-forwarded-client-cert', `Hash=${fingerprint},Hash=${fingerprint}`]],
      'header-undecodable',
    ],
    ['envoy', 'names-only', 'names and no Hash', [['x-forwarded-client-cert', 'URI=spiffe://a']], 'header-undecodable'],
    [
      'envoy',
      'spoofed',
      'from a peer that is no hop',
      [['x-forwarded-client-cert', `Hash=${fingerprint}`]],
      'source-untrusted',
      'stranger',
    ],
  ]
  const workers = (tlsClientAuth: object | undefined, id: string, title: string, expected: Expected): SourceCase => ({
    id: `verdict-cloudflare-workers/${id}`,
    title,
    source: ['platformVerdict', { platform: 'cloudflare-workers' }],
    peer: 'unknown',
    platform: { cf: { tlsVersion: 'TLSv1.3', ...(tlsClientAuth === undefined ? {} : { tlsClientAuth }) } },
    expected,
  })
  const good = { certPresented: '1', certVerified: 'SUCCESS', certRevoked: '0', certFingerprintSHA256: fingerprint }
  return [
    ...list.map(
      ([platform, id, title, fields, expected, peer]): SourceCase => ({
        id: `verdict-${platform}/${id}`,
        title,
        source: ['platformVerdict', { platform, from: [HOP] }],
        ...(peer === undefined ? {} : { peer }),
        lines: fields,
        expected,
      }),
    ),
    workers(good, 'valid', 'presented, verified, not revoked', { names: [], fingerprint }),
    workers(PLACEHOLDER, 'absent', 'the placeholder', null),
    workers(undefined, 'silent', 'no such object', 'certificate-withheld'),
    workers({ ...good, certRevoked: '1' }, 'revoked', 'verified, and revoked', 'certificate-refused-upstream'),
    workers({ ...good, certFingerprintSHA256: '' }, 'fingerprint', 'no fingerprint', 'header-undecodable'),
  ]
}
