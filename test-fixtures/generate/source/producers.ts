/** What each proxy and platform writes, row by row. @module */
import { createHash } from 'node:crypto'
import type { Encoded } from '../../../packages/testing/src/index.ts'
import type { Line } from './drawing.ts'
import {
  base64,
  byteSequence,
  concatenated,
  escaped,
  escapedForApache,
  escapedForAws,
  spaced,
  tabbed,
} from './encode.ts'

export interface Producer {
  readonly preset: string
  /** The field that carries the leaf. */
  readonly carrier: string
  /** Roles that the operator must name. */
  readonly headers?: Readonly<Record<string, string>>
  readonly write: (leaf: Encoded, chain: readonly Encoded[]) => readonly Line[]
  /** How far what it writes goes. */
  readonly chain: 'forwarded' | 'dropped'
  /** What it writes without a certificate, in each spelling that is known. */
  readonly absent: readonly (readonly Line[])[]
  /** The value of one certificate in the carrier. */
  readonly one: (certificate: Encoded) => string
}

const sha256 = ({ der }: Encoded): string => createHash('sha256').update(der).digest('hex')

const rfc9440 = (preset: string): Producer => ({
  preset,
  carrier: 'client-cert',
  one: byteSequence,
  write: (leaf, chain) => [
    ['client-cert', byteSequence(leaf)],
    ...(chain.length === 0 ? [] : [['client-cert-chain', chain.map(byteSequence).join(', ')] as const]),
  ],
  chain: 'forwarded',
  absent: [[]],
})

const xfcc = (preset: string, tail = ''): Producer => ({
  preset,
  carrier: 'x-forwarded-client-cert',
  one: (certificate) => `Hash=${sha256(certificate)};Cert="${escaped(certificate.pem)}"`,
  write: (leaf, chain) => {
    const cert = `Hash=${sha256(leaf)};Cert="${escaped(leaf.pem)}"`
    const whole = chain.length === 0 ? '' : `;Chain="${escaped([leaf, ...chain].map(({ pem }) => pem).join(''))}"`
    const names = ';Subject="CN=Acme \\"orders\\"\\, Inc.\\; C=XX";URI=spiffe://acme.example/orders;DNS=a;DNS=b'
    return [['x-forwarded-client-cert', `By=spiffe://edge;${cert}${whole}${tail === '' ? names : tail}`]]
  },
  chain: 'forwarded',
  absent: [[]],
})

const single = (
  preset: string,
  carrier: string,
  one: Producer['one'],
  absent: Producer['absent'] = [[]],
): Producer => ({
  preset,
  carrier,
  one,
  write: (leaf) => [[carrier, one(leaf)]],
  chain: 'dropped',
  absent,
})

const several = (preset: string, carrier: string, write: (all: readonly Encoded[]) => string): Producer => ({
  preset,
  carrier,
  one: (certificate) => write([certificate]),
  write: (leaf, chain) => [[carrier, write([leaf, ...chain])]],
  chain: 'forwarded',
  absent: [[]],
})

const pems = (all: readonly Encoded[]): string => all.map(({ pem }) => pem).join('')

/** What Apache's variables say of a request without a certificate. */
const APACHE_NONE: readonly (readonly Line[])[] = [
  [],
  [
    ['x-ssl-client-cert', '(null)'],
    ['x-ssl-client-chain-0', '(null)'],
  ],
]

export const PRODUCERS: readonly Producer[] = [
  rfc9440('rfc9440'),
  several('aws-alb-passthrough', 'x-amzn-mtls-clientcert', (all) => escapedForAws(pems(all))),
  single('aws-alb-verify', 'x-amzn-mtls-clientcert-leaf', ({ pem }) => escapedForAws(pem)),
  {
    ...single('aws-cloudfront-viewer', 'cloudfront-viewer-cert-pem', ({ pem }) => escapedForAws(pem), [
      [],
      [['cloudfront-viewer-cert-present', '0']],
    ]),
    write: (leaf) => [
      ['cloudfront-viewer-cert-present', '1'],
      ['cloudfront-viewer-cert-pem', escapedForAws(leaf.pem)],
      ['cloudfront-viewer-cert-sha256', sha256(leaf)],
    ],
  },
  rfc9440('aws-cloudfront-passthrough'),
  xfcc('envoy'),
  xfcc('istio'),
  xfcc('contour'),
  xfcc('azure-container-apps', ';'),
  single('cloud-foundry', 'x-forwarded-client-cert', ({ der }) => base64(der)),
  several('traefik', 'x-forwarded-tls-client-cert', (all) => all.map(({ der }) => base64(der)).join(',')),
  single('nginx', 'x-ssl-client-cert', ({ pem }) => escaped(pem)),
  single('nginx-folded', 'x-ssl-client-cert', tabbed),
  single('ingress-nginx', 'ssl-client-cert', ({ pem }) => escaped(pem)),
  {
    ...single('haproxy', 'x-ssl-client-der', ({ der }) => base64(der), [
      [],
      [
        ['x-ssl-client-der', ''],
        ['x-ssl-client-chain-der', ''],
      ],
      [['x-ssl-client-der', '""']],
      [['x-ssl-client-der', '::']],
    ]),
    write: (leaf, chain) => [
      ['x-ssl-client-der', base64(leaf.der)],
      ['x-ssl-client-chain-der', base64(concatenated(...chain))],
    ],
    chain: 'forwarded',
  },
  single('openshift-router', 'x-ssl-client-der', ({ der }) => base64(der), [[], [['x-ssl-client-der', '']]]),
  single('caddy', 'client-cert', byteSequence, [
    [],
    [['client-cert', '']],
    [['client-cert', '::']],
    [['client-cert', ':{http.request.tls.client.certificate_der_base64}:']],
    [['client-cert', '{http.request.tls.client.certificate_der_base64}']],
  ]),
  {
    ...single('apache', 'x-ssl-client-cert', spaced, APACHE_NONE),
    write: (leaf, [first]) => [
      ['x-ssl-client-cert', spaced(leaf)],
      ['x-ssl-client-chain-0', first === undefined ? '(null)' : spaced(first)],
    ],
  },
  single('apache-escaped', 'x-ssl-client-cert', ({ pem }) => escapedForApache(pem), [[], [['x-ssl-client-cert', '']]]),
  single('apache-base64', 'x-ssl-client-cert', ({ pem }) => base64(Buffer.from(pem)), [
    [],
    [['x-ssl-client-cert', '']],
  ]),
  rfc9440('cloudflare-rfc9440'),
  {
    ...single('cloudflare-access', 'cf-client-cert-der-base64', ({ der }) => base64(der)),
    write: (leaf) => [
      ['cf-client-cert-der-base64', base64(leaf.der)],
      ['cf-client-cert-sha256', sha256(leaf)],
    ],
  },
  single('azure-app-service', 'x-arr-clientcert', ({ der }) => base64(der)),
  {
    ...single('azure-api-management', 'x-client-certificate', ({ der }) => base64(der)),
    headers: { certificate: 'x-client-certificate' },
  },
  {
    ...single('gcp-alb', 'x-client-cert-leaf', byteSequence, [
      [],
      [
        ['x-client-cert-present', 'false'],
        ['x-client-cert-error', 'client_cert_not_provided'],
        ['x-client-cert-leaf', ''],
        ['x-client-cert-chain', ''],
      ],
    ]),
    write: (leaf, chain) => [
      ['x-client-cert-present', 'true'],
      ['x-client-cert-error', ''],
      ['x-client-cert-leaf', byteSequence(leaf)],
      ['x-client-cert-chain', chain.map(byteSequence).join(',')],
    ],
    chain: 'forwarded',
  },
  several('kong-metadata', 'x-client-cert', (all) => escaped(pems(all))),
  single('akamai', 'akamai-cc-der', byteSequence),
]
