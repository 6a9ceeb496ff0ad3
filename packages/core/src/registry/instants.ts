/** Points in time as records carry them: ISO 8601 with a zone (RFC 3339), kept in UTC. @module */

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/

/**
 * The instant in UTC, or `undefined` for none. A date without a time or a zone would mean another moment on another machine.
 * @throws TypeError that names the option
 */
export function checkInstant(value: unknown, option: string): string | undefined {
  if (value === undefined) return undefined
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString()
  if (typeof value === 'string' && INSTANT.test(value)) {
    const at = new Date(value)
    if (!Number.isNaN(at.getTime())) return at.toISOString()
  }
  throw new TypeError(`${option}: an instant in time, such as 2030-01-31T00:00:00Z`)
}

/** Milliseconds since 1970; `NaN` for what is no instant. The form in which instants are kept is read without `Date.parse`, on every request. */
export function parseInstant(text: string): number {
  const year = pair(text, 0) * 100 + pair(text, 2)
  const month = pair(text, 5)
  const day = pair(text, 8)
  const seconds = (pair(text, 11) * 60 + pair(text, 14)) * 60 + pair(text, 17)
  const milliseconds = pair(text, 20) * 10 + digit(text, 22)
  // What is not written so, a day that not every month has, and an hour after the last are for `Date.parse` to judge.
  const isPlain =
    year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && seconds < 86_400 && milliseconds < 1000
  return isPlain && hasKeptForm(text)
    ? (daysUntil(year, month, day) * 86_400 + seconds) * 1000 + milliseconds
    : Date.parse(text)
}

function hasKeptForm(text: string): boolean {
  return (
    text.length === 24 &&
    text[4] === '-' &&
    text[7] === '-' &&
    text[10] === 'T' &&
    text[13] === ':' &&
    text[16] === ':' &&
    text[19] === '.' &&
    text[23] === 'Z' &&
    // Seconds and minutes above 59 would have passed as part of the day.
    text.charCodeAt(14) < 54 &&
    text.charCodeAt(17) < 54
  )
}

/** `NaN` for what is none. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48
  return value >= 0 && value <= 9 ? value : Number.NaN
}

function pair(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1)
}

/** Days from 1970-01-01 to a day of the Gregorian calendar. The year is counted from March, so that the leap day ends it. */
function daysUntil(year: number, month: number, day: number): number {
  const march = month > 2 ? year : year - 1
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return march * 365 + Math.floor(march / 4) - Math.floor(march / 100) + Math.floor(march / 400) + dayOfYear - 719_468
}
