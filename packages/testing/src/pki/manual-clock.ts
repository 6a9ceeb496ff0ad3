/** A clock that stands still until a test moves it. @module */
import type { Clock } from './certificate.ts'

export interface ManualClock extends Clock {
  /** Moves the clock; negative amounts move it back. */
  advance(by: {
    readonly days?: number
    readonly hours?: number
    readonly minutes?: number
    readonly seconds?: number
  }): void
  set(to: Date): void
}

/** Shows `start`, by default the time of the call. */
export function createManualClock(start: Date = new Date()): ManualClock {
  let now = start.getTime()
  return Object.assign(() => new Date(now), {
    advance({ days = 0, hours = 0, minutes = 0, seconds = 0 }: Parameters<ManualClock['advance']>[0]) {
      now += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
    },
    set(to: Date) {
      now = to.getTime()
    },
  })
}
