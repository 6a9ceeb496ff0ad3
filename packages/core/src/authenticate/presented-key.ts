/** Where a key was presented: in its one place, in a wrong one, or in the URL. @module */
import type { Exchange } from '../exchange/exchange.ts'
import { looksLikeKey } from '../key/key-format.ts'
import type { KeyFramingReason, KeyReason } from '../key/key-reason.ts'
import { type CredentialHeader, credentialHeader, readCredentialHeader } from '../source/credential-header.ts'
import type { SourceReason } from '../source/source-reason.ts'

/** Fields in which keys of other APIs travel: ours in one of them is a mistake that must be seen. */
const USUAL_FIELDS = ['authorization', 'proxy-authorization', 'x-api-key', 'api-key', 'apikey']

export type PresentedKey =
  | { readonly kind: 'none' }
  | { readonly kind: 'key'; readonly text: string }
  /** Something stands where the key belongs and cannot be one. It counts as presented. */
  | { readonly kind: 'unusable'; readonly reason: KeyReason }
  | { readonly kind: 'malformed'; readonly reason: SourceReason | KeyFramingReason }

const NONE: PresentedKey = { kind: 'none' }

export interface KeyReader {
  readonly header: string
  read(exchange: Exchange): PresentedKey
  /** Every value that stands where a key may stand, framing aside: what plaintext has exposed. */
  candidates(exchange: Exchange): readonly string[]
}

/** @throws TypeError for a name that is no field name */
export function createKeyReader(name: string): KeyReader {
  const header = credentialHeader(name, 'key.header')
  const others = USUAL_FIELDS.filter((field) => field !== header.name)
  const bearer = header.name === 'authorization'
  return {
    header: header.name,
    read(exchange) {
      for (const other of others) {
        if (exchange.headers.all(other).some((value) => looksLikeKey(withoutScheme(value)))) {
          return { kind: 'malformed', reason: { code: 'key-misplaced', header: other } }
        }
      }
      return readKey(exchange, header, bearer)
    },
    candidates: (exchange) =>
      [header.name, ...others]
        .flatMap((field) => exchange.headers.all(field))
        .map(withoutScheme)
        .filter(looksLikeKey),
  }
}

function readKey(exchange: Exchange, header: CredentialHeader, bearer: boolean): PresentedKey {
  const value = readCredentialHeader(exchange, header)
  if (value === undefined) return NONE
  if (typeof value === 'object') return { kind: 'malformed', reason: value }
  // Two field lines that some hop, or the Fetch API, joined into one. A key has no comma.
  if (value.includes(','))
    return { kind: 'malformed', reason: { code: 'header-duplicated', header: header.name, count: 2 } }
  if (!bearer) return { kind: 'key', text: value }
  // RFC 9110 §11.4: the scheme is case-insensitive, one space follows. RFC 6750 §2.1.
  if (value.length < 7 || value.slice(0, 7).toLowerCase() !== 'bearer ') {
    return { kind: 'unusable', reason: { code: 'key-scheme-wrong', header: header.name } }
  }
  return { kind: 'key', text: value.slice(7) }
}

function withoutScheme(value: string): string {
  return value.slice(value.lastIndexOf(' ') + 1)
}
