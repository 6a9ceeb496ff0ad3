/** Mailboxes (RFC 5321 §4.1.2) as rfc822Name holds them: the local part exact, the domain without regard to case. @module */

export interface Mailbox {
  /** Unquoted. */
  readonly local: string
  /** Lower case; an address literal keeps its brackets. */
  readonly domain: string
}

/** RFC 5321 §4.5.3.1: a path of 256 octets, angle brackets included. */
const MAX_MAILBOX = 254

export function parseMailbox(text: string): Mailbox | undefined {
  if (text.length > MAX_MAILBOX) return undefined
  const local = text.startsWith('"') ? readQuoted(text) : readDotAtom(text)
  if (local === undefined || text[local.end] !== '@') return undefined
  const domain = text.slice(local.end + 1).toLowerCase()
  return isDomain(domain) ? { local: local.value, domain } : undefined
}

function readQuoted(text: string): { value: string; end: number } | undefined {
  let value = ''
  for (let index = 1; index < text.length; index++) {
    const character = text[index] as string
    if (character === '"') return { value, end: index + 1 }
    if (character === '\\') index++
    if (index >= text.length) return undefined
    value += text[index]
  }
  return undefined
}

function readDotAtom(text: string): { value: string; end: number } | undefined {
  const end = text.indexOf('@')
  const value = text.slice(0, end)
  if (end < 1 || value.startsWith('.') || value.endsWith('.') || value.includes('..')) return undefined
  for (const character of value) if (!isAtomText(character)) return undefined
  return { value, end }
}

/** RFC 5322 §3.2.3, and the dot. */
function isAtomText(character: string): boolean {
  const code = character.charCodeAt(0)
  const isAlphanumeric = (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a)
  return isAlphanumeric || ".!#$%&'*+-/=?^_`{|}~".includes(character)
}

function isDomain(domain: string): boolean {
  if (domain.startsWith('[') && domain.endsWith(']')) return domain.length > 2 && !domain.includes('@')
  if (domain === '' || domain.startsWith('.') || domain.endsWith('.') || domain.includes('..')) return false
  for (let index = 0; index < domain.length; index++) {
    const code = domain.charCodeAt(index)
    const isAllowed = (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e
    if (!isAllowed && code !== 0x5f) return false
  }
  return true
}
