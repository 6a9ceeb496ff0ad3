/** Certificates in header fields: from those who may send them, in the one form of RFC 9440. @module */

import { rfc9440 } from '@countersign/core/sources'
import type { IssuedCertificate } from '@countersign/testing'
import type { Case } from '../case/case.ts'
import type { HeaderList } from '../world/answer.ts'
import { forwardedFields } from '../world/service.ts'
import { refusalCase } from './one-request.ts'
import { behindHop, HOP_SECRET } from './setups.ts'

const MALFORMED = 'docs/problems.md#credentials-malformed'

export const forwardedCases: readonly Case[] = [
  ...(
    [
      ['client-cert', 'Client-Cert', (acme) => encode(acme.certificate.der)],
      ['client-cert-chain', 'Client-Cert-Chain', (acme) => encode(acme.certificate.der)],
      ['xfcc', 'X-Forwarded-Client-Cert', (acme) => `Hash=${acme.fingerprint}`],
      ['empty', 'Client-Cert', () => ''],
      ['alias', 'Client_Cert', (acme) => encode(acme.certificate.der)],
    ] as readonly (readonly [string, string, (acme: IssuedCertificate) => string])[]
  ).map(([name, field, value]) =>
    refusalCase({
      id: `forwarded/untrusted-${name}`,
      title: `a client that sends ${field} itself is refused, though its own credentials are good`,
      source: 'RFC 9440 §4, docs/sources.md#a-certificate-header-from-anybody-else',
      call: ({ pki }) => ({ headers: [[field, value(pki.acme)]] }),
      reason: 'source-untrusted',
    }),
  ),
  refusalCase({
    id: 'forwarded/untrusted-hop',
    title: 'a peer outside the named ranges may not forward a certificate',
    source: 'RFC 9440 §4',
    serve: () => ({ certificate: { source: rfc9440({ from: ['10.0.0.0/8'] }) } }),
    call: ({ pki }) => ({ forwarded: pki.acme }),
    reason: 'source-untrusted',
  }),
  refusalCase({
    id: 'forwarded/untrusted-optional',
    title: 'the optional guard refuses a forwarded certificate from a peer that may not send one',
    source: 'RFC 9440 §4',
    call: ({ pki }) => ({ path: '/optional', certificate: 'none', key: 'none', forwarded: pki.acme }),
    reason: 'source-untrusted',
  }),
  refusalCase({
    id: 'forwarded/untrusted-http2',
    title: 'a client that sends Client-Cert over HTTP/2 is refused',
    source: 'RFC 9440 §4',
    needs: ['http2'],
    serve: () => ({ transport: 'http2' }),
    call: ({ pki }) => ({ forwarded: pki.acme }),
    reason: 'source-untrusted',
  }),
  ...(
    [
      ['x-forwarded-for', 'X-Forwarded-For', '10.0.0.1'],
      ['x-real-ip', 'X-Real-Ip', '10.0.0.1'],
      ['forwarded', 'Forwarded', 'for=10.0.0.1;proto=https'],
    ] as const
  ).map(([name, field, value]) =>
    refusalCase({
      id: `forwarded/spoofed-${name}`,
      title: `${field} does not make a client a hop, even where the framework believes it`,
      source: 'docs/sources.md#who-may-say-so',
      serve: () => ({ certificate: { source: rfc9440({ from: ['10.0.0.0/8'] }) }, trustProxy: true }),
      call: ({ pki }) => ({ forwarded: pki.acme, headers: [[field, value]] }),
      reason: 'source-untrusted',
    }),
  ),
  refusalCase({
    id: 'forwarded/other-identity',
    title: 'a hop is known by its own key: another certificate, of any CA, is not the hop',
    source: 'docs/sources.md#who-may-say-so',
    async serve(pki) {
      const proxy = await pki.otherCa.issueClient({ name: 'proxy' })
      return { certificate: { source: rfc9440({ from: [{ publicKey: proxy.publicKeyHash }] }) } }
    },
    call: ({ pki }) => ({ certificate: pki.globex, forwarded: pki.acme }),
    reason: 'source-untrusted',
  }),
  ...(
    [
      ['absent', []],
      ['wrong', [['X-Hop-Secret', `${HOP_SECRET.slice(0, -1)}S`]]],
      ['prefix', [['X-Hop-Secret', HOP_SECRET.slice(0, -1)]]],
      [
        'twice',
        [
          ['X-Hop-Secret', HOP_SECRET],
          ['X-Hop-Secret', HOP_SECRET],
        ],
      ],
    ] as readonly (readonly [string, HeaderList])[]
  ).map(([name, headers]) =>
    refusalCase({
      id: `forwarded/hop-secret-${name}`,
      title: `a hop that was given a secret must show it once: ${name}`,
      source: 'docs/sources.md#who-may-say-so',
      needs: ['http'],
      serve: () => ({
        transport: 'http',
        certificate: {
          source: rfc9440({ from: ['127.0.0.1'], secret: { header: 'X-Hop-Secret', value: HOP_SECRET } }),
        },
      }),
      call: ({ pki }) => ({ forwarded: pki.acme, headers }),
      // Nothing of it came from a hop, so neither did it come securely.
      reason: 'transport-insecure',
    }),
  ),
  refusalCase({
    id: 'forwarded/hop-secret-elsewhere',
    title: 'a secret alone, from a peer that is no hop, is not enough',
    source: 'docs/sources.md#who-may-say-so',
    serve: () => ({
      certificate: { source: rfc9440({ from: ['10.0.0.0/8'], secret: { header: 'X-Hop-Secret', value: HOP_SECRET } }) },
    }),
    call: ({ pki }) => ({ forwarded: pki.acme, headers: [['X-Hop-Secret', HOP_SECRET]] }),
    reason: 'source-untrusted',
  }),
  ...(
    [
      [
        'twice',
        'twice',
        (acme) => [
          ['Client-Cert', encode(acme)],
          ['Client-Cert', encode(acme)],
        ],
        'header-duplicated',
      ],
      ['list', 'as a list', (acme) => [['Client-Cert', `${encode(acme)}, ${encode(acme)}`]], 'header-duplicated'],
      ['no-colons', 'without its colons', (acme) => [['Client-Cert', base64(acme)]]],
      ['one-colon', 'without its last colon', (acme) => [['Client-Cert', `:${base64(acme)}`]]],
      ['base64url', 'in the alphabet of base64url', (acme) => [['Client-Cert', `:${base64url(acme)}:`]]],
      ['inner-space', 'with white space inside', (acme) => [['Client-Cert', `:${spaced(base64(acme))}:`]]],
      [
        'no-padding',
        'without its padding',
        (acme) => [['Client-Cert', `:${base64(withRest(acme)).replace(/=+$/, '')}:`]],
      ],
      [
        'padding-bits',
        'with padding bits that are not zero',
        (acme) => [['Client-Cert', `:${oddBits(base64(withRest(acme)))}:`]],
      ],
      ['parameters', 'with parameters', (acme) => [['Client-Cert', `${encode(acme)};v=1`]]],
      [
        'pem',
        'as PEM inside the octets',
        (acme, pem) => [
          ['Client-Cert', encode(Buffer.from(pem))],
          ['X-Pem', String(acme.length)],
        ],
      ],
      ['pem-escaped', 'as escaped PEM', (_acme, pem) => [['Client-Cert', encodeURIComponent(pem)]]],
      ['bad-escape', 'with an escape that cannot be decoded', () => [['Client-Cert', '%E0%A4%A']]],
      [
        'two-certificates',
        'as two certificates in one',
        (acme) => [['Client-Cert', encode(Buffer.concat([acme, acme]))]],
      ],
      [
        'trailing-octet',
        'with an octet too many',
        (acme) => [['Client-Cert', encode(Buffer.concat([acme, Buffer.of(0)]))]],
      ],
      ['truncated', 'with an octet too few', (acme) => [['Client-Cert', encode(acme.subarray(0, -1))]]],
      ['empty-octets', 'as an empty byte sequence', () => [['Client-Cert', '::']]],
      ['garbage', 'as random octets', () => [['Client-Cert', encode(Buffer.from('no certificate at all'))]]],
      [
        'leaf-garbage',
        'that cannot be read, before a chain that can,',
        (acme) => [
          ['Client-Cert', encode(Buffer.from('no certificate at all'))],
          ['Client-Cert-Chain', encode(acme)],
        ],
      ],
      ['chain-alone', 'as a chain without a leaf', (acme) => [['Client-Cert-Chain', encode(acme)]]],
      [
        'chain-garbage',
        'with a chain that cannot be decoded',
        (acme) => [
          ['Client-Cert', encode(acme)],
          ['Client-Cert-Chain', encode(acme).slice(0, -1)],
        ],
      ],
      [
        'chain-pem',
        'with a chain of no certificates',
        (acme) => [
          ['Client-Cert', encode(acme)],
          ['Client-Cert-Chain', encode(Buffer.from('no certificate'))],
        ],
      ],
      [
        'alias',
        'with a spelling with underscores beside it',
        (acme) => [
          ['Client-Cert', encode(acme)],
          ['Client_Cert', encode(acme)],
        ],
        'header-alias',
      ],
      [
        'chain-alias',
        'with such a spelling of the chain',
        (acme) => [
          ['Client-Cert', encode(acme)],
          ['Client-Cert_Chain', encode(acme)],
        ],
        'header-alias',
      ],
      [
        'nominated',
        'in a field that Connection names',
        (acme) => [
          ['Client-Cert', encode(acme)],
          ['Connection', 'Client-Cert'],
        ],
        'header-nominated',
      ],
      [
        'chain-nominated',
        'with a chain that Connection names',
        (acme) => [
          ['Client-Cert', encode(acme)],
          ['Connection', 'client-cert-chain'],
        ],
        'header-nominated',
      ],
      [
        'xfcc-beside',
        'with another format beside it that no source reads',
        (acme) => [
          ['Client-Cert', encode(acme)],
          ['X-Forwarded-Client-Cert', 'By=a;Hash=b'],
        ],
        'source-untrusted',
      ],
    ] as readonly (readonly [string, string, (acme: Buffer, pem: string) => HeaderList, RefusalCode?])[]
  ).map(([name, how, fields, reason = 'header-undecodable']) =>
    refusalCase({
      id: `forwarded/malformed-${name}`,
      title: `a trusted hop's certificate ${how} is refused`,
      source: `RFC 9440 §2.2, §2.3, ${MALFORMED}`,
      needs: ['http'],
      serve: () => behindHop(),
      call: ({ pki }) => ({
        headers: fields(Buffer.from(pki.acme.certificate.der), pki.acme.certificate.pem),
      }),
      reason,
    }),
  ),
  ...(['/whoami', '/optional'] as const).map((path) =>
    refusalCase({
      id: `forwarded/empty-field${path === '/optional' ? '-optional' : ''}`,
      title: `an empty field of a trusted hop is a certificate that it kept back, and nobody's pass: ${path}`,
      source: 'docs/conformance-coverage.md#header-fields (H42)',
      needs: ['http'],
      serve: () => behindHop(),
      call: () => ({
        path,
        headers: [
          ['Client-Cert', ''],
          ['X-Forwarded-Proto', 'https'],
        ],
      }),
      reason: 'certificate-withheld',
    }),
  ),
  refusalCase({
    id: 'forwarded/nine-certificates',
    title: 'more than eight certificates are refused before any of them is looked at',
    source: 'docs/sources.md#a-certificate-header-from-anybody-else',
    needs: ['http'],
    serve: () => behindHop(),
    call: ({ pki }) => ({
      headers: [
        ['Client-Cert', encode(pki.acme.certificate.der)],
        ['Client-Cert-Chain', Array(8).fill(encode(pki.ca.certificate.der)).join(', ')],
      ],
    }),
    reason: 'certificates-oversized',
  }),
  refusalCase({
    id: 'forwarded/no-possession',
    title: "behind a hop, the certificate of the connection is the hop's and stands for no client",
    source: 'RFC 9440 §4',
    serve: () => ({ certificate: { source: rfc9440({ from: ['127.0.0.1'] }) } }),
    call: () => ({ headers: [['X-Forwarded-Proto', 'https']] }),
    reason: 'certificate-missing',
  }),
  refusalCase({
    id: 'forwarded/still-verified',
    title: 'what a trusted hop forwards is verified all the same',
    source: 'RFC 9440 §4, docs/conformance-coverage.md#faults-of-other-packages (P3)',
    needs: ['http'],
    serve: () => behindHop(),
    call: async ({ pki }) => ({
      headers: forwardedFields(await pki.strangerCa.issueClient({ name: 'acme', keys: pki.acme.keys })),
    }),
    reason: 'issuer-unknown',
  }),
]

type RefusalCode = 'header-duplicated' | 'header-undecodable' | 'header-alias' | 'header-nominated' | 'source-untrusted'

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64')
}

function encode(octets: Uint8Array): string {
  return `:${base64(octets)}:`
}

/** With `-` and `_` for certain, whatever the octets. */
function base64url(octets: Uint8Array): string {
  const text = base64(octets)
  return `${text.slice(0, 4)}-_-_${text.slice(8)}`
}

function spaced(text: string): string {
  return `${text.slice(0, 64)} ${text.slice(64)}`
}

/** Of a length that base64 has to pad with two characters. */
function withRest(octets: Buffer): Buffer {
  return octets.subarray(0, octets.length - ((octets.length + 2) % 3))
}

/** The last character before the padding with a bit set that decodes to nothing (RFC 4648 §3.5). */
function oddBits(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const at = text.indexOf('=') - 1
  return text.slice(0, at) + alphabet[alphabet.indexOf(text[at] ?? '') | 1] + text.slice(at + 1)
}
