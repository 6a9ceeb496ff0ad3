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
