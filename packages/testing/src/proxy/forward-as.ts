/** The headers by which proxies and platforms tell an application of a client's certificate, as they write them. @module */
import { toBase64 } from '../der/text.ts'
import type { Encoded, IssuedCertificate } from '../pki/certificate.ts'

export type ForwardFormat =
  | 'rfc9440'
  | 'nginx-escaped'
  | 'haproxy-der'
  | 'haproxy-quoted-der'
  | 'openshift-router'
  | 'caddy-der'
  | 'apache-spaced-pem'
  | 'apache-escaped-pem'
  | 'envoy-xfcc'
  | 'traefik-pem'
  | 'traefik-escaped-pem'
  | 'aws-alb-passthrough'
  | 'aws-alb-verify'
  | 'aws-cloudfront-viewer'
  | 'cloudflare-access'
  | 'azure-app-service'
  | 'gcp-alb'
  | 'kong-metadata'
  | 'akamai-der'

export interface ForwardOptions {
  /** Another name for the header that carries the certificate, where the operator chooses it. */
  readonly header?: string
  /** What the client sent after its leaf, for formats that pass it on. Default: the intermediates. */
  readonly chain?: 'none' | 'intermediates' | 'intermediates-and-root'
  /** Default: `verified`. Formats without a verdict are the same either way. */
  readonly verdict?: 'verified' | 'failed'
}

/** What a proxy of that kind sends: header names as it spells them, one value each. No client: what it sends then. */
export function forwardAs(
  format: ForwardFormat,
  client: IssuedCertificate | undefined,
  options: ForwardOptions = {},
): Readonly<Record<string, string>> {
  const { header, chain = 'intermediates', verdict = 'verified' } = options
  const write = FORMATS[format]
  const headers =
    client === undefined ? write.absent : write.present(client, chainOf(client, chain), verdict === 'verified')
  return header === undefined ? headers : renamed(headers, write.carrier, header)
}

/** The names of all formats, for tests that go through them. */
export function forwardFormats(): readonly ForwardFormat[] {
  return Object.keys(FORMATS) as ForwardFormat[]
}

interface Format {
  /** The header that carries the leaf. */
  readonly carrier: string
  readonly present: (
    client: IssuedCertificate,
    chain: readonly Encoded[],
    verified: boolean,
  ) => Readonly<Record<string, string>>
  readonly absent: Readonly<Record<string, string>>
}

const NGINX_FAILURE = 'FAILED:self-signed certificate'

const FORMATS: Readonly<Record<ForwardFormat, Format>> = {
  // RFC 9440 §2.2, §2.3: the leaf is not repeated in the chain.
  rfc9440: {
    carrier: 'Client-Cert',
    present: ({ certificate }, chain) => ({
      'Client-Cert': byteSequence(certificate),
      ...(chain.length === 0 ? {} : { 'Client-Cert-Chain': chain.map(byteSequence).join(', ') }),
    }),
    absent: {},
  },
  'nginx-escaped': {
    carrier: 'X-SSL-Client-Cert',
    present: ({ certificate }, _chain, verified) => ({
      'X-SSL-Client-Verify': verified ? 'SUCCESS' : NGINX_FAILURE,
      'X-SSL-Client-Cert': encodeURIComponent(certificate.pem),
    }),
    absent: { 'X-SSL-Client-Verify': 'NONE' },
  },
  // X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT is 18; 0 also stands for "no certificate".
  'haproxy-der': {
    carrier: 'x-ssl-client-der',
    present: ({ certificate }, _chain, verified) => ({
      'x-ssl-client-verify': verified ? '0' : '18',
      'x-ssl-client-used': '1',
      'x-ssl-client-der': toBase64(certificate.der),
    }),
    absent: { 'x-ssl-client-verify': '0', 'x-ssl-client-used': '0', 'x-ssl-client-der': '' },
  },
  'haproxy-quoted-der': {
    carrier: 'X-SSL-CERT',
    present: ({ certificate }) => ({ 'X-SSL-CERT': `"${toBase64(certificate.der)}"` }),
    absent: { 'X-SSL-CERT': '""' },
  },
  'openshift-router': {
    carrier: 'X-SSL-Client-DER',
    present: ({ certificate }, _chain, verified) => ({
      'X-SSL-Client-Verify': verified ? '0' : '18',
      'X-SSL-Client-DER': toBase64(certificate.der),
    }),
    absent: {},
  },
  // Without a certificate Caddy 2.6 leaves its placeholder standing.
  'caddy-der': {
    carrier: 'Client-Cert',
    present: ({ certificate }) => ({ 'Client-Cert': byteSequence(certificate) }),
    absent: { 'Client-Cert': ':{http.request.tls.client.certificate_der_base64}:' },
  },
  'apache-spaced-pem': {
    carrier: 'X-SSL-Client-Cert',
    present: ({ certificate }, _chain, verified) => ({
      'X-SSL-Client-Verify': verified ? 'SUCCESS' : NGINX_FAILURE,
      'X-SSL-Client-Cert': certificate.pem.replaceAll('\n', ' ').trimEnd(),
    }),
    absent: { 'X-SSL-Client-Verify': 'NONE', 'X-SSL-Client-Cert': '(null)' },
  },
  // %{escape:…} writes its hexadecimal in lower case and leaves + / = alone.
  'apache-escaped-pem': {
    carrier: 'X-SSL-Client-Cert',
    present: ({ certificate }, _chain, verified) => ({
      'X-SSL-Client-Verify': verified ? 'SUCCESS' : NGINX_FAILURE,
      'X-SSL-Client-Cert': certificate.pem.replaceAll(' ', '%20').replaceAll('\n', '%0a'),
    }),
    absent: { 'X-SSL-Client-Verify': 'NONE', 'X-SSL-Client-Cert': '' },
  },
  // Envoy repeats the leaf as the first certificate of Chain.
  'envoy-xfcc': {
    carrier: 'x-forwarded-client-cert',
    present: ({ certificate, fingerprint }, chain) => {
      const whole = [certificate, ...chain].map(({ pem }) => pem).join('')
      const escaped = encodeURIComponent(certificate.pem)
      return {
        'x-forwarded-client-cert': `Hash=${fingerprint};Cert="${escaped}";Chain="${encodeURIComponent(whole)}"`,
      }
    },
    absent: {},
  },
  'traefik-pem': {
    carrier: 'X-Forwarded-Tls-Client-Cert',
    present: ({ certificate }, chain) => ({
      'X-Forwarded-Tls-Client-Cert': [certificate, ...chain].map(({ der }) => toBase64(der)).join(','),
    }),
    absent: {},
  },
  'traefik-escaped-pem': {
    carrier: 'X-Forwarded-Tls-Client-Cert',
    present: ({ certificate }, chain) => ({
      'X-Forwarded-Tls-Client-Cert': encodeURIComponent(
        [certificate, ...chain].map(({ der }) => toBase64(der)).join(','),
      ),
    }),
    absent: {},
  },
  'aws-alb-passthrough': {
    carrier: 'X-Amzn-Mtls-Clientcert',
    present: ({ certificate }, chain) => ({
      'X-Amzn-Mtls-Clientcert': [certificate, ...chain].map(escapedForAws).join(''),
    }),
    absent: {},
  },
  'aws-alb-verify': {
    carrier: 'X-Amzn-Mtls-Clientcert-Leaf',
    present: ({ certificate, serialNumber }) => ({
      'X-Amzn-Mtls-Clientcert-Leaf': escapedForAws(certificate),
      'X-Amzn-Mtls-Clientcert-Serial-Number': serialNumber.toUpperCase(),
    }),
    absent: {},
  },
  'aws-cloudfront-viewer': {
    carrier: 'CloudFront-Viewer-Cert-Pem',
    present: ({ certificate, fingerprint, serialNumber }) => ({
      'CloudFront-Viewer-Cert-Present': '1',
      'CloudFront-Viewer-Cert-Pem': escapedForAws(certificate),
      'CloudFront-Viewer-Cert-Sha256': fingerprint,
      'CloudFront-Viewer-Cert-Serial-Number': serialNumber.replace(/..(?!$)/g, '$&:'),
    }),
    absent: { 'CloudFront-Viewer-Cert-Present': '0' },
  },
  'cloudflare-access': {
    carrier: 'Cf-Client-Cert-Der-Base64',
    present: ({ certificate, fingerprint }) => ({
      'Cf-Client-Cert-Der-Base64': toBase64(certificate.der),
      'Cf-Client-Cert-Sha256': fingerprint,
    }),
    absent: {},
  },
  'azure-app-service': {
    carrier: 'X-ARR-ClientCert',
    present: ({ certificate }) => ({ 'X-ARR-ClientCert': toBase64(certificate.der) }),
    absent: {},
  },
  'gcp-alb': {
    carrier: 'X-Client-Cert-Leaf',
    present: ({ certificate }, chain, verified) => ({
      'X-Client-Cert-Present': 'true',
      'X-Client-Cert-Chain-Verified': String(verified),
      'X-Client-Cert-Error': verified ? '' : 'client_cert_validation_failed',
      'X-Client-Cert-Leaf': verified ? byteSequence(certificate) : '',
      'X-Client-Cert-Chain': verified ? chain.map(byteSequence).join(', ') : '',
    }),
    absent: {
      'X-Client-Cert-Present': 'false',
      'X-Client-Cert-Chain-Verified': 'false',
      'X-Client-Cert-Error': 'client_cert_not_provided',
      'X-Client-Cert-Leaf': '',
      'X-Client-Cert-Chain': '',
    },
  },
  'kong-metadata': {
    carrier: 'X-Client-Cert',
    present: ({ certificate }, chain) => ({
      'X-Client-Cert': encodeURIComponent([certificate, ...chain].map(({ pem }) => pem).join('')),
    }),
    absent: {},
  },
  'akamai-der': {
    carrier: 'AKAMAI-CC-DER',
    present: ({ certificate }) => ({ 'AKAMAI-CC-DER': byteSequence(certificate) }),
    absent: {},
  },
}

function byteSequence({ der }: Encoded): string {
  return `:${toBase64(der)}:`
}

/** AWS counts `+`, `=` and `/` as safe. */
function escapedForAws({ pem }: Encoded): string {
  return pem.replaceAll(' ', '%20').replaceAll('\n', '%0A')
}

function chainOf(client: IssuedCertificate, extent: NonNullable<ForwardOptions['chain']>): readonly Encoded[] {
  if (extent === 'none') return []
  if (extent === 'intermediates') return client.intermediates
  let root = client
  while (root.issuer !== undefined) root = root.issuer
  return root === client ? [] : [...client.intermediates, root.certificate]
}

function renamed(
  headers: Readonly<Record<string, string>>,
  carrier: string,
  header: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name === carrier ? header : name, value]))
}
