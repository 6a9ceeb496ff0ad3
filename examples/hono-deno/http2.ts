/** The same over HTTP/2: `deno run -A http2.ts folder`. @module */
import { readFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import process from 'node:process'
import { anchorFiles, tlsServerOptions } from '@countersign/core/node'
import { tlsPeer } from '@countersign/core/sources'
import { getRequestListener } from '@hono/node-server'
import { authenticatorFor, createApp } from './app.ts'

const [folder = 'files'] = process.argv.slice(2)
const app = createApp(authenticatorFor(folder, tlsPeer({ listener: 'node:http2' })))
const options = tlsServerOptions({
  certificate: readFileSync(`${folder}/server.pem`, 'utf8'),
  key: readFileSync(`${folder}/server.key`, 'utf8'),
  anchors: anchorFiles(`${folder}/anchors`),
  protocols: ['h2'],
})
const server = createSecureServer(options, getRequestListener(app.fetch))
server.listen(Number(process.env.PORT ?? 8443), '127.0.0.1', () => {
  const address = server.address()
  console.log(`https://localhost:${typeof address === 'object' ? address?.port : address}`)
})
