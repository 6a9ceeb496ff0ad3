/** Reading what a platform hands over beside the request: own properties of plain data, whatever it turns out to be. @module */

/** The own member of that path, or `undefined` where anything on the way is missing or no object. */
export function memberOf(value: unknown, ...path: readonly string[]): unknown {
  let current = value
  for (const name of path) {
    if (typeof current !== 'object' || current === null) return undefined
    // A Request's `cf` is an accessor of its prototype on some runtimes; what everything inherits from Object is not data.
    if (!(name in current) || name in Object.prototype) return undefined
    current = (current as Record<string, unknown>)[name]
  }
  return current
}

export function textOf(value: unknown, ...path: readonly string[]): string | undefined {
  const member = memberOf(value, ...path)
  return typeof member === 'string' ? member : undefined
}
