/** Everybody in the tests of proxies: two partners, and whoever pretends to be one. All made at test time. @module */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memoryRegistry } from '@countersign/core/registry'
import { type Authority, createAuthority, createSelfSigned, type IssuedCertificate } from '@countersign/testing'

export interface Partners {
  readonly folder: string
  readonly registry: ReturnType<typeof memoryRegistry>
  readonly authority: Authority
  readonly server: IssuedCertificate
  readonly certificates: Readonly<Record<Holder, IssuedCertificate>>
  readonly keys: { readonly acme: string; readonly globex: string }
  /** PEM files: the server's, the CAs of partners, their CRL. */
  readonly files: {
    readonly certificate: string
    readonly key: string
    readonly clientCa: string
    readonly crl: string
  }
}

export type Holder = 'acme' | 'globex' | 'expired' | 'revoked' | 'foreign' | 'self-signed'

export const SECRET = { header: 'x-hop-secret', value: 'only-the-proxy-and-the-application-know-this' }

const ACME = 'spiffe://acme.example/orders'
const DAY_MILLISECONDS = 86_400_000

export async function createPartners(folder: string): Promise<Partners> {
  const [authority, stranger] = await Promise.all([
    createAuthority({ name: 'Partners' }),
    createAuthority({ name: 'Strangers' }),
  ])
  const past = { notBefore: ago(30), notAfter: ago(1) }
  const [server, acme, globex, expired, revoked, foreign, selfSigned] = await Promise.all([
    authority.issueServer(),
    authority.issueClient({ name: 'acme', spiffe: ACME }),
    authority.issueClient({ name: 'globex', spiffe: 'spiffe://globex.example/billing' }),
    authority.issueClient({ name: 'acme', spiffe: ACME, ...past }),
    authority.issueClient({ name: 'acme', spiffe: ACME }),
    stranger.issueClient({ name: 'acme', spiffe: ACME }),
    createSelfSigned({ name: 'acme', spiffe: ACME }),
  ])

  mkdirSync(join(folder, 'crls'), { recursive: true })
  const files = {
    certificate: join(folder, 'api.pem'),
    key: join(folder, 'api.pem.key'),
    clientCa: join(folder, 'partners.pem'),
    crl: join(folder, 'crls/partners.pem'),
  }
  writeFileSync(files.certificate, server.chainPem)
  writeFileSync(files.key, server.privateKeyPem)
  writeFileSync(files.clientCa, authority.certificate.pem)
  writeFileSync(files.crl, (await authority.crl({ revoked: [revoked] })).pem)

  const registry = memoryRegistry()
  await registry.createPartner({ id: 'acme', rules: [{ kind: 'san-uri', value: ACME }] })
  await registry.createPartner({
    id: 'globex',
    rules: [{ kind: 'san-uri', value: 'spiffe://globex.example/billing' }],
  })
  const keys = {
    acme: (await registry.issueKey({ partnerId: 'acme' })).key,
    globex: (await registry.issueKey({ partnerId: 'globex' })).key,
  }
  const certificates = { acme, globex, expired, revoked, foreign, 'self-signed': selfSigned }
  return { folder, registry, authority, server, certificates, keys, files }
}

function ago(days: number): Date {
  return new Date(Date.now() - days * DAY_MILLISECONDS)
}
