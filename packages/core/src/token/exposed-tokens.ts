/** Access tokens of a known issuer in a request target (RFC 6750 §5.3). @module */
import { readJwtForm } from './jwt-form.ts'
import type { TokenExposureReason } from './token-reason.ts'

/** No URL has reason to hold more; beyond it nobody looks. */
const MAX_CANDIDATES = 16

/** A header of `{"alg":"…"}` alone is longer. */
const MIN_PART_LENGTH = 12

/**
 * Only a token that names the issuer counts: other signed links are nobody's access token. Where it stands is told, the
 * token is not: who exposed it is told by the operator's log of the request.
 */
export function findExposedToken(target: string, issuer: string): TokenExposureReason | undefined {
  let candidates = 0
  for (let start = 0; start < target.length && candidates < MAX_CANDIDATES; ) {
    let end = start
    let dots = 0
    for (; end < target.length; end++) {
      const code = target.charCodeAt(end)
      if (code === 46) dots++
      else if (!isBase64Url(code)) break
    }
    if (dots >= 2 && end - start > 3 * MIN_PART_LENGTH) {
      candidates++
      if (isTokenOf(target.slice(start, end), issuer)) return { code: 'token-in-url', part: partOf(target, start) }
    }
    start = end + 1
  }
  return undefined
}

function isTokenOf(text: string, issuer: string): boolean {
  const parts = text.split('.')
  for (let at = 0; at + 2 < parts.length && at < 4; at++) {
    const form = readJwtForm(parts.slice(at, at + 3).join('.'))
    if (typeof form === 'object' && form.claims.iss === issuer) return true
  }
  return false
}

function partOf(target: string, at: number): TokenExposureReason['part'] {
  const query = target.indexOf('?')
  const fragment = target.indexOf('#')
  if (fragment !== -1 && at > fragment) return 'fragment'
  return query !== -1 && at > query ? 'query' : 'path'
}

function isBase64Url(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 45 ||
    code === 95
  )
}
