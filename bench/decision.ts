/**
 * What does a warm decision cost: the same certificate on a kept connection, the same key, a registry in memory, nobody
 * listening to events? Beside one digest of the key, and beside what an expert writes for one service: no rotation, no
 * revocation, no reasons, no principal.
 *
 * Of 2.6 µs, 0.5 are the digest (which takes longer of a text that was cut out of a field), 0.25 its comparison in constant time,
 * 0.3 the form and the checksum of the key, 0.15 the principal, 0.1 the look-up and 0.1 the clock.
 * @module
 */
import { hash, timingSafeEqual } from 'node:crypto'
import { createAuthenticator, nodeExchange } from '@countersign/core'
import { memoryRegistry } from '@countersign/core/registry'
import { createAuthority } from '@countersign/testing'
import { expectRatio, measure, printTimings, ratio } from './measure.ts'

/** Digests of the key. 6.1 to 6.7 were measured; the aim is 3.5. */
const MOST_DIGESTS = 7.5

/** Until then the optimizing compiler is still at work. */
const WARM_UP = 150_000

const authority = await createAuthority({ name: 'Partners' })
const issuing = await authority.issueAuthority({ name: 'Issuing' })
const client = await issuing.issueClient({ name: 'acme', spiffe: 'spiffe://acme.example/orders' })
const registry = memoryRegistry()
await registry.createPartner({
  id: 'acme',
  scopes: ['orders:read'],
  rules: [{ kind: 'san-uri', value: 'spiffe://acme.example/orders' }],
})
const { key, record } = await registry.issueKey({ partnerId: 'acme' })
const { authenticate } = createAuthenticator({
  certificate: {
    anchors: authority.certificate.pem,
    intermediates: issuing.certificate.pem,
    revocation: 'unchecked',
  },
  key: { registry },
})

const certificate = { raw: client.certificate.der, issuerCertificate: undefined }
const socket = { remoteAddress: '127.0.0.1', encrypted: true, getPeerX509Certificate: () => certificate }

/** Copies, as Node's parser makes them: no text is the one that was kept, so it must be compared. */
const requests = Array.from({ length: 64 }, () => ({
  method: 'GET',
  url: '/orders',
  rawHeaders: [
    ['Host', 'api.example'],
    ['User-Agent', 'acme/1.0'],
    ['Accept', '*/*'],
    ['Content-Type', 'application/json'],
    ['Authorization', `Bearer ${key}`],
  ]
    .flat()
    .map((text) => Buffer.from(text).toString('latin1')),
  socket,
}))
const exchanges = requests.map((request) => nodeExchange(request))
const keys = requests.map(() => Buffer.from(key).toString('latin1'))
let turn = 0
const next = (): number => turn++ & 63

const digests = new Map([
  [record.id, { digest: Buffer.from(hash('sha256', key, 'hex')), fingerprint: client.fingerprint }],
])
const fingerprints = new WeakMap<object, string>()
const hex = Buffer.alloc(64)

function handWritten({ rawHeaders, socket }: (typeof requests)[number]): boolean {
  let fingerprint = fingerprints.get(socket)
  if (fingerprint === undefined) {
    fingerprint = hash('sha256', socket.getPeerX509Certificate().raw, 'hex')
    fingerprints.set(socket, fingerprint)
  }
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() !== 'authorization') continue
    const text = rawHeaders[at + 1]?.slice('Bearer '.length) ?? ''
    const known = digests.get(text.slice(8, 20))
    if (known === undefined || known.fingerprint !== fingerprint) return false
    hex.write(hash('sha256', text, 'hex'), 'latin1')
    return timingSafeEqual(hex, known.digest)
  }
  return false
}

function must(holds: boolean): void {
  if (!holds) throw new Error('refused')
}

function decide(exchange: Parameters<typeof authenticate>[0]): void {
  const decision = authenticate(exchange)
  if (!('ok' in decision) || !decision.ok) throw new Error(JSON.stringify(decision))
}

const HASH = 'crypto.hash of the key'
const DECISION = 'authenticate()'
const subjects = [
  { name: HASH, run: () => hash('sha256', keys[next()] as string, 'hex') },
  { name: 'hand-written', run: () => must(handWritten(requests[next()] as (typeof requests)[number])) },
  { name: DECISION, run: () => decide(exchanges[next()] as Parameters<typeof authenticate>[0]) },
  {
    name: 'nodeExchange() and authenticate()',
    run: () => decide(nodeExchange(requests[next()] as (typeof requests)[number])),
  },
]
for (const { run } of subjects) for (let count = 0; count < WARM_UP; count++) run()

const timings = await measure(subjects, { rounds: 101, batchMilliseconds: 3 })
printTimings('One warm decision, certificate and key', timings, HASH)
expectRatio(DECISION, ratio(timings, DECISION, HASH), MOST_DIGESTS)
