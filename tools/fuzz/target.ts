/** Something to throw hostile input at: a generator of inputs, and what must be so of each. @module */
import type fc from 'fast-check'

export interface FuzzTarget {
  readonly name: string
  readonly input: fc.Arbitrary<unknown>
  /** Throws, or rejects, if the input shows a fault. Does the work once; the runner times it. */
  check(input: unknown): void | Promise<void>
}

/** The generator and its check, with the type of the input between them only. */
export function target<T>(name: string, input: fc.Arbitrary<T>, check: (input: T) => void | Promise<void>): FuzzTarget {
  return { name, input, check: (value) => check(value as T) }
}

export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what)
}
