/** What the example runs on: a CA for partners, one for servers, a registry with one partner, and a key to sign tokens with. @module */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memoryRegistry, type RegistryAdmin } from '@countersign/core/registry'
import { type SigningKey, signingKey } from '@countersign/core/tokens'
import { type Authority, createAuthority, type IssuedCertificate } from '@countersign/testing'

export interface World {
  readonly partners: Authority
  readonly servers: Authority
  readonly server: IssuedCertificate
  readonly acme: IssuedCertificate
  readonly globex: IssuedCertificate
  readonly registry: RegistryAdmin
  /** Acme's API key, and its id. */
  readonly apiKey: { readonly text: string; readonly id: string }
  readonly signing: SigningKey
  /** Holds the CRL that the services watch. */
  readonly crlFile: string
  revoke(certificate: IssuedCertificate): Promise<void>
}

export async function createWorld(folder: string): Promise<World> {
  const partners = await createAuthority({ name: 'Partners' })
  const servers = await createAuthority({ name: 'Servers' })
  const server = await servers.issueServer({ dns: ['localhost'], ip: ['127.0.0.1'] })
  const acme = await partners.issueClient({ name: 'Acme' })
  const globex = await partners.issueClient({ name: 'Globex' })

  const registry = memoryRegistry()
  for (const [id, { publicKeyHash }] of Object.entries({ acme, globex })) {
    const rules = [{ kind: 'public-key', value: publicKeyHash }] as const
    await registry.createPartner({ id, rules, scopes: ['orders:read', 'invoices:read'] })
  }
  const { key, record } = await registry.issueKey({ partnerId: 'acme', scopes: ['orders:read', 'invoices:read'] })

  // In production the key comes out of a file, or stays in a vault behind `signingKeyCallback`.
  const keyFile = join(folder, 'signing-key.pem')
  writeFileSync(keyFile, (await servers.issueServer({ dns: ['signer'] })).privateKeyPem, { mode: 0o600 })
  const signing = await signingKey(readFileSync(keyFile, 'utf8'), { algorithm: 'ES256' })

  const crlFile = join(folder, 'partners.crl.pem')
  writeFileSync(crlFile, (await partners.crl({})).pem)
  return {
    partners,
    servers,
    server,
    acme,
    globex,
    registry,
    apiKey: { text: key, id: record.id },
    signing,
    crlFile,
    revoke: async (certificate) => writeFileSync(crlFile, (await partners.crl({ revoked: [certificate] })).pem),
  }
}
