/** What somebody sends who wants to be taken for a partner: each a way that worked somewhere, once. @module */
import { forwardAs, type IssuedCertificate } from '@countersign/testing'

export interface Spoof {
  readonly kind: string
  /** Lines of the head that pretend to carry the victim's certificate. */
  readonly lines: (victim: IssuedCertificate) => readonly string[]
  readonly body?: (victim: IssuedCertificate) => string
}

const rfc9440 = (victim: IssuedCertificate): string =>
  forwardAs('rfc9440', victim, { chain: 'none' })['Client-Cert'] as string
const escaped = (victim: IssuedCertificate): string => forwardAs('nginx-escaped', victim)['X-SSL-Client-Cert'] as string
const lines = (fields: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(fields).map(([name, value]) => `${name}: ${value}`)

export const SPOOFS: readonly Spoof[] = [
  { kind: 'Client-Cert', lines: (victim) => [`Client-Cert: ${rfc9440(victim)}`] },
  {
    kind: 'Client-Cert twice, in two cases',
    lines: (victim) => [`CLIENT-CERT: ${rfc9440(victim)}`, `client-cert: ${rfc9440(victim)}`],
  },
  { kind: 'Client-Cert-Chain alone', lines: (victim) => [`Client-Cert-Chain: ${rfc9440(victim)}`] },
  {
    kind: 'X-SSL-Client-Cert with its verdict',
    lines: (victim) => [`X-SSL-Client-Cert: ${escaped(victim)}`, 'X-SSL-Client-Verify: SUCCESS'],
  },
  { kind: 'X-Forwarded-Client-Cert', lines: (victim) => lines(forwardAs('envoy-xfcc', victim)) },
  {
    kind: 'the fields of every other proxy',
    lines: (victim) =>
      lines({
        ...forwardAs('haproxy-der', victim),
        ...forwardAs('traefik-pem', victim),
        ...forwardAs('aws-alb-passthrough', victim),
        ...forwardAs('aws-cloudfront-viewer', victim),
        ...forwardAs('azure-app-service', victim),
        ...forwardAs('gcp-alb', victim),
        ...forwardAs('kong-metadata', victim),
        ...forwardAs('akamai-der', victim),
      }),
  },
  {
    kind: 'underscores for dashes',
    lines: (victim) => [
      `Client_Cert: ${rfc9440(victim)}`,
      `X_SSL_Client_Cert: ${escaped(victim)}`,
      'X_SSL_Client_Verify: SUCCESS',
    ],
  },
  {
    kind: 'underscores and dashes mixed',
    lines: (victim) => [`X-SSL_Client-Cert: ${escaped(victim)}`, `Client-Cert_Chain: ${rfc9440(victim)}`],
  },
  {
    kind: 'a field that Connection nominates',
    lines: (victim) => [
      `Client-Cert: ${rfc9440(victim)}`,
      'Connection: close, Client-Cert, X-SSL-Client-Cert, X-Forwarded-Proto, X-Hop-Secret',
    ],
  },
  {
    kind: 'a folded line',
    lines: (victim) => ['X-Harmless: 1', ` Client-Cert: ${rfc9440(victim)}`, 'Client-Cert:', `\t${rfc9440(victim)}`],
  },
  { kind: 'a space before the colon', lines: (victim) => [`Client-Cert : ${rfc9440(victim)}`] },
  { kind: 'a bare line feed', lines: (victim) => [`X-Harmless: 1\nClient-Cert: ${rfc9440(victim)}`] },
  { kind: 'an empty Client-Cert', lines: () => ['Client-Cert:', 'X-SSL-Client-Cert:'] },
  {
    kind: 'a trailer',
    lines: () => ['Transfer-Encoding: chunked', 'Trailer: Client-Cert'],
    body: (victim) => `2\r\nhi\r\n0\r\nClient-Cert: ${rfc9440(victim)}\r\n\r\n`,
  },
  {
    kind: 'a second request inside the first',
    lines: () => ['Content-Length: 2', 'Transfer-Encoding: chunked'],
    body: (victim) =>
      `0\r\n\r\nGET /express/orders HTTP/1.1\r\nHost: localhost\r\nClient-Cert: ${rfc9440(victim)}\r\n\r\n`,
  },
  {
    kind: 'a guessed secret',
    lines: (victim) => [`Client-Cert: ${rfc9440(victim)}`, `X-Hop-Secret: ${'a'.repeat(44)}`],
  },
]
