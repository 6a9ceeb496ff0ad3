/** An API behind mutual TLS, with the list in force in one way or another. @module */
import { readFileSync } from 'node:fs'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAuthenticator, nodeExchange } from '@countersign/core'
import { crlFiles } from '@countersign/core/node'
import { memoryRegistry } from '@countersign/core/registry'
import { tlsPeer } from '@countersign/core/sources'

const [mode, partiesFile = '', crlFile = ''] = process.argv.slice(2)
const parties = JSON.parse(readFileSync(partiesFile, 'utf8')) as {
  readonly ca: string
  readonly server: { readonly cert: string; readonly key: string }
}
const registry = memoryRegistry()
await registry.createPartner({ id: 'acme', rules: [{ kind: 'san-dns', value: 'acme.example' }] })
const authenticator = createAuthenticator({
  certificate: {
    anchors: parties.ca,
    source: tlsPeer(),
    revocation: mode === 'crl-files' ? crlFiles(crlFile) : 'unchecked',
  },
  key: { registry },
  require: 'certificate',
})
const tls: ServerOptions = {
  ...parties.server,
  ca: parties.ca,
  requestCert: true,
  rejectUnauthorized: mode === 'node',
  minVersion: 'TLSv1.3',
  ...(mode === 'node' ? { crl: readFileSync(crlFile) } : {}),
}
const server = createServer(tls, async (request, response) => {
  const decision = await authenticator.authenticate(nodeExchange(request))
  response.writeHead(decision.ok ? 200 : 500).end()
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
