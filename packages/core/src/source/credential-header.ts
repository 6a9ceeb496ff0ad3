/** Reading one header field that may carry a credential: once, in one spelling, end to end. @module */
import type { Exchange } from '../exchange/exchange.ts'
import type { SourceReason } from './source-reason.ts'

/** A field name with the spellings that some hop could take for it. */
export interface CredentialHeader {
  readonly name: string
  readonly aliases: readonly string[]
}

/** Beyond this many dashes the spellings would be too many to look for; such a name is refused as an option. */
const MAX_DASHES = 6

/**
 * @param name the field's name; a token of RFC 9110 §5.6.2 without underscores
 * @throws TypeError if it is not one
 */
export function credentialHeader(name: string, option: string): CredentialHeader {
  const lower = typeof name === 'string' ? name.toLowerCase() : ''
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(lower) || lower.length > 64) {
    throw new TypeError(`${option}: not a header field name made of letters, digits and single dashes`)
  }
  const parts = lower.split('-')
  if (parts.length - 1 > MAX_DASHES) throw new TypeError(`${option}: more than ${MAX_DASHES} dashes`)
  const aliases: string[] = []
  for (let mask = 1; mask < 1 << (parts.length - 1); mask++) {
    aliases.push(parts.reduce((left, right, at) => `${left}${mask & (1 << (at - 1)) ? '_' : '-'}${right}`))
  }
  return { name: lower, aliases }
}

/** Whether the field, or something that passes for it, is there at all. */
export function headerOccurs(exchange: Exchange, header: CredentialHeader): boolean {
  return exchange.headers.all(header.name).length > 0 || findAlias(exchange, header) !== undefined
}

/** The field's one value; `undefined` if there is none; a reason if it is not plainly one. */
export function readCredentialHeader(exchange: Exchange, header: CredentialHeader): string | undefined | SourceReason {
  const reason = checkHeaderFraming(exchange, header)
  if (reason !== undefined) return reason
  const values = exchange.headers.all(header.name)
  if (values.length > 1) return { code: 'header-duplicated', header: header.name, count: values.length }
  return values[0]
}

/** Spelling and nomination only, for fields that may have several lines. */
export function checkHeaderFraming(exchange: Exchange, header: CredentialHeader): SourceReason | undefined {
  const alias = findAlias(exchange, header)
  if (alias !== undefined) return { code: 'header-alias', header: header.name, alias }
  if (isNominated(exchange, header.name)) return { code: 'header-nominated', header: header.name }
  return undefined
}

function findAlias({ headers }: Exchange, { aliases }: CredentialHeader): string | undefined {
  return headers.underscored === false ? undefined : aliases.find((alias) => headers.all(alias).length > 0)
}

/** RFC 9110 §7.6.1: what `Connection` lists belongs to one hop, so a client that lists a credential asks a proxy to drop it. */
function isNominated(exchange: Exchange, name: string): boolean {
  const lines = exchange.headers.all('connection')
  if (lines.length === 0) return false
  for (const line of lines) {
    // `keep-alive` and `close`, nearly always.
    if (line.length < name.length) continue
    for (const option of line.split(',')) {
      if (option.trim().toLowerCase() === name) return true
    }
  }
  return false
}
