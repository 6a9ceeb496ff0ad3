/** `Client-Cert` and `Client-Cert-Chain`, set by a TLS-terminating proxy (RFC 9440). @module */
import type { CertificateSource } from './certificate-source.ts'
import { forwarded } from './forwarded.ts'
import type { TrustedHopOptions } from './trusted-hop.ts'

/**
 * Reads the certificate from RFC 9440 fields, from the named hops alone. What they forward is a claim: path and revocation
 * are verified here all the same. The proxy must remove these fields from what clients send.
 *
 * @example
 * countersign({ certificate: { anchors, revocation, source: rfc9440({ from: ['10.0.0.0/8'] }) }, key: { registry } })
 * @throws TypeError if `from` is empty, is not made of addresses, ranges, 'unix' or { publicKey }, or would trust everybody
 */
export function rfc9440(options: TrustedHopOptions): CertificateSource {
  return forwarded('rfc9440', options)
}
