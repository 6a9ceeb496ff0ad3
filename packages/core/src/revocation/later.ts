/** A timer that keeps no process alive. @module */

export interface Later {
  cancel(): void
}

/** The longest delay that timers take; whoever wants longer looks again then. */
const MAX_MILLISECONDS = 2 ** 31 - 1

export function later(milliseconds: number, callback: () => void): Later {
  const timer: unknown = setTimeout(callback, Math.min(Math.max(0, milliseconds), MAX_MILLISECONDS))
  // Only some runtimes have timers that can let go of the process.
  ;(timer as { unref?: () => void }).unref?.()
  return { cancel: () => clearTimeout(timer as ReturnType<typeof setTimeout>) }
}
