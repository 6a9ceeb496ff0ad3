/** Ending mutual TLS in the process, by the one road on which Bun tells certificates of HTTP/1.1: `bun mutual-tls.ts folder`. @module */
import { anchorFiles, createTlsServer } from '@countersign/core/node'
import { tlsPeer } from '@countersign/core/sources'
import { getRequestListener } from '@hono/node-server'
import { authenticatorFor, createApp } from './app.ts'

const [folder = 'files'] = process.argv.slice(2)
const app = createApp(authenticatorFor(folder, tlsPeer({ listener: 'node:tls' })))

const server = createTlsServer(
  {
    certificateFile: `${folder}/server.pem`,
    keyFile: `${folder}/server.key`,
    anchors: anchorFiles(`${folder}/anchors`),
  },
  getRequestListener(app.fetch),
)
server.listen(Number(process.env.PORT ?? 8443), '127.0.0.1', () => {
  const address = server.address()
  console.log(`https://localhost:${typeof address === 'object' ? address?.port : address}`)
})
