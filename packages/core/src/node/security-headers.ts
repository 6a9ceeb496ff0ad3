/** The response fields that an API sends whatever it answers. @module */

export interface SecurityHeaderOptions {
  /** How long clients refuse plain HTTP to this host (RFC 6797). Default 63,072,000: two years. 0 takes it back. */
  readonly hstsSeconds?: number
  /** Default `exclude`: whether the names below this host are covered as well. */
  readonly subdomains?: 'include' | 'exclude'
}

const TWO_YEARS = 63_072_000

/**
 * For every response, refusals included. Responses differ by credential, so no cache may keep one (RFC 9440 §2.4, RFC 9111
 * §3.5); nothing here is a page, so nothing may run or be framed.
 *
 * @example
 * app.use((_req, res, next) => { res.set(securityHeaders()); next() })
 * @throws TypeError for a time that is none
 */
export function securityHeaders(options: SecurityHeaderOptions = {}): Readonly<Record<string, string>> {
  const { hstsSeconds = TWO_YEARS, subdomains = 'exclude' } = options
  if (!Number.isSafeInteger(hstsSeconds) || hstsSeconds < 0) throw new TypeError('hstsSeconds: a whole number')
  if (subdomains !== 'include' && subdomains !== 'exclude') throw new TypeError("subdomains: 'include' or 'exclude'")
  return Object.freeze({
    'strict-transport-security': `max-age=${hstsSeconds}${subdomains === 'include' ? '; includeSubDomains' : ''}`,
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
}
