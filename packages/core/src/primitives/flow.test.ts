import { describe, expect, it } from 'vitest'
import { after, type Flow, isPromiseLike, rescue, runFlow, settle } from './flow.ts'

function* sum(a: number | Promise<number>, b: number | Promise<number>): Flow<number> {
  return (yield* settle(a)) + (yield* settle(b))
}

describe('runFlow', () => {
  it('answers at once where no promise is met', () => {
    expect(runFlow(sum(1, 2))).toBe(3)
  })

  it('answers with a promise where one is met', async () => {
    const answer = runFlow(sum(Promise.resolve(1), 2))
    expect(isPromiseLike(answer)).toBe(true)
    expect(await answer).toBe(3)
  })

  it('throws at once, and rejects later', async () => {
    function* fail(wait: Promise<void> | undefined): Flow<never> {
      yield* settle(wait)
      throw new RangeError('no')
    }
    expect(() => runFlow(fail(undefined))).toThrow(RangeError)
    await expect(runFlow(fail(Promise.resolve()))).rejects.toThrow(RangeError)
  })

  it('lets a flow catch what a promise rejects with', async () => {
    function* recover(): Flow<string> {
      try {
        yield* settle(Promise.reject(new Error('down')))
        return 'up'
      } catch {
        return 'recovered'
      }
    }
    expect(await runFlow(recover())).toBe('recovered')
  })

  it('waits for any thenable: taken for a value it would be truthy', async () => {
    // biome-ignore lint/suspicious/noThenProperty: a foreign thenable is the subject
    const thenable = { then: (resolve: (value: boolean) => void) => resolve(false) } as PromiseLike<boolean>
    function* ask(): Flow<boolean> {
      return yield* settle(thenable)
    }
    expect(await runFlow(ask())).toBe(false)
  })
})

describe('after', () => {
  const double = (value: number): number => value * 2

  it('goes on at once where the value is at hand, else when it is', async () => {
    expect(after(2, double)).toBe(4)
    const later = after(Promise.resolve(2), double)
    expect(isPromiseLike(later)).toBe(true)
    expect(await later).toBe(4)
  })

  it('waits for any thenable', async () => {
    // biome-ignore lint/suspicious/noThenProperty: a foreign thenable is the subject
    const thenable = { then: (resolve: (value: number) => void) => resolve(2) } as unknown as PromiseLike<number>
    expect(await after(thenable, double)).toBe(4)
  })
})

describe('rescue', () => {
  const failed = (error: unknown): unknown => error

  it('gives what comes, at once or later', async () => {
    expect(rescue(() => 1, failed)).toBe(1)
    expect(await rescue(() => Promise.resolve(1), failed)).toBe(1)
  })

  it('gives what is made of a throw, and of a rejection', async () => {
    const error = new RangeError('no')
    const thrown = rescue((): number => {
      throw error
    }, failed)
    expect(thrown).toBe(error)
    expect(await rescue(() => Promise.reject(error), failed)).toBe(error)
  })
})
