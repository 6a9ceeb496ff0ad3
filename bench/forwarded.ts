/**
 * What does a decision cost where the certificate comes in a header, beside one where it is on the TLS socket? Each subject
 * has processes of its own, as a deployment has one source: in a shared one, whoever is measured first sets the compiled code
 * of all, and came out three times slower.
 * @module
 */
import { execFileSync } from 'node:child_process'
import { createAuthenticator, type Exchange, nodeExchange } from '@countersign/core'
import { memoryRegistry } from '@countersign/core/registry'
import { type CertificateSource, type ForwardedPreset, forwarded, tlsPeer } from '@countersign/core/sources'
import { createAuthority, type ForwardFormat, forwardAs } from '@countersign/testing'
import { expectRatio, measure, printTimings, ratio, type Timing } from './measure.ts'

interface Form {
  readonly preset: ForwardedPreset
  readonly format: ForwardFormat
  readonly chain: 'none' | 'intermediates'
}

const BASE = 'TLS socket'

const FORMS: Readonly<Record<string, Form>> = {
  rfc9440: { preset: 'rfc9440', format: 'rfc9440', chain: 'none' },
  'rfc9440, with its chain': { preset: 'rfc9440', format: 'rfc9440', chain: 'intermediates' },
  nginx: { preset: 'nginx', format: 'nginx-escaped', chain: 'none' },
  haproxy: { preset: 'haproxy', format: 'haproxy-der', chain: 'none' },
  apache: { preset: 'apache', format: 'apache-spaced-pem', chain: 'none' },
  'envoy, with its chain': { preset: 'envoy', format: 'envoy-xfcc', chain: 'intermediates' },
  'gcp-alb, with its chain': { preset: 'gcp-alb', format: 'gcp-alb', chain: 'intermediates' },
}

/** Processes for each subject, in turn; the fastest counts. */
const STARTS = 3

/** Until then the optimizing compiler is still at work: the first tens of thousands take four times as long. */
const WARM_UP = 150_000

const [only] = process.argv.slice(3)
if (only === undefined) compare()
else console.log(JSON.stringify(await timingOf(only)))

function compare(): void {
  const names = [BASE, ...Object.keys(FORMS)]
  const best = new Map<string, Timing>()
  for (let start = 0; start < STARTS; start++) {
    for (const name of names) {
      const timing = timingInProcess(name)
      const known = best.get(name)
      if (known === undefined || timing.minimumNanoseconds < known.minimumNanoseconds) best.set(name, timing)
    }
  }
  const timings = [...best.values()]
  printTimings('One decision, certificate and key seen before', timings, BASE)
  for (const name of Object.keys(FORMS)) expectRatio(name, ratio(timings, name, BASE), 1.5)
}

function timingInProcess(name: string): Timing {
  const args = [...process.execArgv, ...process.argv.slice(1, 3), name]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Timing
}

async function timingOf(name: string): Promise<Timing> {
  const authority = await createAuthority({ name: 'Partners' })
  const issuing = await authority.issueAuthority({ name: 'Issuing' })
  const client = await issuing.issueClient({ name: 'acme', spiffe: 'spiffe://acme.example/orders' })
  const registry = memoryRegistry()
  await registry.createPartner({ id: 'acme', rules: [{ kind: 'san-uri', value: 'spiffe://acme.example/orders' }] })
  const { key } = await registry.issueKey({ partnerId: 'acme' })

  // What else a partner's client and a proxy send; and the same octets of a certificate, read or not.
  const head = ['Host', 'api.example', 'User-Agent', 'acme/1.0', 'Accept', '*/*', 'Content-Type', 'application/json']
  const hop = ['X-Forwarded-For', '192.0.2.7', 'X-Forwarded-Proto', 'https', 'X-Request-Id', '5c8f6a1e']
  const { preset, format, chain } = FORMS[name] ?? { preset: undefined, format: 'rfc9440', chain: 'none' }
  const fields = Object.entries(forwardAs(format, client, { chain })).map(
    ([field, value]) => [preset === undefined ? `X-${field}` : field, Buffer.from(value, 'latin1')] as const,
  )
  // Copies, so that no text is the one that was kept: as from Node's parser, it must be compared.
  const heads = Array.from({ length: 64 }, () => [
    ...head,
    ...hop,
    ...fields.flatMap(([field, value]) => [field, value.toString('latin1')]),
    'Authorization',
    `Bearer ${key}`,
  ])
  const certificate = { raw: client.certificate.der, issuerCertificate: undefined }
  const socket =
    preset === undefined
      ? { remoteAddress: '127.0.0.1', encrypted: true, getPeerX509Certificate: () => certificate }
      : { remoteAddress: '10.0.0.1', encrypted: false }
  const source: CertificateSource = preset === undefined ? tlsPeer() : forwarded(preset, { from: ['10.0.0.0/8'] })
  const { authenticate } = createAuthenticator({
    certificate: {
      anchors: authority.certificate.pem,
      intermediates: issuing.certificate.pem,
      revocation: 'unchecked',
      source,
    },
    key: { registry },
  })
  let next = 0
  const exchange = (): Exchange => {
    const rawHeaders = heads[next++ % heads.length] as string[]
    return nodeExchange({ method: 'GET', url: '/orders', rawHeaders, socket })
  }
  const run = (): void => {
    const decision = authenticate(exchange())
    if (!('ok' in decision) || !decision.ok) throw new Error(`${name}: ${JSON.stringify(decision)}`)
  }
  for (let count = 0; count < WARM_UP; count++) run()
  const [timing] = await measure([{ name, run }], { rounds: 101, batchMilliseconds: 3 })
  return timing as Timing
}
