/** OpenSSL's word on a client certificate: one TLS handshake within this process. @module */
import { connect, createServer, type TLSSocket } from 'node:tls'
import type { IssuedCertificate } from '../src/pki/certificate.ts'

/** Undefined if OpenSSL accepts the client, else its reason (`CERT_HAS_EXPIRED`, `CERT_REVOKED`, …). */
export async function refusalByOpenSsl(
  client: { readonly cert: string; readonly key: string },
  server: IssuedCertificate,
  anchor: { readonly ca: string; readonly crl?: string | string[] },
): Promise<string | undefined> {
  const listener = createServer({ ...server.tls, ...anchor, requestCert: true, rejectUnauthorized: false })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const accepted = new Promise<TLSSocket>((resolve, reject) => {
    listener.once('secureConnection', resolve)
    listener.once('tlsClientError', reject)
  })
  const socket = connect({ port: address.port, host: '127.0.0.1', rejectUnauthorized: false, ...client })
  socket.on('error', () => {})
  try {
    const peer = await accepted
    const { authorizationError } = peer as unknown as { authorizationError: string | null }
    peer.destroy()
    return authorizationError ?? undefined
  } finally {
    socket.destroy()
    listener.close()
  }
}
