import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { later } from './later.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('later', () => {
  it('calls once, unless it is cancelled before', () => {
    const [called, cancelled] = [vi.fn(), vi.fn()]
    later(1_000, called)
    later(1_000, cancelled).cancel()
    vi.advanceTimersByTime(999)
    expect(called).not.toHaveBeenCalled()
    vi.advanceTimersByTime(5_000)
    expect(called).toHaveBeenCalledOnce()
    expect(cancelled).not.toHaveBeenCalled()
  })

  it('takes any delay for one that timers keep: a longer one would end at once', () => {
    const set = vi.spyOn(globalThis, 'setTimeout')
    for (const milliseconds of [Number.POSITIVE_INFINITY, 2 ** 31, -1]) later(milliseconds, () => {})
    expect(set.mock.calls.map(([, delay]) => delay)).toEqual([2 ** 31 - 1, 2 ** 31 - 1, 0])
    set.mockRestore()
  })
})
