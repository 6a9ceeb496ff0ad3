/**
 * Did the request come securely? Decided from the connection and from the word of a trusted hop alone
 * (IETF draft-ietf-httpapi-privacy: a credential that came over plaintext must not be used, whether valid or not).
 * @module
 */
import type { Exchange } from '../exchange/exchange.ts'
import type { CertificateSource } from './certificate-source.ts'
import type { TransportReason } from './source-reason.ts'

/**
 * @param forwarded whether the hop forwarded a certificate, readable or not
 * @returns the reason if it did not
 */
export function checkTransport(
  exchange: Exchange,
  source: CertificateSource,
  forwarded: boolean,
): TransportReason | undefined {
  const platform = source.secure?.(exchange)
  if (platform !== undefined) return platform ? undefined : insecure('platform', 'the platform says so')
  if (source.trusts?.(exchange) === true) return checkHop(exchange, forwarded)
  if (exchange.peer.kind === 'tcp' && exchange.peer.encrypted) return undefined
  return insecure(
    'peer',
    exchange.peer.kind === 'tcp' ? 'the connection is not TLS' : `the peer is ${exchange.peer.kind}`,
  )
}

/** Only the hop's word counts, even if the hop itself came over TLS: that says nothing about the client's own connection. */
function checkHop(exchange: Exchange, forwarded: boolean): TransportReason | undefined {
  const protocol = exchange.headers.all('x-forwarded-proto')
  if (protocol.length === 0) {
    return forwarded ? undefined : insecure('hop', 'the hop forwarded neither a certificate nor X-Forwarded-Proto')
  }
  if (protocol.length === 1 && protocol[0] === 'https') return undefined
  return insecure('hop', 'X-Forwarded-Proto is not exactly one "https"')
}

function insecure(by: TransportReason['by'], detail: string): TransportReason {
  return { code: 'transport-insecure', by, detail }
}
