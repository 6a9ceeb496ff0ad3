/** The certificate of the TLS connection that this process ended. @module */
import type { CertificateSource } from './certificate-source.ts'
import { currentRuntime, refuseWorkers } from './runtime.ts'

export interface TlsPeerOptions {
  /**
   * On Bun and Deno only, where some listeners hand over the client's certificate and others do not: which one serves.
   * Bun: `node:tls` (with `connection` events passed on to an HTTP server, as `createTlsServer` does) or `node:http2`.
   * Deno: `node:https` or `node:http2`.
   */
  readonly listener?: 'node:tls' | 'node:https' | 'node:http2'
}

/** Where the certificate of the client is to be had (measured on Bun 1.4.5 and Deno 2.9.6). */
const LISTENERS = {
  bun: ['node:tls', 'node:http2'],
  deno: ['node:https', 'node:http2'],
} as const

/**
 * Takes the certificate from the TLS socket. The listener must ask for it: `requestCert: true, rejectUnauthorized: false`
 * (or `true` as a second fence); whether it is trusted is decided here, on every request, and not by the handshake.
 *
 * @example
 * countersign({ certificate: { anchors, revocation: 'unchecked', source: tlsPeer() }, key: { registry } })
 * @throws TypeError on a runtime, or for a listener of one, that does not hand certificates over, naming what works there
 */
export function tlsPeer(options: TlsPeerOptions = {}): CertificateSource {
  refuseListener(options.listener)
  return {
    name: 'tls',
    read(exchange) {
      if (exchange.peer.kind !== 'tcp' || !exchange.peer.encrypted) return undefined
      const [leaf, ...chain] = exchange.peer.certificates
      return leaf === undefined ? undefined : { kind: 'certificate', leaf, chain }
    },
  }
}

function refuseListener(listener: TlsPeerOptions['listener']): void {
  refuseWorkers('tlsPeer', 'cloudflareWorkers()')
  const runtime = currentRuntime()
  if (runtime !== 'bun' && runtime !== 'deno') return
  const known: readonly unknown[] = LISTENERS[runtime]
  if (known.includes(listener)) return
  throw new TypeError(
    `tlsPeer: on ${runtime} only { listener: '${known.join("' or '")}' } hands certificates over; or rfc9440() behind a proxy`,
  )
}
