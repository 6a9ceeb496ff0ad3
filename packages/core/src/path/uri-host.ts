/** The host of a URI (RFC 3986 §3.2.2) for name constraints, read so that no two parsers could see two hosts. @module */
import { isHostName } from './dns-name.ts'

export type UriHost =
  /** Lower case. */
  | { readonly kind: 'host'; readonly host: string }
  /** No authority, an IP address, a percent-encoded name: nothing that a constraint could be applied to. */
  | { readonly kind: 'none' }

/** Letters and digits, unreserved, reserved and percent characters of RFC 3986. A backslash is none of them. */
const IS_URI_CHARACTER: readonly boolean[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  return isAlphanumeric(character) || "-._~:/?#[]@!$&'()*+,;=%".includes(character)
})

/** Behind the first, which is a letter (§3.1). */
const IS_SCHEME_CHARACTER: readonly boolean[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  return isAlphanumeric(character) || '+-.'.includes(character)
})

/** undefined if the text is no absolute URI. */
export function parseUriHost(text: string): UriHost | undefined {
  const colon = text.indexOf(':')
  if (!isScheme(text, colon)) return undefined
  for (let index = colon; index < text.length; index++)
    if (IS_URI_CHARACTER[text.charCodeAt(index)] !== true) return undefined
  if (!text.startsWith('//', colon + 1)) return { kind: 'none' }
  const start = colon + 3
  let end = start
  while (end < text.length && !endsAuthority(text.charCodeAt(end))) end++
  const authority = text.slice(start, end)
  const hostAndPort = authority.slice(authority.indexOf('@') + 1)
  if (hostAndPort.includes('@')) return undefined
  const portColon = hostAndPort.indexOf(':')
  const host = (portColon === -1 ? hostAndPort : hostAndPort.slice(0, portColon)).toLowerCase()
  if (portColon !== -1 && !isPort(hostAndPort.slice(portColon + 1))) return { kind: 'none' }
  // SPIFFE trust domains may have underscores and a single label (SPIFFE-ID §2.1).
  return isHostName(host, true) ? { kind: 'host', host } : { kind: 'none' }
}

function isScheme(text: string, length: number): boolean {
  if (length < 1 || !isLetter(text[0] as string)) return false
  for (let index = 1; index < length; index++) if (IS_SCHEME_CHARACTER[text.charCodeAt(index)] !== true) return false
  return true
}

/** `/`, `?`, `#` */
function endsAuthority(code: number): boolean {
  return code === 0x2f || code === 0x3f || code === 0x23
}

function isPort(text: string): boolean {
  for (const character of text) if (character < '0' || character > '9') return false
  return text.length <= 5
}

function isAlphanumeric(character: string): boolean {
  return isLetter(character) || (character >= '0' && character <= '9')
}

function isLetter(character: string): boolean {
  const code = character.charCodeAt(0) | 0x20
  return character.length === 1 && code >= 0x61 && code <= 0x7a
}
