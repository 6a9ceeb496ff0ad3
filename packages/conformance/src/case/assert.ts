/** The few assertions that cases are made of: each names the rule that it asks for. @module */
import { isDeepStrictEqual } from 'node:util'
import { ConformanceFailure } from './failure.ts'

/** @throws ConformanceFailure */
export function assertEqual(actual: unknown, expected: unknown, rule: string): void {
  if (!isDeepStrictEqual(actual, expected)) throw new ConformanceFailure(rule, expected, actual)
}

/** @throws ConformanceFailure */
export function assertTrue(condition: boolean, rule: string, actual: unknown = condition): asserts condition {
  if (!condition) throw new ConformanceFailure(rule, 'it to hold', actual)
}

/** @throws ConformanceFailure */
export function assertMatch(actual: string | undefined, pattern: RegExp, rule: string): void {
  if (actual === undefined || !pattern.test(actual)) throw new ConformanceFailure(rule, String(pattern), actual)
}

/** @throws ConformanceFailure unless `act` throws a TypeError whose message holds `word` */
export function assertTypeError(act: () => unknown, word: string, rule: string): void {
  try {
    act()
  } catch (error) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    if (error instanceof TypeError && error.message.includes(word)) return
    throw new ConformanceFailure(rule, `a TypeError that names ${word}`, message)
  }
  throw new ConformanceFailure(rule, `a TypeError that names ${word}`, 'nothing was thrown')
}
