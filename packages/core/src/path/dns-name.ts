/** Host names as certificates carry them: preferred name syntax (RFC 1034 §3.5, RFC 1123 §2.1), and one wildcard label in front (RFC 9525 §6.3). @module */

export interface DnsName {
  /** Lower case; without the wildcard label. */
  readonly host: string
  readonly wildcard: boolean
}

/** RFC 1035 §2.3.4: 255 octets on the wire. */
const MAX_NAME = 253
const MAX_LABEL = 63

/** A dNSName of a subject alternative name; undefined for what no resolver could ever look up. */
export function parseDnsName(text: string): DnsName | undefined {
  const wildcard = text.startsWith('*.')
  const host = (wildcard ? text.slice(2) : text).toLowerCase()
  return isHostName(host, false) ? { host, wildcard } : undefined
}

/** Letters, digits, hyphens; the last label not all digits, or the name would be an IP address. Underscores only where the caller has a reason. */
export function isHostName(text: string, underscores: boolean): boolean {
  if (text.length === 0 || text.length > MAX_NAME) return false
  let labelStart = 0
  let digitsOnly = true
  for (let index = 0; index <= text.length; index++) {
    const code = index === text.length ? 0x2e : text.charCodeAt(index)
    if (code === 0x2e) {
      const length = index - labelStart
      if (length === 0 || length > MAX_LABEL) return false
      if (text.charCodeAt(labelStart) === 0x2d || text.charCodeAt(index - 1) === 0x2d) return false
      if (index === text.length) return !digitsOnly
      labelStart = index + 1
      digitsOnly = true
    } else if (code < 0x30 || code > 0x39) {
      digitsOnly = false
      const isLetter = (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a)
      if (!isLetter && code !== 0x2d && !(underscores && code === 0x5f)) return false
    }
  }
  return false
}

/** Whether `host` is `domain`, or has labels in front of it. Both in lower case; every host is within the empty domain. */
export function isWithinDomain(host: string, domain: string): boolean {
  if (domain === '') return true
  if (host.length === domain.length) return host === domain
  return host.length > domain.length && host.endsWith(domain) && host[host.length - domain.length - 1] === '.'
}
