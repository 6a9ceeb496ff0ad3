/** Loads a list with Node's own option. @module */
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { type LoadReport, longestBlock, peakMegabytes, residentMegabytes } from './load-report.ts'

const [crlFile = '', caFile = ''] = process.argv.slice(2)
const [ca, crl] = [readFileSync(caFile), readFileSync(crlFile)]
// The library is loaded and its first context made.
createSecureContext({ ca })
globalThis.gc?.()
const before = residentMegabytes()
let milliseconds = 0
const block = await longestBlock(async () => {
  const started = performance.now()
  createSecureContext({ ca, crl })
  milliseconds = performance.now() - started
})
process.send?.({ milliseconds, addedMegabytes: peakMegabytes() - before, longestBlock: block } satisfies LoadReport)
