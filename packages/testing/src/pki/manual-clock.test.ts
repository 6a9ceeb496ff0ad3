import { describe, expect, it } from 'vitest'
import { createManualClock } from './manual-clock.ts'

describe('createManualClock', () => {
  it('stands still until it is moved', () => {
    const clock = createManualClock(new Date('2030-01-01T00:00:00Z'))
    expect(clock()).toEqual(clock())
    clock.advance({ days: 1, hours: 2, minutes: 3, seconds: 4 })
    expect(clock()).toEqual(new Date('2030-01-02T02:03:04Z'))
    clock.advance({ days: -1 })
    clock.set(new Date('2031-01-01T00:00:00Z'))
    expect(clock()).toEqual(new Date('2031-01-01T00:00:00Z'))
  })

  it('hands out dates that cannot move it', () => {
    const clock = createManualClock(new Date(0))
    clock().setFullYear(2000)
    expect(clock()).toEqual(new Date(0))
  })
})
