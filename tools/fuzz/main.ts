/**
 * `npm run fuzz -- [--seconds N] [--seed S] [--target WORD]`: hostile input until the time is up. A fault ends the run with
 * the smallest input that shows it, and the seed that finds it again.
 * @module
 */
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { PATH_TARGETS } from './path-targets.ts'
import { type FuzzTarget, must } from './target.ts'

/** No input may take longer, best of three. */
const PATIENCE_MILLISECONDS = 50

const MAX_ROUNDS = 3

/** Characters. */
const MAX_REPORT = 4000

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    target: { type: 'string', default: '' },
  },
})
const seconds = Number(values.seconds)
const seed = values.seed === undefined ? Date.now() & 0x7fffffff : Number(values.seed)
if (!(seconds > 0) || !Number.isSafeInteger(seed))
  throw new TypeError('--seconds: a number above zero; --seed: a whole number')

const targets = PATH_TARGETS.filter(({ name }) => name.includes(values.target))
console.log(`fuzzing for ${seconds} s with seed ${seed}`)
for (const each of targets) await fuzz(each, (1000 * seconds) / targets.length)

async function fuzz(target: FuzzTarget, milliseconds: number): Promise<void> {
  let slowest = 0
  let runs = 0
  const property = fc.asyncProperty(target.input, async (input) => {
    runs++
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < MAX_ROUNDS && best > PATIENCE_MILLISECONDS; round++) {
      const started = performance.now()
      await target.check(input)
      best = Math.min(best, performance.now() - started)
    }
    slowest = Math.max(slowest, best)
    must(best <= PATIENCE_MILLISECONDS, `took ${best.toFixed(0)} ms`)
  })
  const result = await fc.check(property, {
    seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: milliseconds,
    markInterruptAsFailure: false,
    maxSkipsPerRun: Number.MAX_SAFE_INTEGER,
  })
  if (!result.failed || result.counterexample === null) {
    console.log(`ok     ${target.name}: ${runs} inputs, slowest ${slowest.toFixed(1)} ms`)
    return
  }
  console.log(`FAILED ${target.name}`)
  // The report repeats the input, which may be a megabyte; the seed and the path in it find it again.
  const report = fc.defaultReportMessage(result) ?? ''
  console.log(report.length > MAX_REPORT ? `${report.slice(0, MAX_REPORT)}…` : report)
  console.log(String(result.errorInstance))
  process.exitCode = 1
}
