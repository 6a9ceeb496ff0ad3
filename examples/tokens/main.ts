/** Starts issuer and services, and prints what a partner with curl would type. @module */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { trustingFetch } from './fetch-keys.ts'
import { ORDERS } from './issuer.ts'
import { serveAll } from './serve.ts'
import { createWorld } from './world.ts'

const folder = mkdtempSync(join(tmpdir(), 'countersign-tokens-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit())

const world = await createWorld(folder)
const { issuer, orders, invoices } = await serveAll(world, trustingFetch(world.servers.certificate.pem))
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text, { mode: 0o600 })
  return join(folder, name)
}
const tls = `--cacert ${write('servers.pem', world.servers.certificate.pem)} \\
  --cert ${write('acme.pem', world.acme.tls.cert)} --key ${write('acme.key', world.acme.tls.key)}`

console.log(`Issuer ${issuer}, services ${orders} and ${invoices}

1. Acme shows certificate and API key once:

TOKEN=$(curl -s ${tls} \\
  -H 'Authorization: Bearer ${world.apiKey.text}' \\
  -d grant_type=client_credentials -d resource=${ORDERS} \\
  ${issuer}/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')

2. and calls services with certificate and token:

curl ${tls} \\
  -H "Authorization: Bearer $TOKEN" ${orders}/orders

3. The token is worth nothing without its certificate:

curl --cacert ${join(folder, 'servers.pem')} -H "Authorization: Bearer $TOKEN" ${orders}/orders
`)
