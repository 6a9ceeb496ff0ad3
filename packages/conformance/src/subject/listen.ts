/** Serves a Node request listener as a setup asks for it: what most subjects need and nothing of any framework. @module */
import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { RunningSubject, SubjectSetup } from './subject.ts'

/** Any framework's listener: their own types of request and response differ, so neither is named here. */
// biome-ignore lint/suspicious/noExplicitAny: a listener typed for one server is handed to several kinds.
export type RequestListener = (request: any, response: any) => unknown

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown

/** Listens and resolves once connections are accepted. */
export async function listen(
  setup: SubjectSetup,
  listener: RequestListener,
  onUpgrade?: UpgradeListener,
): Promise<RunningSubject> {
  const server = createServer(setup, listener)
  const sockets = new Set<Socket>()
  server.on(setup.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    // A client that resets its connection is part of the suite; it must not end the process.
    socket.on('error', () => {})
  })
  if (onUpgrade !== undefined) server.on('upgrade', onUpgrade)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(setup.listen, resolve)
  })
  const address = server.address()
  return {
    ...(typeof address === 'string' ? { path: address } : { port: address?.port ?? 0 }),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function createServer({ transport, tls }: SubjectSetup, listener: RequestListener): HttpServer {
  if (tls === undefined) return createHttpServer(listener)
  if (transport === 'http2') return createSecureServer({ ...tls }, listener) as unknown as HttpServer
  return createHttpsServer({ ...tls }, listener)
}
