/** What the doctor sends: each a way in which a client's own field reached an application, somewhere, once. @module */
import { CERTIFICATE_FIELDS, title } from '../proxy/fields.ts'
import { base64Der, byteSequence, escapedPem, spacedPem, xfcc } from './probe-certificate.ts'

export interface Probe {
  readonly id: string
  readonly says: string
  /** Lines of the head, as they are. */
  readonly lines: readonly string[]
  readonly body?: string
  /** Over HTTP/2 instead: its fields. */
  readonly http2?: Readonly<Record<string, string>>
  /** What the proxy has to remove so that it does not get through. */
  readonly remove: readonly string[]
}

export const PROBES: readonly Probe[] = [
  ...CERTIFICATE_FIELDS.map(
    (name): Probe => ({ id: name, says: title(name), lines: [`${title(name)}: ${probeValue(name)}`], remove: [name] }),
  ),
  {
    id: 'duplicate',
    says: 'Client-Cert twice, in two cases',
    lines: [`Client-Cert: ${byteSequence}`, `CLIENT-CERT: ${byteSequence}`],
    remove: ['client-cert'],
  },
  { id: 'empty', says: 'an empty Client-Cert', lines: ['Client-Cert:'], remove: ['client-cert'] },
  ...['client_cert', 'client_cert_chain', 'x_ssl_client_cert', 'x_forwarded_client_cert'].map(
    (name): Probe => ({
      id: name,
      says: `${name}, with underscores`,
      lines: [`${name}: ${probeValue(name.replaceAll('_', '-'))}`],
      remove: [name],
    }),
  ),
  {
    id: 'mixed',
    says: 'Client-Cert_Chain, dashes and underscores mixed',
    lines: [`Client-Cert_Chain: ${byteSequence}`, `X-SSL_Client-Cert: ${escapedPem}`],
    remove: ['client-cert_chain', 'x-ssl_client-cert'],
  },
  {
    id: 'nominated',
    says: 'Client-Cert, nominated by Connection',
    lines: [`Client-Cert: ${byteSequence}`, 'Connection: close, Client-Cert'],
    remove: ['client-cert'],
  },
  {
    id: 'folded',
    says: 'Client-Cert in a folded line',
    lines: ['X-Countersign-Probe: 1', `\tClient-Cert: ${byteSequence}`, 'Client-Cert:', `\t${byteSequence}`],
    remove: ['client-cert'],
  },
  {
    id: 'space',
    says: 'Client-Cert with a space before the colon',
    lines: [`Client-Cert : ${byteSequence}`],
    remove: ['client-cert'],
  },
  {
    id: 'line-feed',
    says: 'Client-Cert behind a bare line feed',
    lines: [`X-Countersign-Probe: 1\nClient-Cert: ${byteSequence}`],
    remove: ['client-cert'],
  },
  {
    id: 'trailer',
    says: 'Client-Cert as a trailer',
    lines: ['Transfer-Encoding: chunked', 'Trailer: Client-Cert'],
    body: `0\r\nClient-Cert: ${byteSequence}\r\n\r\n`,
    remove: ['client-cert'],
  },
  {
    id: 'http2',
    says: 'Client-Cert over HTTP/2',
    lines: [],
    http2: { 'client-cert': byteSequence },
    remove: ['client-cert'],
  },
]

/** In the form that whoever reads the field expects. */
function probeValue(name: string): string {
  if (name.endsWith('-verify')) return 'SUCCESS'
  if (/-(?:present|presented|verified|chain-verified)$/.test(name)) return 'true'
  if (/-(?:revoked|error)$/.test(name)) return 'false'
  if (name === 'x-ssl-client-used') return '1'
  if (name === 'x-forwarded-client-cert') return xfcc
  if (name === 'x-ssl-client-chain-0') return spacedPem
  if (/(?:der|arr-clientcert|der-base64|tls-client-cert|ssl-cert|sha256|hash|spiffe|sans|info)$/.test(name))
    return base64Der
  if (/^(?:client-cert|akamai|x-client-cert-(?:leaf|chain))/.test(name)) return byteSequence
  return escapedPem
}
