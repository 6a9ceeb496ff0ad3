/** The body of a token request (RFC 6749 §3.2, WHATWG URL §5). @module */
import type { Exchange } from '../exchange/exchange.ts'

/** RFC 8707 §2: the one parameter that may occur several times. */
const REPEATABLE = 'resource'

/** More parameters than any grant has. */
const MAX_PARAMETERS = 64

/** `undefined` if the body is no form, or has a parameter twice, which RFC 6749 §3.2 forbids. */
export function parseForm(exchange: Exchange, body: string): ReadonlyMap<string, readonly string[]> | undefined {
  const types = exchange.headers.all('content-type')
  const [type] = types
  if (types.length !== 1 || type?.split(';', 1)[0]?.trim().toLowerCase() !== 'application/x-www-form-urlencoded')
    return undefined
  const form = new Map<string, string[]>()
  let count = 0
  for (const [name, value] of new URLSearchParams(body)) {
    if (++count > MAX_PARAMETERS) return undefined
    const known = form.get(name)
    if (known !== undefined && name !== REPEATABLE) return undefined
    if (known === undefined) form.set(name, [value])
    else known.push(value)
  }
  return form
}
