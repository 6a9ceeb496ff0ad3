/** Where a key or a token was presented: in its one place, in a wrong one, or in two. @module */
import type { Exchange } from '../exchange/exchange.ts'
import { looksLikeKey } from '../key/key-format.ts'
import type { KeyFramingReason, KeyReason } from '../key/key-reason.ts'
import { type CredentialHeader, credentialHeader, readCredentialHeader } from '../source/credential-header.ts'
import type { SourceReason } from '../source/source-reason.ts'
import { looksLikeJwt } from '../token/jwt-form.ts'
import type { TokenFramingReason } from '../token/token-reason.ts'

/** Fields in which keys of other APIs travel: ours in one of them is a mistake that must be seen. */
const USUAL_FIELDS = ['authorization', 'proxy-authorization', 'x-api-key', 'api-key', 'apikey']

const BEARER = 'Bearer '

const AUTHORIZATION = credentialHeader('authorization', 'authorization')

export type PresentedCredential =
  | { readonly kind: 'none' }
  /** What stands in the field's value from `start` on. It is not cut out, as that would make it slower to read. */
  | { readonly kind: 'key'; readonly value: string; readonly start: number }
  | { readonly kind: 'token'; readonly text: string }
  /** Something stands where a credential belongs and cannot be one. It counts as presented. */
  | { readonly kind: 'unusable'; readonly reason: KeyReason }
  | { readonly kind: 'malformed'; readonly reason: SourceReason | KeyFramingReason | TokenFramingReason }

const NONE: PresentedCredential = { kind: 'none' }

export interface CredentialReader {
  /** The field that keys are read from. */
  readonly header: string
  read(exchange: Exchange): PresentedCredential
  /** Every value that stands where a key may stand, framing aside: what plaintext has exposed. */
  keyCandidates(exchange: Exchange): readonly string[]
}

/**
 * @param keyHeader `undefined`: no keys are taken
 * @param tokens whether tokens are taken, from `Authorization` alone (RFC 6750 §2.1)
 * @throws TypeError for a name that is no field name
 */
export function createCredentialReader(keyHeader: string | undefined, tokens: boolean): CredentialReader {
  const header = keyHeader === undefined ? AUTHORIZATION : credentialHeader(keyHeader, 'key.header')
  const others = USUAL_FIELDS.filter((field) => field !== header.name)
  const bearer = header.name === AUTHORIZATION.name

  function read(exchange: Exchange): PresentedCredential {
    for (const other of others) {
      const values = exchange.headers.all(other)
      if (values.length > 0 && values.some(holdsKey)) {
        return { kind: 'malformed', reason: { code: 'key-misplaced', header: other } }
      }
    }
    if (bearer) {
      const presented = readBearer(exchange)
      return tokens ? asToken(presented, keyHeader === undefined) : presented
    }
    const key = readPlain(exchange, header)
    if (!tokens) return key
    if (key.kind === 'key' && looksLikeJwt(key.value)) {
      return { kind: 'malformed', reason: { code: 'token-misplaced', header: header.name } }
    }
    const token = readBearer(exchange)
    if (token.kind === 'none') return key
    if (key.kind === 'none') return asToken(token, true)
    return { kind: 'malformed', reason: { code: 'bearer-ambiguous', headers: [header.name, AUTHORIZATION.name] } }
  }

  return {
    header: header.name,
    read,
    keyCandidates: (exchange) =>
      [header.name, ...others]
        .flatMap((field) => exchange.headers.all(field))
        .map(withoutScheme)
        .filter(looksLikeKey),
  }
}

function readPlain(exchange: Exchange, header: CredentialHeader): PresentedCredential {
  const value = readCredentialHeader(exchange, header)
  if (value === undefined) return NONE
  if (typeof value === 'object') return { kind: 'malformed', reason: value }
  // Two field lines that some hop, or the Fetch API, joined into one. No key and no token has a comma.
  if (value.includes(',')) {
    return { kind: 'malformed', reason: { code: 'header-duplicated', header: header.name, count: 2 } }
  }
  return { kind: 'key', value, start: 0 }
}

/** RFC 6750 §2.1. RFC 9110 §11.4: the scheme is case-insensitive, and one space follows. */
function readBearer(exchange: Exchange): PresentedCredential {
  const presented = readPlain(exchange, AUTHORIZATION)
  if (presented.kind !== 'key') return presented
  const { value } = presented
  if (!value.startsWith(BEARER) && value.slice(0, BEARER.length).toLowerCase() !== BEARER.toLowerCase()) {
    return { kind: 'unusable', reason: { code: 'key-scheme-wrong', header: AUTHORIZATION.name } }
  }
  return { kind: 'key', value, start: BEARER.length }
}

/** @param always whether it can be nothing else */
function asToken(presented: PresentedCredential, always: boolean): PresentedCredential {
  if (presented.kind !== 'key') return presented
  const text = presented.value.slice(presented.start)
  return always || looksLikeJwt(text) ? { kind: 'token', text } : presented
}

function holdsKey(value: string): boolean {
  return looksLikeKey(withoutScheme(value))
}

function withoutScheme(value: string): string {
  return value.slice(value.lastIndexOf(' ') + 1)
}
