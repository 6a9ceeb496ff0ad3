/** The headers of a Fetch API request. @module */
import type { ExchangeHeaders } from './exchange.ts'

const NONE: readonly string[] = []

/**
 * Fetch joins repeated field lines with a comma before anybody can count them, so a repeated credential shows up here
 * as one value with a comma in it. No credential that we read may contain one, so it is refused all the same.
 */
export function webHeaders(headers: { get(name: string): string | null }): ExchangeHeaders {
  return {
    all(name) {
      const value = headers.get(name)
      return value === null ? NONE : [value]
    },
  }
}
