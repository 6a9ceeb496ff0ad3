// One partner with a certificate and a key, and a client that calls a server with them, with one of them, with none.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryRegistry } from '@countersign/core/registry'
import { createAuthority } from '@countersign/testing'

const ID = 'spiffe://partners.example/acme'

export async function createPartner() {
  const ca = await createAuthority({ name: 'Partners' })
  const server = await ca.issueServer()
  const client = await ca.issueClient({ name: 'acme', spiffe: ID })
  const crls = mkdtempSync(join(tmpdir(), 'countersign-crls-'))
  writeFileSync(join(crls, 'partners.pem'), (await ca.crl()).pem)

  const registry = memoryRegistry()
  await registry.createPartner({ id: 'acme', rules: [{ kind: 'san-uri', value: ID }], scopes: ['orders:read'] })
  const { key } = await registry.issueKey({ partnerId: 'acme' })

  const anchors = ca.certificate.pem
  const close = async () => {
    await registry.close()
    rmSync(crls, { recursive: true })
  }
  return { anchors, crls, registry, key, client: client.tls, close, tls: { ...server.tls, ...LISTENER } }
}

/** TLS proves possession of the key; who is trusted is decided behind it. */
const LISTENER = { requestCert: true, rejectUnauthorized: false }

/** The pair is let in, as the partner that it belongs to; each credential alone, and none, are not. */
export async function expectCountersigned(server, partner) {
  const { anchors: ca, client, key } = partner
  const authorization = { authorization: `Bearer ${key}` }
  assert.deepEqual(await call(server, { ca, ...client, headers: authorization }), [200, 'acme'])
  for (const options of [{ ...client }, { headers: authorization }, {}]) {
    const [status, body] = await call(server, { ca, ...options })
    assert.equal(status, 401, body)
    assert.equal(JSON.parse(body).code, 'credentials-missing')
  }
}

export function listening(server) {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

export function stop(server) {
  return new Promise((resolve) => server.close(resolve))
}

function call(server, options) {
  return new Promise((resolve, reject) => {
    const { port } = server.address()
    const outgoing = request({ host: '127.0.0.1', port, agent: false, ...options }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('end', () => resolve([response.statusCode, body]))
      response.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}
