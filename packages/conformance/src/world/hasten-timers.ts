/** Time limits of many seconds, without the seconds. @module */

/** No client of the suite waits longer for an answer. */
const LONG_MILLISECONDS = 5_000
const SOON_MILLISECONDS = 20

/**
 * Until `restore`, timers of more than five seconds run out almost at once. For limits that no option shortens; cases are
 * alone in their process.
 */
export function hastenTimers(): { restore(): void } {
  const original = globalThis.setTimeout
  const hastened = (run: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) =>
    original(run, milliseconds <= LONG_MILLISECONDS ? milliseconds : SOON_MILLISECONDS, ...args)
  globalThis.setTimeout = hastened as typeof setTimeout
  return {
    restore() {
      globalThis.setTimeout = original
    },
  }
}
