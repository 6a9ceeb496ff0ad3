/** The claims of an access token (RFC 9068 §2.2, RFC 7519 §4.1, RFC 8705 §3.1): each of its form, each as wanted. @module */
import type { TokenReason } from './token-reason.ts'
import type { VerifiedToken } from './token-verifier.ts'

export interface ClaimRules {
  readonly issuer: string
  readonly audience: string
  readonly toleranceMilliseconds: number
  readonly maxAgeMilliseconds: number
}

/** More values than any issuer writes. */
const MAX_LIST = 256

type Claims = Readonly<Record<string, unknown>>

/** @param thumbprint base64url SHA-256 of the verified certificate */
export function readClaims(
  claims: Claims,
  thumbprint: string,
  rules: ClaimRules,
  at: Date,
): VerifiedToken | TokenReason {
  const id = optionalText(claims.jti)
  if (id === null) return wrong('jti', 'not a string')
  const binding = checkBinding(claims.cnf, thumbprint, id)
  if (binding !== undefined) return binding
  if (claims.iss !== rules.issuer) return wrong('iss', 'another issuer')
  const audiences = typeof claims.aud === 'string' ? [claims.aud] : textList(claims.aud)
  if (audiences === undefined) return wrong('aud', 'neither a string nor a list of strings')
  if (!audiences.includes(rules.audience)) return wrong('aud', 'another audience')
  if (typeof claims.sub !== 'string' || claims.sub === '') return wrong('sub', 'missing')
  const client = optionalText(claims.client_id)
  if (client === null || client === '') return wrong('client_id', 'not a string')
  const scopes = readScopes(claims)
  if (scopes === undefined) return wrong('scope', 'not of its form')

  const issuedAt = numericDate(claims.iat)
  if (issuedAt === undefined) return wrong('iat', 'not a NumericDate')
  const expiresAt = numericDate(claims.exp)
  if (expiresAt === undefined) return wrong('exp', 'not a NumericDate')
  const notBefore = claims.nbf === undefined ? issuedAt : numericDate(claims.nbf)
  if (notBefore === undefined) return wrong('nbf', 'not a NumericDate')
  const now = at.getTime()
  const { toleranceMilliseconds: tolerance } = rules
  // RFC 7519 §4.1.4: on or after exp it must not be accepted.
  if (now - tolerance >= expiresAt.getTime()) return { code: 'token-expired', expiresAt }
  if (now + tolerance < notBefore.getTime()) return { code: 'token-not-yet-valid', notBefore }
  if (now + tolerance < issuedAt.getTime()) return { code: 'token-not-yet-valid', notBefore: issuedAt }
  if (now - tolerance - issuedAt.getTime() > rules.maxAgeMilliseconds) return { code: 'token-too-old', issuedAt }

  return Object.freeze({
    id,
    issuer: rules.issuer,
    subject: claims.sub,
    clientId: client ?? claims.sub,
    scopes: Object.freeze(scopes),
    issuedAt,
    expiresAt,
    apiKeyId: typeof claims.api_key_id === 'string' ? claims.api_key_id : undefined,
    claims: Object.freeze(claims),
  })
}

function checkBinding(cnf: unknown, thumbprint: string, tokenId: string | undefined): TokenReason | undefined {
  if (cnf === undefined) return { code: 'token-unbound' }
  if (typeof cnf !== 'object' || cnf === null || Array.isArray(cnf)) return wrong('cnf', 'not an object')
  const members = cnf as Claims
  if (!Object.hasOwn(members, 'x5t#S256')) return { code: 'token-unbound' }
  const bound = members['x5t#S256']
  if (typeof bound !== 'string') return wrong('cnf', 'x5t#S256 is not a string')
  // Neither value is a secret: the certificate is public, and the token names it.
  return bound === thumbprint ? undefined : { code: 'token-mismatch', tokenId }
}

/** RFC 6749 §3.3 for `scope`; a list or the same text for `scp`, as other issuers write it. */
function readScopes(claims: Claims): string[] | undefined {
  const value = claims.scope ?? claims.scp
  if (value === undefined) return []
  const list = typeof value === 'string' ? value.split(' ').filter((scope) => scope !== '') : textList(value)
  return list === undefined || list.length > MAX_LIST ? undefined : [...new Set(list)]
}

function textList(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_LIST) return undefined
  return value.every((item) => typeof item === 'string') ? (value as string[]) : undefined
}

/** `null` for what is there and no string. */
function optionalText(value: unknown): string | undefined | null {
  if (value === undefined) return undefined
  return typeof value === 'string' && value.length <= 256 ? value : null
}

/** RFC 7519 §2: seconds since the epoch, fractions allowed. */
function numericDate(value: unknown): Date | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0 || value > 8.64e12) return undefined
  return new Date(value * 1000)
}

function wrong(claim: string, cause: string): TokenReason {
  return { code: 'token-claim-invalid', claim, cause }
}
