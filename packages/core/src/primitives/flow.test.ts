import { describe, expect, it } from 'vitest'
import { type Flow, isPromiseLike, runFlow, settle } from './flow.ts'

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
