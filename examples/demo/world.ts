/**
 * Everybody in the demo: two partners with a CA each, and whoever pretends to be one of them. All of it is made when the
 * demo starts and gone when it ends.
 * @module
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Authenticator, createAuthenticator, type RefusedEvent } from '@countersign/core'
import { generateKey } from '@countersign/core/keys'
import { crlFiles } from '@countersign/core/node'
import { memoryRegistry } from '@countersign/core/registry'
import { type Authority, createAuthority, createSelfSigned, type IssuedCertificate } from '@countersign/testing'
import type { Credential } from './call.ts'

const ACME = 'spiffe://acme.example/orders'
const GLOBEX = 'spiffe://globex.example/billing'
const DAY_MILLISECONDS = 86_400_000

/** Reading a changed CRL takes some 30 ms. */
const RELOAD_LIMIT_MILLISECONDS = 5_000

export interface World {
  readonly authenticator: Authenticator<'certificate+key'>
  /** The CA of the API's own certificate. */
  readonly serverCa: string
  readonly server: Credential
  readonly certificates: Certificates
  readonly keys: Keys
  /** Below it lies all that the demo writes. */
  readonly folder: string
  /** A certificate of Acme's that nothing is wrong with, yet. */
  issueAcme(): Promise<IssuedCertificate>
  /** A CRL of Acme's CA that revokes these, next to those revoked before. */
  acmeCrl(revoked: readonly IssuedCertificate[]): Promise<string>
  /** Has Acme's CA revoke a certificate. @returns after how many milliseconds the new CRL was in force */
  revoke(certificate: IssuedCertificate): Promise<number>
  /** The exact reason of a refusal, as the operator finds it by the correlation id that the caller was given. */
  refusalOf(correlationId: string | undefined): RefusedEvent | undefined
  close(): void
}

export interface Certificates {
  readonly acme: Credential
  readonly expired: Credential
  readonly forServers: Credential
  readonly ofUnknownCa: Credential
  readonly selfSigned: Credential
  /** Acme's name, written by Globex's CA. */
  readonly acmeByGlobex: Credential
}

export interface Keys {
  readonly acme: string
  readonly expired: string
  readonly revoked: string
  readonly globex: string
  /** In the right form, and never issued. */
  readonly unknown: string
}

export async function createWorld(): Promise<World> {
  const [acme, globex, nobody, ours] = (await Promise.all(
    ['Acme Partner CA', 'Globex Partner CA', 'Nobody’s CA', 'API Server CA'].map((name) => createAuthority({ name })),
  )) as [Authority, Authority, Authority, Authority]
  const folder = mkdtempSync(join(tmpdir(), 'countersign-demo-'))
  const crls = join(folder, 'crls')
  mkdirSync(crls)
  const revoked: IssuedCertificate[] = []
  writeFileSync(join(crls, 'acme.pem'), (await acme.crl()).pem)
  writeFileSync(join(crls, 'globex.pem'), (await globex.crl()).pem)

  const { registry, keys } = await createPartners()
  const refusals = new Map<string, RefusedEvent>()
  const authenticator = createAuthenticator({
    certificate: {
      anchors: [
        { label: 'acme', certificates: acme.certificate.pem },
        { label: 'globex', certificates: globex.certificate.pem },
      ],
      revocation: crlFiles(crls),
    },
    key: { registry },
    on: { refused: (event) => void refusals.set(event.correlationId, event) },
  })

  return {
    authenticator,
    serverCa: ours.certificate.pem,
    server: (await ours.issueServer({ name: 'API' })).tls,
    certificates: await createCertificates(acme, globex, nobody),
    keys,
    folder,
    issueAcme: () => acme.issueClient({ name: 'Acme orders', spiffe: ACME }),
    acmeCrl: async (more) => (await acme.crl({ revoked: [...revoked, ...more] })).pem,
    async revoke(certificate) {
      revoked.push(certificate)
      const { pem } = await acme.crl({ revoked })
      return replaceCrl(join(crls, 'acme.pem'), pem, authenticator)
    },
    refusalOf: (correlationId) => refusals.get(correlationId ?? ''),
    close() {
      authenticator.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function createCertificates(acme: Authority, globex: Authority, nobody: Authority): Promise<Certificates> {
  const yesterday = new Date(Date.now() - DAY_MILLISECONDS)
  const lastMonth = new Date(Date.now() - 30 * DAY_MILLISECONDS)
  const name = 'Acme orders'
  const spiffe = ACME
  const [good, expired, forServers, ofUnknownCa, selfSigned, acmeByGlobex] = await Promise.all([
    acme.issueClient({ name, spiffe }),
    acme.issueClient({ name, spiffe, notBefore: lastMonth, notAfter: yesterday }),
    acme.issueClient({ name, spiffe, extendedKeyUsage: ['serverAuth'] }),
    nobody.issueClient({ name, spiffe }),
    createSelfSigned({ name, spiffe }),
    globex.issueClient({ name, spiffe }),
  ])
  return {
    acme: good.tls,
    expired: expired.tls,
    forServers: forServers.tls,
    ofUnknownCa: ofUnknownCa.tls,
    selfSigned: selfSigned.tls,
    acmeByGlobex: acmeByGlobex.tls,
  }
}

/** Acme may read orders and nothing else. A partner's name counts only under the CA that its rule names. */
async function createPartners() {
  const registry = memoryRegistry()
  await registry.createPartner({
    id: 'acme',
    rules: [{ kind: 'san-uri', value: ACME, anchor: 'acme' }],
    scopes: ['orders:read'],
  })
  await registry.createPartner({
    id: 'globex',
    rules: [{ kind: 'san-uri', value: GLOBEX, anchor: 'globex' }],
    scopes: ['orders:read', 'invoices:read'],
  })
  const issue = async (partnerId: string, dates: { readonly notBefore?: Date; readonly notAfter?: Date } = {}) =>
    registry.issueKey({ partnerId, ...dates })
  const lastMonth = new Date(Date.now() - 30 * DAY_MILLISECONDS)
  const yesterday = new Date(Date.now() - DAY_MILLISECONDS)
  const revoked = await issue('acme')
  await registry.revokeKey(revoked.record.id, { by: 'demo', why: 'to show what happens' })
  const keys: Keys = {
    acme: (await issue('acme')).key,
    expired: (await issue('acme', { notBefore: lastMonth, notAfter: yesterday })).key,
    revoked: revoked.key,
    globex: (await issue('globex')).key,
    unknown: generateKey({
      prefix: 'cs_live',
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    }),
  }
  return { registry, keys }
}

/** In one step, so that nobody ever reads half a list. */
function replaceCrl(path: string, pem: string, authenticator: Authenticator): Promise<number> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      stop()
      reject(new Error(`the CRL was not read again within ${RELOAD_LIMIT_MILLISECONDS} ms`))
    }, RELOAD_LIMIT_MILLISECONDS)
    const stop = authenticator.on('reloaded', () => {
      stop()
      clearTimeout(timer)
      resolve(performance.now() - started)
    })
    writeFileSync(`${path}.new`, pem)
    renameSync(`${path}.new`, path)
  })
}
