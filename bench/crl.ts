/**
 * What does a CRL of a million entries cost: to load, to ask, and in every handshake; beside Node's own `crl` option and
 * `openssl crl`, in one run.
 *
 * Loads are measured in processes of their own, in turn, so that neither memory nor warm code carries over; handshakes in
 * interleaved pairs with an A/A control, so that a machine that slows down slows both.
 * @module
 */
import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthority, createLargeCrl } from '@countersign/testing'
import { compareHandshakes } from './crl/compare-handshakes.ts'
import type { LoadReport } from './crl/load-report.ts'
import { expectRatio } from './measure.ts'

const ENTRIES = Number(process.env.CRL_ENTRIES ?? 1_000_000)
const ROUNDS = Number(process.env.CRL_ROUNDS ?? 5)
const PAIRS = Number(process.env.CRL_PAIRS ?? 30)

const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-crl-'))
try {
  const files = await makeFiles()
  const { size } = statSync(files.crlDer)
  console.log(
    `${ENTRIES} entries, ${(size / 1e6).toFixed(1)} MB DER, Node ${process.version}, ${availableParallelism()} processors`,
  )
  await measureLoads(files)
  await measureHandshakes(files)
} finally {
  rmSync(folder, { recursive: true })
}

interface Files {
  readonly crlDer: string
  readonly crlPem: string
  readonly caPem: string
  /** Certificates and keys of the handshakes, as JSON. */
  readonly parties: string
}

async function makeFiles(): Promise<Files> {
  const file = (name: string, contents: string | Uint8Array): string => {
    writeFileSync(join(folder, name), contents)
    return join(folder, name)
  }
  const authority = await createAuthority({ algorithm: 'RSA-2048' })
  const list = await createLargeCrl(authority, { entries: ENTRIES })
  const [server, client] = [
    await authority.issueServer(),
    await authority.issueClient({ name: 'acme', dns: ['acme.example'] }),
  ]
  const listed = Array.from({ length: 2_000 }, (_, index) => list.serialNumberAt(Math.floor((index * ENTRIES) / 2_000)))
  const unlisted = Array.from({ length: 2_000 }, (_, index) => list.serialNumberAt(ENTRIES + index))
  return {
    crlDer: file('ca.crl', list.der),
    crlPem: file('ca.pem', list.pem),
    caPem: file('ca.cer', authority.certificate.pem),
    parties: file(
      'parties.json',
      JSON.stringify({
        ca: authority.certificate.pem,
        server: server.tls,
        client: client.tls,
        leaf: client.certificate.pem,
        listed,
        unlisted,
      }),
    ),
  }
}

async function measureLoads(files: Files): Promise<void> {
  const ours: LoadReport[] = []
  const theirs: LoadReport[] = []
  const openssl: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await report('load-countersign.ts', [files.crlDer, files.parties]))
    theirs.push(await report('load-node.ts', [files.crlPem, files.caPem]))
    openssl.push(timeOpenssl(files))
  }
  const [own, node] = [ours.map(({ milliseconds }) => milliseconds), theirs.map(({ milliseconds }) => milliseconds)]
  const [ownMemory, nodeMemory] = [
    ours.map(({ addedMegabytes }) => addedMegabytes),
    theirs.map(({ addedMegabytes }) => addedMegabytes),
  ]
  console.log(`\nFrom the octets to an answer: parsed, indexed, signature verified (${ROUNDS} processes each, in turn)`)
  console.log(`  Countersign                    ${milliseconds(own)}   ${megabytes(ownMemory)}`)
  console.log(`  createSecureContext({ crl })   ${milliseconds(node)}   ${megabytes(nodeMemory)}`)
  console.log(`  openssl crl -CAfile            ${milliseconds(openssl)}   the whole process`)
  expectRatio('time, beside createSecureContext({ crl })', median(own) / median(node), 0.3)
  expectRatio('time, beside openssl crl', median(own) / median(openssl), 0.4)
  expectRatio('added memory (peak), beside createSecureContext({ crl })', median(ownMemory) / median(nodeMemory), 0.45)

  console.log('\nWhile it loads')
  const blocked = ours.map(({ longestBlock = 0, idleBlock = 0 }) => longestBlock - idleBlock)
  console.log(`  longest block of the event loop ${milliseconds(ours.map(({ longestBlock = 0 }) => longestBlock))}`)
  console.log(`  idle control, before it         ${milliseconds(ours.map(({ idleBlock = 0 }) => idleBlock))}`)
  console.log(`  createSecureContext({ crl })    ${milliseconds(theirs.map(({ longestBlock = 0 }) => longestBlock))}`)
  expectAtMost('beyond the control', median(blocked), 20, 'ms')

  console.log('\nOne look-up')
  const listed = ours.map(({ listedNanoseconds = 0 }) => listedNanoseconds)
  const unlisted = ours.map(({ unlistedNanoseconds = 0 }) => unlistedNanoseconds)
  console.log(`  of a serial number in the list      ${median(listed).toFixed(0)} ns`)
  console.log(`  of one that is not                  ${median(unlisted).toFixed(0)} ns`)
  console.log(
    `  index beside the DER                ${median(ours.map(({ indexOctets = 0 }) => indexOctets)).toFixed(1)} octets an entry`,
  )
  expectAtMost('a look-up', Math.max(median(listed), median(unlisted)), 200, 'ns')
}

async function measureHandshakes(files: Files): Promise<void> {
  const servers = await Promise.all([
    serve('unchecked', files),
    serve('unchecked', files),
    serve('crl-files', files),
    serve('node', files),
  ])
  const [without, control, withList, node] = servers
  if (without === undefined || control === undefined || withList === undefined || node === undefined)
    throw new Error('no server')
  try {
    const result = await compareHandshakes({
      base: without.port,
      control: control.port,
      subject: withList.port,
      slow: node.port,
      parties: files.parties,
      pairs: PAIRS,
    })
    console.log(`\nFull mutual TLS 1.3 handshakes a second with one request each, ${PAIRS} interleaved pairs`)
    console.log(`  without a list                   ${result.basePerSecond.toFixed(0)}`)
    console.log(`  A/A control                      ${result.control.toFixed(3)} × [${result.controlRange}]`)
    console.log(`  with crlFiles                    ${result.subject.toFixed(3)} × [${result.subjectRange}]`)
    console.log(`  with Node's crl option           ${result.slow.toFixed(3)} ×`)
    expectAtLeast('with the list in force', result.subject, 0.9)
  } finally {
    for (const { child } of servers) child.kill()
  }
}

interface Served {
  readonly port: number
  readonly child: ChildProcess
}

function serve(mode: 'unchecked' | 'crl-files' | 'node', { parties, crlDer, crlPem }: Files): Promise<Served> {
  const child = fork(join(import.meta.dirname, 'crl/serve.ts'), [mode, parties, mode === 'node' ? crlPem : crlDer])
  return new Promise((resolve, reject) => {
    child.once('message', (port) => resolve({ port: Number(port), child }))
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
}

function report(script: string, args: readonly string[]): Promise<LoadReport> {
  const child = fork(join(import.meta.dirname, 'crl', script), args, { execArgv: [...process.execArgv, '--expose-gc'] })
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as LoadReport))
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code} and no report`)))
  })
}

function timeOpenssl({ crlDer, caPem }: Files): number {
  const started = performance.now()
  const { status } = spawnSync('openssl', ['crl', '-inform', 'DER', '-in', crlDer, '-CAfile', caPem, '-noout'])
  if (status !== 0) throw new Error('openssl crl failed')
  return performance.now() - started
}

function expectAtMost(what: string, value: number, limit: number, unit: string): void {
  const held = value <= limit
  console.log(`  ${held ? 'holds ' : 'FAILED'} ${what}: ${value.toFixed(0)} ${unit}, at most ${limit} ${unit}`)
  if (!held) process.exitCode = 1
}

function expectAtLeast(what: string, value: number, limit: number): void {
  const held = value >= limit
  console.log(`  ${held ? 'holds ' : 'FAILED'} ${what}: ${value.toFixed(2)} ×, at least ${limit} ×`)
  if (!held) process.exitCode = 1
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

function milliseconds(values: readonly number[]): string {
  return `${median(values).toFixed(0).padStart(5)} ms [${Math.min(...values).toFixed(0)}..${Math.max(...values).toFixed(0)}]`
}

function megabytes(values: readonly number[]): string {
  return `${median(values).toFixed(0).padStart(4)} MB added`
}
