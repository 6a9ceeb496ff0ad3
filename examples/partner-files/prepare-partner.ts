/** A folder as an operator keeps it: a CA for partners with its CRL, one partner, and a certificate for the server. @module */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileRegistry } from '@countersign/core/node'
import { createAuthority, type IssuedCertificate } from '@countersign/testing'

const ACME = 'spiffe://acme.example/orders'

export interface Prepared {
  /** The partner's side. */
  readonly key: string
  readonly client: IssuedCertificate
  /** Puts a certificate of the partner's on the CA's list. */
  revoke(certificate: IssuedCertificate): Promise<void>
}

/**
 * In real life the CA's private key is elsewhere, and a partner keeps its own to itself: docs/getting-started.md.
 * @returns undefined where the folder has been prepared before
 */
export async function preparePartner(folder: string): Promise<Prepared | undefined> {
  if (existsSync(join(folder, 'partners.json'))) return undefined
  for (const name of ['anchors', 'crls']) mkdirSync(join(folder, name), { recursive: true })
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 })

  const ca = await createAuthority({ name: 'Partner CA' })
  const client = await ca.issueClient({ name: 'Acme orders', spiffe: ACME })
  const server = await ca.issueServer()
  write('anchors/partners.pem', ca.certificate.pem)
  write('crls/partners.crl', (await ca.crl()).pem)
  write('server.pem', server.tls.cert)
  write('server.key', server.tls.key)
  write('acme.pem', client.tls.cert)
  write('acme.key', client.tls.key)

  const registry = fileRegistry(join(folder, 'partners.json'), { missing: 'create' })
  await registry.createPartner({
    id: 'acme',
    rules: [{ kind: 'san-uri', value: ACME }],
    scopes: ['orders:read', 'orders:write'],
    metadata: { tier: 'gold' },
  })
  const { key } = await registry.issueKey({ partnerId: 'acme', scopes: ['orders:read'] })
  await registry.close()
  write('acme.api-key', key)

  return {
    key,
    client,
    revoke: async (certificate) => write('crls/partners.crl', (await ca.crl({ revoked: [certificate] })).pem),
  }
}
