/** What does a decision cost where the certificate comes in a header, beside one where it is on the TLS socket? @module */
import { createAuthenticator, type Exchange, nodeExchange } from '@countersign/core'
import { memoryRegistry } from '@countersign/core/registry'
import { type CertificateSource, type ForwardedPreset, forwarded, tlsPeer } from '@countersign/core/sources'
import { createAuthority, type ForwardFormat, forwardAs } from '@countersign/testing'
import { expectRatio, measure, printTimings, ratio, type Subject } from './measure.ts'

const authority = await createAuthority({ name: 'Partners' })
const issuing = await authority.issueAuthority({ name: 'Issuing' })
const client = await issuing.issueClient({ name: 'acme', spiffe: 'spiffe://acme.example/orders' })

const registry = memoryRegistry()
await registry.createPartner({ id: 'acme', rules: [{ kind: 'san-uri', value: 'spiffe://acme.example/orders' }] })
const { key } = await registry.issueKey({ partnerId: 'acme' })

/** What else a partner's client and a proxy send. */
const HEAD = ['Host', 'api.example', 'User-Agent', 'acme/1.0', 'Accept', '*/*', 'Content-Type', 'application/json']
const HOP = ['X-Forwarded-For', '192.0.2.7', 'X-Forwarded-Proto', 'https', 'X-Request-Id', '5c8f6a1e']

function decide(name: string, source: CertificateSource, exchange: () => Exchange): Subject {
  const { authenticate } = createAuthenticator({
    certificate: {
      anchors: authority.certificate.pem,
      intermediates: issuing.certificate.pem,
      revocation: 'unchecked',
      source,
    },
    key: { registry },
  })
  return {
    name,
    run() {
      const decision = authenticate(exchange())
      if (!('ok' in decision) || !decision.ok) throw new Error(`${name}: ${JSON.stringify(decision)}`)
    },
  }
}

/** As Node's parser leaves them: fresh text for every request, which nobody has hashed yet. */
function fresh(fields: Readonly<Record<string, string>>): () => string[] {
  const encoded = Object.entries(fields).map(([name, value]) => [name, Buffer.from(value, 'latin1')] as const)
  return () => encoded.flatMap(([name, value]) => [name, value.toString('latin1')])
}

const authorization = ['Authorization', `Bearer ${key}`]

function onSocket(): Subject {
  const socket = {
    remoteAddress: '127.0.0.1',
    encrypted: true,
    getPeerX509Certificate: () => ({ raw: client.certificate.der, issuerCertificate: undefined }),
  }
  // The same text is made, so that only what is done with it differs.
  const fields = fresh({ 'X-Unread': forwardAs('rfc9440', client, { chain: 'none' })['Client-Cert'] as string })
  return decide('TLS socket', tlsPeer(), () =>
    nodeExchange({
      method: 'GET',
      url: '/orders',
      rawHeaders: [...HEAD, ...HOP, ...fields(), ...authorization],
      socket,
    }),
  )
}

function inHeader(preset: ForwardedPreset, format: ForwardFormat, chain: 'none' | 'intermediates'): Subject {
  const socket = { remoteAddress: '10.0.0.1', encrypted: false }
  const fields = fresh(forwardAs(format, client, { chain }))
  const name = `${preset}${chain === 'none' ? '' : ', with its chain'}`
  return decide(name, forwarded(preset, { from: ['10.0.0.0/8'] }), () =>
    nodeExchange({
      method: 'GET',
      url: '/orders',
      rawHeaders: [...HEAD, ...HOP, ...fields(), ...authorization],
      socket,
    }),
  )
}

const timings = await measure(
  [
    onSocket(),
    inHeader('rfc9440', 'rfc9440', 'none'),
    inHeader('rfc9440', 'rfc9440', 'intermediates'),
    inHeader('nginx', 'nginx-escaped', 'none'),
    inHeader('haproxy', 'haproxy-der', 'none'),
    inHeader('apache', 'apache-spaced-pem', 'none'),
    inHeader('envoy', 'envoy-xfcc', 'intermediates'),
    inHeader('gcp-alb', 'gcp-alb', 'intermediates'),
  ],
  // Enough for the optimizing compiler to have seen every path.
  { rounds: 201, batchMilliseconds: 5 },
)
printTimings('One decision, certificate and key seen before', timings, 'TLS socket')
expectRatio('a certificate in a header', ratio(timings, 'rfc9440', 'TLS socket'), 1.5)
for (const name of ['nginx', 'haproxy', 'apache']) expectRatio(name, ratio(timings, name, 'TLS socket'), 1.5)
