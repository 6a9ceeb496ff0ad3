import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LivePrincipals, type LiveVerdict } from './live-principals.ts'

const revoked: LiveVerdict = { reason: { code: 'key-unknown', keyId: 'a' }, problem: 'credentials-invalid' }
const down: LiveVerdict = {
  reason: { code: 'registry-unavailable', call: 'findKey', cause: 'timeout' },
  problem: 'verification-unavailable',
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }))
afterEach(() => void vi.useRealTimers())

describe('LivePrincipals', () => {
  it('looks again every second, and asks a registry that cannot tell of changes every fifth time', async () => {
    const live = new LivePrincipals(false, () => {})
    const judge = vi.fn(async () => undefined)
    const signal = live.add(judge, undefined)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(judge).toHaveBeenCalledTimes(10)
    expect(judge.mock.calls.filter(([ask]: unknown[]) => ask === true)).toHaveLength(2)
    expect(signal.aborted).toBe(false)
  })

  it('never asks a registry that tells of changes by itself', async () => {
    const live = new LivePrincipals(true, () => {})
    const judge = vi.fn(async () => undefined)
    live.add(judge, undefined)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(judge.mock.calls.some(([ask]: unknown[]) => ask === true)).toBe(false)
  })

  it('ends who is refused, once, and tells how many', async () => {
    const ended = vi.fn()
    const live = new LivePrincipals(true, ended)
    const signal = live.add(async () => revoked, undefined)
    await live.rejudge('registry', true)
    await live.rejudge('registry', true)
    expect(signal.aborted).toBe(true)
    expect(ended).toHaveBeenCalledExactlyOnceWith(1, 'registry')
    expect(live.size).toBe(0)
  })

  it('tells nothing where nobody is refused', async () => {
    const ended = vi.fn()
    const live = new LivePrincipals(true, ended)
    live.add(async () => undefined, undefined)
    await live.rejudge('registry', true)
    expect(ended).not.toHaveBeenCalled()
  })

  it('bears with a source that is down for half a minute, and no longer', async () => {
    const live = new LivePrincipals(false, () => {})
    const signal = live.add(async () => down, undefined)
    await vi.advanceTimersByTimeAsync(25_000)
    expect(signal.aborted).toBe(false)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(signal.aborted).toBe(true)
  })

  it('treats a judgement that fails like a source that is down: closed in the end', async () => {
    const live = new LivePrincipals(false, () => {})
    const signal = live.add(() => Promise.reject(new Error('x')), undefined)
    await vi.advanceTimersByTimeAsync(40_000)
    expect(signal.aborted).toBe(true)
  })

  it('goes on with the others when one has ended', async () => {
    const live = new LivePrincipals(true, () => {})
    const judge = vi.fn(async () => undefined)
    let end: (() => void) | undefined
    live.add(judge, undefined)
    live.add(
      async () => undefined,
      (ended) => {
        end = ended
      },
    )
    end?.()
    await vi.advanceTimersByTimeAsync(3_000)
    expect(judge).toHaveBeenCalledTimes(3)
  })

  it('has no timer when nobody is left, and ends everybody when closed', async () => {
    const live = new LivePrincipals(true, () => {})
    let end: (() => void) | undefined
    live.add(
      async () => undefined,
      (ended) => {
        end = ended
      },
    )
    expect(vi.getTimerCount()).toBe(1)
    end?.()
    expect(vi.getTimerCount()).toBe(0)
    const signal = live.add(async () => undefined, undefined)
    live.close()
    expect(signal.aborted).toBe(true)
    expect(live.add(async () => undefined, undefined).aborted).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})
