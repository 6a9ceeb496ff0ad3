/** UTCTime and GeneralizedTime in the one form that RFC 5280 §4.1.2.5 allows: seconds present, no fraction, zone Z. @module */

/** `YYMMDDHHMMSSZ`. The year turns at 50 (§4.1.2.5.1). Milliseconds since 1970, or undefined. */
export function parseUtcTime(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start !== 13) return undefined
  const year = twoDigits(bytes, start)
  return parseRest(bytes, start + 2, year < 50 ? 2000 + year : 1900 + year)
}

/** `YYYYMMDDHHMMSSZ` (§4.1.2.5.2). Milliseconds since 1970, or undefined. */
export function parseGeneralizedTime(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start !== 15) return undefined
  return parseRest(bytes, start + 4, 100 * twoDigits(bytes, start) + twoDigits(bytes, start + 2))
}

function parseRest(bytes: Uint8Array, start: number, year: number): number | undefined {
  const month = twoDigits(bytes, start)
  const day = twoDigits(bytes, start + 2)
  const hour = twoDigits(bytes, start + 4)
  const minute = twoDigits(bytes, start + 6)
  const second = twoDigits(bytes, start + 8)
  const inRange =
    year >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    hour >= 0 &&
    hour < 24 &&
    minute >= 0 &&
    minute < 60 &&
    second >= 0
  // A leap second (60) has no instant of its own; Date.UTC would take it for the next minute.
  if (!inRange || second > 59 || bytes[start + 10] !== 0x5a || day > daysIn(year, month)) return undefined
  if (year >= 100) return Date.UTC(year, month - 1, day, hour, minute, second)
  // Date.UTC takes years below 100 for 1900 and later, so the year is set apart.
  return new Date(Date.UTC(2000, month - 1, day, hour, minute, second)).setUTCFullYear(year, month - 1, day)
}

/** NaN, which fails every comparison, if either octet is no digit. */
function twoDigits(bytes: Uint8Array, offset: number): number {
  const tens = (bytes[offset] as number) - 0x30
  const ones = (bytes[offset + 1] as number) - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
