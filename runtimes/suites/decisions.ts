/** Whole decisions: a certificate from a source, its path and dates, the key, the binding. @module */
import { createAuthenticator, type Exchange, type Peer } from '../../packages/core/src/index.ts'
import { memoryRegistry } from '../../packages/core/src/registry.ts'
import { currentRuntime } from '../../packages/core/src/source/runtime.ts'
import { type CertificateSource, cloudflareWorkers, rfc9440 } from '../../packages/core/src/sources.ts'
import { parseCertificate } from '../../packages/core/src/x509.ts'
import vectors from '../../test-fixtures/vectors/sources.json' with { type: 'json' }
import { runSuite, type SuiteResult } from './suite.ts'

const der = (name: keyof typeof vectors.certificates): Uint8Array =>
  Uint8Array.from(atob(vectors.certificates[name]), (character) => character.charCodeAt(0))

/** Of the partner's certificate; the vectors say when it is valid. */
const NAME = 'spiffe://acme.example/orders'

interface Request {
  readonly leaf?: string
  readonly key?: string
}

export async function decisions(): Promise<SuiteResult> {
  const registry = memoryRegistry()
  await registry.createPartner({ id: 'acme', rules: [{ kind: 'san-uri', value: NAME }], scopes: ['orders:read'] })
  const { key } = await registry.issueKey({ partnerId: 'acme' })
  const road = currentRuntime() === 'workers' ? workers() : hop()
  const { notBefore, notAfter } = parseCertificate(der('leaf'))
  let now = new Date(notBefore.getTime() + 86_400_000)
  const authenticator = createAuthenticator({
    certificate: { anchors: der('root'), intermediates: der('issuing'), revocation: 'unchecked', source: road.source },
    key: { registry },
    clock: () => now,
  })
  const ask = async (request: Request): Promise<string> => {
    const decision = await authenticator.authenticate(road.exchange(request))
    return decision.ok ? decision.principal.partner.id : decision.reason.code
  }
  const expected =
    (request: Request, wanted: string): (() => Promise<string | undefined>) =>
    async () => {
      const found = await ask(request)
      return found === wanted ? undefined : `${found} instead of ${wanted}`
    }
  const leaf = vectors.certificates.leaf
  const result = await runSuite('decisions', [
    { id: 'certificate and key', run: expected({ leaf, key }, 'acme') },
    { id: 'again', run: expected({ leaf, key }, 'acme') },
    { id: 'no certificate', run: expected({ key }, 'certificate-missing') },
    { id: 'no key', run: expected({ leaf }, 'key-missing') },
    { id: 'neither', run: expected({}, 'credentials-missing') },
    { id: 'self-signed', run: expected({ leaf: vectors.certificates.other, key }, 'issuer-unknown') },
    { id: 'a changed key', run: expected({ leaf, key: `${key.slice(0, -1)}~` }, 'key-malformed') },
    {
      id: 'expired',
      async run() {
        now = new Date(notAfter.getTime() + 86_400_000)
        return expected({ leaf, key }, 'certificate-expired')()
      },
    },
  ])
  authenticator.close()
  return result
}

interface Road {
  readonly source: CertificateSource
  exchange(request: Request): Exchange
}

function hop(): Road {
  const peer: Peer = { kind: 'tcp', address: '10.0.0.1', encrypted: false, certificates: [] }
  return {
    source: rfc9440({ from: ['10.0.0.0/8'] }),
    exchange: ({ leaf, key }) =>
      exchangeOf(peer, undefined, {
        'x-forwarded-proto': 'https',
        ...(leaf === undefined ? {} : { 'client-cert': `:${leaf}:` }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      }),
  }
}

function workers(): Road {
  return {
    source: cloudflareWorkers(),
    exchange({ leaf, key }) {
      const presented = { certPresented: '1', certVerified: 'SUCCESS', certRevoked: '0', certRFC9440: `:${leaf}:` }
      const tlsClientAuth = leaf === undefined ? { certPresented: '0' } : presented
      const platform = { cf: { tlsVersion: 'TLSv1.3', tlsClientAuth } }
      return exchangeOf({ kind: 'unknown' }, platform, key === undefined ? {} : { authorization: `Bearer ${key}` })
    },
  }
}

function exchangeOf(peer: Peer, platform: unknown, fields: Readonly<Record<string, string>>): Exchange {
  return {
    method: 'GET',
    target: '/orders',
    headers: { all: (name) => (fields[name] === undefined ? [] : [fields[name]]) },
    peer,
    platform,
  }
}
