/** Serves the API from a folder as an operator keeps it: `npm start`, or `npm start -- folder`. @module */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { createAuthenticator } from '@countersign/core'
import { anchorFiles, crlFiles, fileRegistry } from '@countersign/core/node'
import { preparePartner } from 'countersign-partner-files'
import { createHandler } from './app.ts'

const folder = process.argv[2] ?? 'files'
await preparePartner(folder)

const registry = fileRegistry(join(folder, 'partners.json'))
const authenticator = createAuthenticator({
  certificate: { anchors: anchorFiles(join(folder, 'anchors')), revocation: crlFiles(join(folder, 'crls')) },
  key: { registry },
  on: { refused: ({ correlationId, reason }) => console.log(correlationId, reason.code) },
})

const tls = {
  cert: readFileSync(join(folder, 'server.pem')),
  key: readFileSync(join(folder, 'server.key')),
  // Ask for a certificate, and leave the judgement to countersign(): it can answer.
  requestCert: true,
  rejectUnauthorized: false,
}
const server = createServer(tls, createHandler(authenticator))
server.listen(Number(process.env.PORT ?? 8443), () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : address
  console.log(`curl --cacert ${folder}/anchors/partners.pem --cert ${folder}/acme.pem --key ${folder}/acme.key \\
  -H "Authorization: Bearer $(cat ${folder}/acme.api-key)" https://localhost:${port}/orders`)
})

process.once('SIGTERM', () => {
  server.close()
  authenticator.close()
  void registry.close()
})
