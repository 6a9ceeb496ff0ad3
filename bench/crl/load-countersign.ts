/** Loads a list in slices, as a reload does, and answers from it. @module */
import { readFileSync } from 'node:fs'
import { type Crl, certificateStatus, loadCrl } from '@countersign/core/revocation'
import { parseCertificate } from '@countersign/core/x509'
import { type LoadReport, longestBlock, peakMegabytes, residentMegabytes } from './load-report.ts'

const [crlFile = '', partiesFile = ''] = process.argv.slice(2)
const parties = JSON.parse(readFileSync(partiesFile, 'utf8')) as {
  readonly ca: string
  readonly leaf: string
  readonly listed: readonly string[]
  readonly unlisted: readonly string[]
}
const [ca, leaf] = [parseCertificate(parties.ca), parseCertificate(parties.leaf)]
const idleBlock = await longestBlock(() => new Promise((resolve) => setTimeout(resolve, 500)))
globalThis.gc?.()
const before = residentMegabytes()
// The octets are kept, and so count; of Node's option only what it makes of them does.
const der = readFileSync(crlFile)

let crl: Crl | undefined
let milliseconds = 0
const block = await longestBlock(async () => {
  const started = performance.now()
  crl = await loadCrl(der)
  const { status } = await certificateStatus(leaf, ca, { crls: [crl], at: new Date() })
  if (status !== 'good') throw new Error(`the list says ${status}`)
  milliseconds = performance.now() - started
})
const addedMegabytes = peakMegabytes() - before
if (crl === undefined) throw new Error('no list')
const { entries } = crl

globalThis.gc?.()
process.send?.({
  milliseconds,
  addedMegabytes,
  longestBlock: block,
  idleBlock,
  listedNanoseconds: timeLookups(parties.listed, true),
  unlistedNanoseconds: timeLookups(parties.unlisted, false),
  indexOctets: (process.memoryUsage().arrayBuffers - der.buffer.byteLength) / entries.count,
} satisfies LoadReport)

/** The fastest of many rounds over serial numbers from all over the list. */
function timeLookups(serialNumbers: readonly string[], isListed: boolean): number {
  const octets = serialNumbers.map((hex) =>
    Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
  )
  let fastest = Number.POSITIVE_INFINITY
  for (let round = 0; round < 50; round++) {
    const started = process.hrtime.bigint()
    let found = 0
    for (const serialNumber of octets) if (entries.find(serialNumber) > 0) found++
    fastest = Math.min(fastest, Number(process.hrtime.bigint() - started) / octets.length)
    if (found !== (isListed ? octets.length : 0)) throw new Error('a wrong answer')
  }
  return fastest
}
