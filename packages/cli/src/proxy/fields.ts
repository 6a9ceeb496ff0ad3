/** Fields of requests that a client must not be able to send past a proxy. @module */

/** Every name in which some proxy or platform is known to forward a certificate, or its word on one. */
export const CERTIFICATE_FIELDS: readonly string[] = [
  'client-cert',
  'client-cert-chain',
  'x-forwarded-client-cert',
  'x-forwarded-tls-client-cert',
  'x-forwarded-tls-client-cert-info',
  'x-ssl-cert',
  'x-ssl-client-cert',
  'x-ssl-client-der',
  'x-ssl-client-chain-der',
  'x-ssl-client-chain-0',
  'x-ssl-client-verify',
  'x-ssl-client-used',
  'ssl-client-cert',
  'ssl-client-verify',
  'x-client-cert',
  'x-client-cert-leaf',
  'x-client-cert-chain',
  'x-client-cert-present',
  'x-client-cert-error',
  'x-client-cert-chain-verified',
  'x-client-cert-hash',
  'x-client-cert-spiffe',
  'x-client-cert-uri-sans',
  'x-client-cert-dnsname-sans',
  'x-amzn-mtls-clientcert',
  'x-amzn-mtls-clientcert-leaf',
  'cloudfront-viewer-cert-pem',
  'cloudfront-viewer-cert-present',
  'cloudfront-viewer-cert-sha256',
  'cf-client-cert-der-base64',
  'cf-client-cert-sha256',
  'cf-cert-presented',
  'cf-cert-verified',
  'cf-cert-revoked',
  'cf-cert-fingerprint-sha256',
  'x-arr-clientcert',
  'akamai-cc-der',
]

/** What a proxy says of the client's connection. Set by it, or removed. */
export const FORWARDING_FIELDS: readonly string[] = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
]

/** The spelling with underscores of the standard fields: proxies that keep underscores pass these on unless told. */
export const UNDERSCORE_FIELDS: readonly string[] = CERTIFICATE_FIELDS.map((name) => name.replaceAll('-', '_'))

/** As people write them: `X-SSL-Client-Cert`. */
export function title(name: string): string {
  return name
    .split('-')
    .map((part) =>
      ['ssl', 'tls', 'arr', 'der', 'cc'].includes(part)
        ? part.toUpperCase()
        : part.charAt(0).toUpperCase() + part.slice(1),
    )
    .join('-')
}
