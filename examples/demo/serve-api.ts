/** An API on two free ports of this machine: one with mutual TLS, one without TLS, for whoever comes without. @module */
import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export interface ServedApi {
  /** `https://127.0.0.1:…` */
  readonly secure: string
  /** `http://127.0.0.1:…` */
  readonly plain: string
  close(): Promise<void>
}

export async function serveApi(
  listener: RequestListener,
  tls: { readonly cert: string; readonly key: string },
): Promise<ServedApi> {
  // TLS proves that the client holds its private key; whether its certificate is trusted is decided on every request.
  const options = { ...tls, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' } as const
  const servers = [createTlsServer(options, listener), createPlainServer(listener)] as const
  await Promise.all(servers.map(listen))
  const [secure, plain] = servers.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`)
  return {
    secure: `https://${secure}`,
    plain: `http://${plain}`,
    close: async () => void (await Promise.all(servers.map(close))),
  }
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
