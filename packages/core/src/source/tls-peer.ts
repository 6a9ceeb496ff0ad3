/** The certificate of the TLS connection that this process ended. @module */
import type { CertificateSource } from './certificate-source.ts'

/**
 * Takes the certificate from the TLS socket. The listener must ask for it: `requestCert: true, rejectUnauthorized: false`
 * (or `true` as a second fence); whether it is trusted is decided here, on every request, and not by the handshake.
 *
 * @example
 * countersign({ certificate: { anchors, revocation: 'unchecked', source: tlsPeer() }, key: { registry } })
 */
export function tlsPeer(): CertificateSource {
  return {
    name: 'tls',
    read(exchange) {
      if (exchange.peer.kind !== 'tcp' || !exchange.peer.encrypted) return undefined
      const [leaf, ...chain] = exchange.peer.certificates
      return leaf === undefined ? undefined : { kind: 'certificate', leaf, chain }
    },
  }
}
