/** How long to leave a source alone that failed: longer each time, never twice the same, so that nobody retries in step. @module */

const FIRST_MILLISECONDS = 1_000

/** A CA that comes back after an outage is noticed within this. */
const LONGEST_MILLISECONDS = 300_000

/** From then on a source counts as down: it is tried once at a time, and no request waits for it. */
export const FAILURES_UNTIL_OPEN = 5

/** Full jitter between half and the whole of an exponentially growing delay. */
export function backoffMilliseconds(failures: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** Math.min(failures - 1, 16))
  return ceiling * (0.5 + 0.5 * random())
}
