/**
 * Does the time of a refusal tell why? 200,000 decisions in random order over an in-memory registry; Welch's t between every two
 * kinds of refusal, which below 4.5 finds nothing (the threshold of ISO/IEC 17825), and the smallest difference that would have been found.
 * @module
 */
import { createAuthenticator, type Exchange } from '@countersign/core'
import { generateKey } from '@countersign/core/keys'
import { memoryRegistry } from '@countersign/core/registry'
import { createAuthority } from '@countersign/testing'

const DECISIONS = 200_000
const MAX_T = 4.5

/** The share of the slowest that is left out: none, as the bound is stated; and interruptions, without which far less would be found. */
const CROPS = [0, 0.01]

const authority = await createAuthority()
const client = await authority.issueClient()
const registry = memoryRegistry()
await registry.createPartner({ id: 'acme', rules: [{ kind: 'public-key', value: client.publicKeyHash }] })
const life = { notBefore: new Date(Date.now() - 1000), notAfter: new Date(Date.now() + 1e9) }
const ended = { notBefore: new Date(Date.now() - 2000), notAfter: new Date(Date.now() - 1000) }

// One key of each kind: which of many records the processor has at hand is not what is asked here.
const MANY = 1
const issue = async (terms: object) => await registry.issueKey({ partnerId: 'acme', ...terms })
const kinds: Record<string, string[]> = { unknown: [], wrong: [], expired: [], revoked: [], suspended: [] }
for (let n = 0; n < MANY; n++) {
  kinds.unknown?.push(generateKey({ prefix: 'cs_live' }))
  kinds.expired?.push((await issue(ended)).key)
  const revoked = await issue(life)
  await registry.revokeKey(revoked.record.id)
  kinds.revoked?.push(revoked.key)
  const suspended = await issue(life)
  await registry.suspendKey(suspended.record.id)
  kinds.suspended?.push(suspended.key)
  kinds.wrong?.push(await withOtherSecret((await issue(life)).record.id))
}

const authenticator = createAuthenticator({
  certificate: { anchors: authority.certificate.pem, revocation: 'unchecked' },
  key: { registry },
})
const names = Object.keys(kinds)
const exchanges = names.map((name) => (kinds[name] as string[]).map(exchangeWith))
for (let n = 0; n < 50_000; n++) decide(n % names.length, n)

const times: number[][] = names.map(() => [])
for (let n = 0; n < DECISIONS; n++) {
  const kind = Math.floor(Math.random() * names.length)
  times[kind]?.push(decide(kind, n))
}

for (const crop of CROPS) report(crop)

function report(crop: number): void {
  const stats = times.map((list) => {
    const kept = list.toSorted((a, b) => a - b).slice(0, Math.floor(list.length * (1 - crop)))
    const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length
    const variance = kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (kept.length - 1)
    return { mean, error: Math.sqrt(variance / kept.length) }
  })
  console.log(`\n${crop === 0 ? 'All decisions' : `Without the slowest ${crop * 100} %`}`)
  for (const [at, { mean }] of stats.entries())
    console.log(`  ${(names[at] as string).padEnd(10)} ${mean.toFixed(0)} ns`)
  let worst = { pair: '', t: 0, difference: 0 }
  let detectable = 0
  for (const [a, one] of stats.entries()) {
    for (const [b, two] of stats.entries()) {
      const error = Math.hypot(one.error, two.error)
      const difference = Math.abs(one.mean - two.mean)
      detectable = Math.max(detectable, MAX_T * error)
      if (difference / error > worst.t)
        worst = { pair: `${names[a]} and ${names[b]}`, t: difference / error, difference }
    }
  }
  const said = `|t| at most ${worst.t.toFixed(2)} (${worst.pair}, ${worst.difference.toFixed(0)} ns); ${detectable.toFixed(0)} ns would have been found`
  if (crop > 0) {
    console.log(`  for information: ${said}`)
    return
  }
  const held = worst.t < MAX_T
  console.log(`  ${held ? 'holds ' : 'FAILED'} ${said}`)
  if (!held) process.exitCode = 1
}

function decide(kind: number, n: number): number {
  const exchange = exchanges[kind]?.[n % MANY] as Exchange
  const start = process.hrtime.bigint()
  const decision = authenticator.authenticate(exchange)
  const took = Number(process.hrtime.bigint() - start)
  if (!('ok' in decision) || decision.ok || decision.problem.code !== 'credentials-invalid')
    throw new Error('not refused as it should be')
  return took
}

function exchangeWith(key: string): Exchange {
  // As a header arrives: flat.
  const value = Buffer.from(`Bearer ${key}`).toString('latin1')
  return {
    method: 'GET',
    target: '/',
    headers: { all: (name) => (name === 'authorization' ? [value] : []) },
    peer: { kind: 'tcp', address: '127.0.0.1', encrypted: true, certificates: [client.certificate.der] },
  }
}

/** A key of our form, with a right checksum, that has the id of another. */
async function withOtherSecret(id: string): Promise<string> {
  const { crc32 } = await import('node:zlib')
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const body = `cs_live_${id}_${generateKey({ prefix: 'cs_live' }).slice(21, 64)}`
  let checksum = ''
  for (let rest = crc32(body); checksum.length < 6; rest = Math.floor(rest / 62))
    checksum = digits[rest % 62] + checksum
  return body + checksum
}
