/**
 * One way of writing code that is synchronous until it meets a promise.
 *
 * A decision on Node needs no promise at all: signatures, digests and an in-memory registry answer at once, and an
 * unneeded promise costs about half a microsecond and 1.4 KB a request. Where a runtime or a registry can only answer
 * later, the same code must wait. Written as a generator, it reads top to bottom and serves both.
 * @module
 */

export type MaybePromise<T> = T | PromiseLike<T>

/** A computation that yields only the promises that it really met, and returns `T`. */
export type Flow<T> = Generator<PromiseLike<unknown>, T, unknown>

/** Anything with a callable `then` counts: a foreign thenable taken for a value would be truthy, and so an acceptance. */
export function isPromiseLike<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}

/** Goes on with the value: at once if it is at hand. */
export function after<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isPromiseLike(value) ? Promise.resolve(value).then(next) : next(value)
}

/** What `attempt` gives, or what `failed` makes of that which it throws or rejects with. */
export function rescue<T, U>(attempt: () => MaybePromise<T>, failed: (error: unknown) => U): MaybePromise<T | U> {
  try {
    const value = attempt()
    return isPromiseLike(value) ? Promise.resolve(value).catch(failed) : value
  } catch (error) {
    return failed(error)
  }
}

/** Inside a flow: the value itself, or what the promise settles to. `const x = yield* settle(maybe)` */
export function settle<T>(value: MaybePromise<T>): Iterable<PromiseLike<unknown>, T, unknown> {
  return isPromiseLike(value) ? wait(value) : new AtHand(value)
}

function* wait<T>(value: PromiseLike<T>): Flow<T> {
  return (yield value) as T
}

/** An iterator that is done before it begins, and so its own result: a quarter of what a generator costs. */
class AtHand<T> implements IteratorReturnResult<T> {
  readonly done = true
  readonly value: T

  constructor(value: T) {
    this.value = value
  }

  next(): this {
    return this
  }

  [Symbol.iterator](): this {
    return this
  }
}

/** Runs a flow: returns its value at once if no promise was met, else a promise of it. What it throws or rejects with comes out unchanged. */
export function runFlow<T>(flow: Flow<T>): MaybePromise<T> {
  const step = flow.next()
  return step.done ? step.value : resume(flow, step.value)
}

async function resume<T>(flow: Flow<T>, first: PromiseLike<unknown>): Promise<T> {
  let pending = first
  for (;;) {
    let settled: unknown
    let failure: { error: unknown } | undefined
    try {
      settled = await pending
    } catch (error) {
      failure = { error }
    }
    const step = failure === undefined ? flow.next(settled) : flow.throw(failure.error)
    if (step.done) return step.value
    pending = step.value
  }
}
