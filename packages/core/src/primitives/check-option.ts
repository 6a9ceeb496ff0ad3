/** Checks that many options need: each throws a TypeError that names its option. @module */

/** A mistyped option would silently leave a check out, so an unknown one is refused. */
export function checkMembers(value: unknown, option: string, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${option || 'options'}: an object`)
  }
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) throw new TypeError(`${option ? `${option}.` : ''}${name}: there is no such option`)
  }
}

export function checkNumber(value: unknown, fallback: number, option: string, min: number, max: number): number {
  if (value === undefined) return fallback
  if (typeof value === 'number' && value >= min && value <= max) return value
  throw new TypeError(`${option}: a number from ${min} to ${max}`)
}

export function checkWord<T extends string>(value: T | undefined, fallback: T, option: string, words: readonly T[]): T {
  if (value === undefined) return fallback
  if (words.includes(value)) return value
  throw new TypeError(`${option}: one of ${words.map((word) => `'${word}'`).join(', ')}`)
}
