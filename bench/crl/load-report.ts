/** What a process that loads a list tells of it. @module */

export interface LoadReport {
  /** From the octets in memory to the first answer. */
  readonly milliseconds: number
  /** Peak of the resident memory, beyond what the process had before. */
  readonly addedMegabytes: number
  readonly longestBlock?: number
  readonly idleBlock?: number
  readonly listedNanoseconds?: number
  readonly unlistedNanoseconds?: number
  readonly indexOctets?: number
}

/** Longest gap between two turns of the event loop while `work` runs, in milliseconds. */
export async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let last = performance.now()
  let isRunning = true
  const turn = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (isRunning) setImmediate(turn)
  }
  setImmediate(turn)
  await work()
  isRunning = false
  return Math.max(longest, performance.now() - last)
}

export function residentMegabytes(): number {
  return process.memoryUsage.rss() / 1e6
}

/** Highest resident memory of this process so far. */
export function peakMegabytes(): number {
  // Kilobytes on every system that Node runs on.
  return (process.resourceUsage().maxRSS * 1024) / 1e6
}
