/** The form of a signed JWT (RFC 7515 §7.1, RFC 7519 §7.2), read before anything in it is believed. @module */
import { decodeBase64Url } from '../bytes/base64.ts'
import { decodeUtf8 } from '../bytes/text.ts'
import { hasDuplicateMembers } from './duplicate-members.ts'
import type { TokenFormFault } from './token-reason.ts'

/** Bound tokens of known issuers stay below 2 KiB; ML-DSA-44 signatures take 3.2 KiB more. All headers of a request are 16 KiB on Node. */
const MAX_TOKEN_LENGTH = 8_192

export interface JwtForm {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

/** Three base64url parts: what makes a bearer credential a token. No API key has a dot. */
export function looksLikeJwt(text: string): boolean {
  const first = text.indexOf('.')
  return first > 0 && text.indexOf('.', first + 1) > first
}

/** Header and claims as they stand there, or what is wrong with the form. Nothing of it is verified. */
export function readJwtForm(token: string): JwtForm | TokenFormFault {
  if (token.length > MAX_TOKEN_LENGTH) return 'too-long'
  const parts = token.split('.', 4)
  if (parts.length !== 3) return 'not-three-parts'
  const header = readObject(parts[0] as string)
  if (typeof header === 'string') return header
  // RFC 7515 §4.1.11: none of its extensions is understood here. RFC 7519 §5.2: a token within a token is none of ours.
  if (Object.hasOwn(header, 'crit')) return 'critical-header'
  if (Object.hasOwn(header, 'cty')) return 'nested'
  const claims = readObject(parts[1] as string)
  if (typeof claims === 'string') return claims
  if (decodeBase64Url(parts[2] as string) === undefined) return 'not-base64url'
  return { header, claims }
}

function readObject(part: string): Readonly<Record<string, unknown>> | TokenFormFault {
  const bytes = decodeBase64Url(part)
  if (bytes === undefined) return 'not-base64url'
  const text = decodeUtf8(bytes)
  if (text === undefined) return 'not-json-object'
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'not-json-object'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not-json-object'
  // RFC 7519 §4: two readers that take different ones of two equal names would see two different tokens.
  return hasDuplicateMembers(text) ? 'member-duplicated' : (value as Record<string, unknown>)
}
