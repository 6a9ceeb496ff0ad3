/** An HTTPS server that hands over its clients' certificates, on Node and on the runtimes that imitate it. @module */
import { createServer as createPlainServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Server } from 'node:tls'
import { currentRuntime } from '../source/runtime.ts'
import { type TlsReloadListener, type TlsServerInput, tlsServerOptions } from './tls-server-options.ts'

/**
 * `tlsServerOptions`, `createServer` and `watch` in one. On Bun, whose `node:https` does not tell certificates, it takes the
 * road that does: a TLS server that passes its connections on to an HTTP server.
 *
 * @example
 * createTlsServer({ certificateFile: 'api.pem', keyFile: 'api.key', anchors: anchorFiles('anchors/') }, app).listen(443)
 * @throws TypeError as `tlsServerOptions`
 */
export function createTlsServer(
  input: TlsServerInput,
  listener: RequestListener,
  reload: TlsReloadListener = {},
): Server {
  const options = tlsServerOptions(input)
  const server = currentRuntime() === 'bun' ? bunServer(options, listener) : createHttpsServer(options, listener)
  options.watch(server, reload)
  return server
}

function bunServer(options: ReturnType<typeof tlsServerOptions>, listener: RequestListener): Server {
  const http = createPlainServer({ maxHeaderSize: options.maxHeaderSize }, listener)
  return createServer(options, (socket) => http.emit('connection', socket))
}
