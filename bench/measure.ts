/**
 * Times several subjects against each other in one process: batches in turn, so that a machine that slows down slows all of
 * them, and the minimum of many batches, which repeats to about five per cent where a median repeats to a factor of two.
 * @module
 */

export interface Subject {
  readonly name: string
  /** One unit of work. */
  readonly run: () => unknown
}

export interface Timing {
  readonly name: string
  /** For one unit of work. */
  readonly minimumNanoseconds: number
  readonly medianNanoseconds: number
}

export interface MeasureOptions {
  readonly rounds?: number
  readonly batchMilliseconds?: number
}

/** @returns in the order of the subjects */
export async function measure(subjects: readonly Subject[], options: MeasureOptions = {}): Promise<readonly Timing[]> {
  const { rounds = 41, batchMilliseconds = 2 } = options
  const sizes: number[] = []
  for (const { run } of subjects) sizes.push(await batchSize(run, batchMilliseconds))
  const samples: number[][] = subjects.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [at, { run }] of subjects.entries()) {
      samples[at]?.push(await batch(run, sizes[at] as number))
    }
  }
  return subjects.map(({ name }, at) => {
    const sorted = (samples[at] as number[]).sort((a, b) => a - b)
    return {
      name,
      minimumNanoseconds: sorted[0] as number,
      medianNanoseconds: sorted[sorted.length >> 1] as number,
    }
  })
}

/** A table; `base` is the subject that the ratios are to, by minima. */
export function printTimings(title: string, timings: readonly Timing[], base: string): void {
  const one = timings.find(({ name }) => name === base)
  console.log(`\n${title}`)
  const width = Math.max(...timings.map(({ name }) => name.length))
  for (const { name, minimumNanoseconds, medianNanoseconds } of timings) {
    const ratio = one === undefined ? '' : `${(minimumNanoseconds / one.minimumNanoseconds).toFixed(2)} ×`
    console.log(`  ${name.padEnd(width)}  ${format(minimumNanoseconds)}  median ${format(medianNanoseconds)}  ${ratio}`)
  }
}

/** By minima: `a` in units of `b`. */
export function ratio(timings: readonly Timing[], a: string, b: string): number {
  const of = (name: string): number => {
    const found = timings.find((timing) => timing.name === name)
    if (found === undefined) throw new Error(`no timing of "${name}"`)
    return found.minimumNanoseconds
  }
  return of(a) / of(b)
}

/** Prints whether a stated bound held; a bound that did not makes the run fail. */
export function expectRatio(what: string, value: number, atMost: number): void {
  const held = value <= atMost
  console.log(`  ${held ? 'holds ' : 'FAILED'} ${what}: ${value.toFixed(2)} ×, at most ${atMost} ×`)
  if (!held) process.exitCode = 1
}

function format(nanoseconds: number): string {
  if (nanoseconds < 10_000) return `${nanoseconds.toFixed(0).padStart(6)} ns`
  if (nanoseconds < 10_000_000) return `${(nanoseconds / 1e3).toFixed(1).padStart(6)} µs`
  return `${(nanoseconds / 1e6).toFixed(1).padStart(6)} ms`
}

async function batchSize(run: () => unknown, milliseconds: number): Promise<number> {
  for (let size = 1; ; size *= 2) {
    const took = (await batch(run, size)) * size
    if (took >= milliseconds * 1e6) return size
  }
}

async function batch(run: () => unknown, size: number): Promise<number> {
  const start = process.hrtime.bigint()
  for (let at = 0; at < size; at++) {
    const result = run()
    if (result instanceof Promise) await result
  }
  return Number(process.hrtime.bigint() - start) / size
}
