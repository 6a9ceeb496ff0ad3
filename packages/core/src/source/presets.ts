/**
 * How proxies, load balancers and platforms hand over a client's certificate in header fields: one row each, as data.
 *
 * Field names are the documented ones, or where the operator chooses a name, the one that `countersign config` and our pages
 * use; `headers` renames each. What a row says of absence was captured from the program, or is documented, per value.
 * @module
 */

export type ForwardedPreset =
  | 'rfc9440'
  | 'aws-alb-passthrough'
  | 'aws-alb-verify'
  | 'aws-cloudfront-viewer'
  | 'aws-cloudfront-passthrough'
  | 'envoy'
  | 'istio'
  | 'contour'
  | 'azure-container-apps'
  | 'cloud-foundry'
  | 'traefik'
  | 'nginx'
  | 'nginx-folded'
  | 'ingress-nginx'
  | 'haproxy'
  | 'openshift-router'
  | 'caddy'
  | 'apache'
  | 'apache-escaped'
  | 'apache-base64'
  | 'cloudflare-rfc9440'
  | 'cloudflare-access'
  | 'azure-app-service'
  | 'azure-api-management'
  | 'gcp-alb'
  | 'kong-metadata'
  | 'akamai'

export type CertificateForm =
  | 'byte-sequence'
  | 'escaped-pem'
  | 'flattened-pem'
  | 'base64-pem'
  | 'base64-der'
  | 'traefik-list'
  | 'xfcc'

/** What the fields of a row are for, and the names by which `headers` renames them. */
export type FieldRole =
  | 'certificate'
  | 'chain'
  /** Says whether the client presented a certificate at all. */
  | 'presence'
  /** Says what was wrong with it; empty if nothing was. */
  | 'error'
  /** `true` if the certificate was too large to hand over. */
  | 'oversized'
  /** SHA-256 of the certificate. */
  | 'digest'
  /** What the proxy's own verification said. Read only if asked for. */
  | 'verdict'
  /** HAProxy: whether a certificate was used; its verdict alone is the same with none. Read only if asked for. */
  | 'used'

export interface CertificateField {
  /** `undefined`: the operator must say it. */
  readonly name: string | undefined
  readonly form: CertificateForm
  /** Whether the field may hold the chain behind the leaf. */
  readonly holds: 'leaf' | 'leaf and chain' | 'chain'
  /** The values that mean that there was no certificate. Any other empty value means that there was one, and it is not here. */
  readonly none?: readonly string[]
}

export interface StatementField {
  readonly name: string | undefined
  /** The one value that speaks for the certificate. */
  readonly yes: string
  /** The values that say that there was none. */
  readonly none: readonly string[]
}

export interface Preset {
  readonly certificate: CertificateField
  readonly chain?: CertificateField
  readonly presence?: StatementField
  readonly error?: { readonly name: string | undefined }
  readonly oversized?: { readonly name: string | undefined }
  /** Hex. */
  readonly digest?: { readonly name: string | undefined }
  readonly verdict?: StatementField
  readonly used?: StatementField
}

const RFC_9440: Preset = {
  certificate: { name: 'client-cert', form: 'byte-sequence', holds: 'leaf' },
  chain: { name: 'client-cert-chain', form: 'byte-sequence', holds: 'chain', none: [''] },
}

const XFCC: Preset = { certificate: { name: 'x-forwarded-client-cert', form: 'xfcc', holds: 'leaf and chain' } }

/** nginx, and Apache's SSL_CLIENT_VERIFY, which also knows GENEROUS: a certificate that nobody verified. */
const VERIFY: StatementField = { name: 'x-ssl-client-verify', yes: 'SUCCESS', none: ['NONE'] }

/** Debian's Caddy 2.6 leaves placeholders standing where there is no certificate; later releases put nothing in their place. */
const CADDY_NOTHING: readonly string[] = [
  '',
  '::',
  '{http.request.tls.client.certificate_der_base64}',
  ':{http.request.tls.client.certificate_der_base64}:',
  '{http.request.tls.client.certificate_pem}',
]

export const PRESETS: Readonly<Record<ForwardedPreset, Preset>> = {
  rfc9440: RFC_9440,

  // AWS
  'aws-alb-passthrough': {
    certificate: { name: 'x-amzn-mtls-clientcert', form: 'escaped-pem', holds: 'leaf and chain' },
  },
  'aws-alb-verify': { certificate: { name: 'x-amzn-mtls-clientcert-leaf', form: 'escaped-pem', holds: 'leaf' } },
  'aws-cloudfront-viewer': {
    certificate: { name: 'cloudfront-viewer-cert-pem', form: 'escaped-pem', holds: 'leaf' },
    presence: { name: 'cloudfront-viewer-cert-present', yes: '1', none: ['0'] },
    digest: { name: 'cloudfront-viewer-cert-sha256' },
  },
  'aws-cloudfront-passthrough': RFC_9440,

  // Envoy and what is built on it
  envoy: XFCC,
  istio: XFCC,
  contour: XFCC,
  'azure-container-apps': XFCC,
  /** gorouter uses the name of Envoy's field for base64 of the DER. */
  'cloud-foundry': { certificate: { name: 'x-forwarded-client-cert', form: 'base64-der', holds: 'leaf' } },

  // Traefik
  traefik: { certificate: { name: 'x-forwarded-tls-client-cert', form: 'traefik-list', holds: 'leaf and chain' } },

  // nginx
  nginx: { certificate: { name: 'x-ssl-client-cert', form: 'escaped-pem', holds: 'leaf' }, verdict: VERIFY },
  /** `$ssl_client_cert`, unfolded by a gateway in between: Node itself answers 400 to a folded field. */
  'nginx-folded': { certificate: { name: 'x-ssl-client-cert', form: 'flattened-pem', holds: 'leaf' }, verdict: VERIFY },
  'ingress-nginx': {
    certificate: { name: 'ssl-client-cert', form: 'escaped-pem', holds: 'leaf' },
    verdict: { ...VERIFY, name: 'ssl-client-verify' },
  },

  // HAProxy
  haproxy: {
    certificate: { name: 'x-ssl-client-der', form: 'base64-der', holds: 'leaf', none: ['', '""', '::'] },
    chain: { name: 'x-ssl-client-chain-der', form: 'base64-der', holds: 'chain', none: ['', '""', '::'] },
    verdict: { name: 'x-ssl-client-verify', yes: '0', none: [] },
    used: { name: 'x-ssl-client-used', yes: '1', none: ['0'] },
  },
  'openshift-router': {
    certificate: { name: 'x-ssl-client-der', form: 'base64-der', holds: 'leaf', none: [''] },
    verdict: { name: 'x-ssl-client-verify', yes: '0', none: [] },
  },

  // Caddy
  caddy: {
    certificate: { name: 'client-cert', form: 'base64-der', holds: 'leaf', none: CADDY_NOTHING },
  },

  // Apache: `%{SSL_CLIENT_CERT}s`, and `expr=%{escape:…}` and `expr=%{base64:…}` of the same
  apache: {
    certificate: { name: 'x-ssl-client-cert', form: 'flattened-pem', holds: 'leaf', none: ['(null)'] },
    chain: { name: 'x-ssl-client-chain-0', form: 'flattened-pem', holds: 'chain', none: ['(null)'] },
    verdict: VERIFY,
  },
  'apache-escaped': {
    certificate: { name: 'x-ssl-client-cert', form: 'escaped-pem', holds: 'leaf', none: [''] },
    verdict: VERIFY,
  },
  'apache-base64': {
    certificate: { name: 'x-ssl-client-cert', form: 'base64-pem', holds: 'leaf', none: [''] },
    verdict: VERIFY,
  },

  // Cloudflare
  'cloudflare-rfc9440': { ...RFC_9440, oversized: { name: undefined } },
  'cloudflare-access': {
    certificate: { name: 'cf-client-cert-der-base64', form: 'base64-der', holds: 'leaf' },
    digest: { name: 'cf-client-cert-sha256' },
  },

  // Azure
  'azure-app-service': { certificate: { name: 'x-arr-clientcert', form: 'base64-der', holds: 'leaf' } },
  'azure-api-management': { certificate: { name: undefined, form: 'base64-der', holds: 'leaf' } },

  // Google Cloud
  'gcp-alb': {
    certificate: { name: 'x-client-cert-leaf', form: 'byte-sequence', holds: 'leaf', none: [''] },
    chain: { name: 'x-client-cert-chain', form: 'byte-sequence', holds: 'chain', none: [''] },
    presence: { name: 'x-client-cert-present', yes: 'true', none: ['false'] },
    error: { name: 'x-client-cert-error' },
    verdict: { name: 'x-client-cert-chain-verified', yes: 'true', none: ['false'] },
  },

  // Others
  'kong-metadata': { certificate: { name: 'x-client-cert', form: 'escaped-pem', holds: 'leaf and chain' } },
  akamai: { certificate: { name: 'akamai-cc-der', form: 'byte-sequence', holds: 'leaf' } },
}

/** Rows from which no field brings a certificate, and what to do instead. */
export const NO_FIELD: Readonly<Record<string, string>> = {
  'node-tls': 'the certificate is on the socket: tlsPeer()',
  'aws-nlb':
    'a network load balancer says nothing about certificates: let it pass TCP on and end TLS here, with tlsPeer()',
  'aws-api-gateway-rest': 'the certificate is in the event, not in a field: apiGateway()',
  'aws-api-gateway-http': 'the certificate is in the event, not in a field: apiGateway()',
  'cloudflare-workers': 'the certificate is in request.cf, not in a field: cloudflareWorkers()',
  'cloudflare-managed-transform':
    "it carries a verdict and no certificate: 'cloudflare-rfc9440', or platformVerdict({ platform: 'cloudflare-headers' }) to believe the verdict",
  zuplo: 'the certificate is in the request context, not in a field: zuplo()',
  'traefik-info':
    "text about a certificate, with names that its owner can write at will: 'traefik', with the option pem",
  'kong-mtls-auth': "text about a certificate, and not the certificate: 'kong-metadata'",
  'kong-header-cert-auth': 'it reads such fields and writes none',
  fly: 'the edge ends TLS without asking for a certificate: use a raw TCP service and end TLS here, with tlsPeer()',
  heroku: 'the router ends TLS and says nothing about certificates: put a proxy of your own in front',
}

/** Every name that `forwarded` takes. */
export const FORWARDED_PRESETS: readonly ForwardedPreset[] = Object.keys(PRESETS) as ForwardedPreset[]
