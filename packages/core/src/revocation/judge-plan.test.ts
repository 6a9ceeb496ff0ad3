import { afterEach, describe, expect, it, vi } from 'vitest'
import { askProvider } from './judge-plan.ts'
import type { RevocationNotice, RevocationQuery, RevocationSubject } from './revocation-provider.ts'
import type { RevocationStatus } from './revocation-status.ts'

afterEach(() => void vi.useRealTimers())

const ask = (status: () => unknown, notices: RevocationNotice[] = []) =>
  askProvider(
    { name: 'theirs', status: status as () => RevocationStatus },
    {} as RevocationSubject,
    {} as RevocationQuery,
    (notice) => void notices.push(notice),
  )

describe('askProvider', () => {
  it('hands on an answer at once, or when it comes', async () => {
    const good: RevocationStatus = { status: 'good', by: 'theirs' }
    expect(ask(() => good)).toBe(good)
    expect(await ask(async () => good)).toBe(good)
  })

  it('takes a provider that never answers for one that failed', async () => {
    vi.useFakeTimers()
    const notices: RevocationNotice[] = []
    const answer = Promise.resolve(ask(() => new Promise(() => {}), notices))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await answer).toEqual({ status: 'unknown', by: 'theirs', cause: 'provider-failed' })
    expect(notices).toEqual([{ type: 'degraded', source: 'theirs', cause: 'timeout' }])
  })

  it('leaves no timer behind once it has an answer', async () => {
    vi.useFakeTimers()
    await ask(async () => ({ status: 'good', by: 'theirs' }))
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new RangeError('password=hunter2')
      },
    ],
    [
      'throws something that is no Error',
      () => {
        throw undefined
      },
    ],
    ['rejects', () => Promise.reject(new RangeError('password=hunter2'))],
    ['answers with something else', () => ({ status: 'fine' })],
    ['answers later with something else', async () => true],
  ])('knows nothing from one that %s, and repeats none of its words', async (_, status) => {
    const notices: RevocationNotice[] = []
    expect(await ask(status, notices)).toEqual({ status: 'unknown', by: 'theirs', cause: 'provider-failed' })
    expect(JSON.stringify(notices)).not.toContain('hunter2')
  })
})
