/**
 * From the text that was presented to the record that it proves.
 *
 * The order is the point. Form and checksum first, for they cost nothing and ask nobody; then one look-up; then the
 * digest, always and before anything that the record says, so that neither time nor answer tells an unknown key from a
 * wrong, expired, suspended or revoked one.
 * @module
 */
import { DigestFault, type MatchContext, matchKey, matchNothing } from '../key/digest.ts'
import { type ForeignFormat, foreignKeyId } from '../key/foreign-format.ts'
import { parseKey } from '../key/key-format.ts'
import type { KeyReason } from '../key/key-reason.ts'
import type { Flow } from '../primitives/flow.ts'
import { readSnapshot } from './record-shape.ts'
import type { KeyRecord } from './records.ts'
import type { KeySnapshot } from './registry.ts'
import { RegistryFault } from './registry-fault.ts'

export interface KeyCheck extends MatchContext {
  /** One look-up. Its answer need not have been checked. */
  readonly findKey: (id: string) => Flow<unknown>
  readonly at: Date
  /** The field that the key stood in, for the reason. */
  readonly header: string
  /** Keys of our form with another prefix are refused before any look-up. Default: any. */
  readonly prefixes?: readonly string[] | undefined
  /** Forms of imported keys, tried in order for what is not of ours. Default: none. */
  readonly formats?: readonly ForeignFormat[] | undefined
}

export type KeyVerdict =
  | { readonly ok: true; readonly snapshot: KeySnapshot }
  /** `snapshot` only where the digest matched: whoever presented the key holds the whole of it, and it is merely no longer good. */
  | { readonly ok: false; readonly reason: KeyReason; readonly snapshot?: KeySnapshot }

/** @throws RegistryFault */
export function* checkKey(text: string, check: KeyCheck): Flow<KeyVerdict> {
  const named = yield* nameKey(text, check)
  if ('code' in named) return refuse(named)
  const { keyId } = named
  const snapshot = readSnapshot(yield* check.findKey(keyId), keyId)
  if (!(yield* isProven(named.text, snapshot, check))) {
    return refuse(
      snapshot === undefined
        ? { code: 'key-unknown', keyId }
        : { code: 'key-mismatch', keyId, partnerId: snapshot.key.partnerId },
    )
  }
  const proven = snapshot as KeySnapshot
  const reason = checkStanding(proven.key, check.at)
  return reason === undefined ? { ok: true, snapshot: proven } : { ok: false, reason, snapshot: proven }
}

/** What is read off the key itself, before anybody is asked. `text` is what the digest is of. */
function* nameKey(text: string, check: KeyCheck): Flow<{ readonly keyId: string; readonly text: string } | KeyReason> {
  const { header, prefixes, formats = [], primitives } = check
  const parsed = parseKey(text)
  if (parsed.ok) {
    const { id: keyId, prefix } = parsed.key
    if (prefixes !== undefined && !prefixes.includes(prefix)) return { code: 'key-environment-wrong', keyId, prefix }
    return { keyId, text: parsed.key.text }
  }
  // A mistyped key of ours is not looked for among the others: its checksum says what it was meant to be.
  if (parsed.code === 'key-checksum-wrong') return { code: parsed.code, header }
  const foreign = formats.length === 0 ? undefined : yield* foreignKeyId(text, formats, primitives)
  return foreign === undefined ? { code: parsed.code, header, cause: parsed.cause } : { keyId: foreign, text }
}

/** The same work whether there is a record or not. */
function* isProven(text: string, snapshot: KeySnapshot | undefined, context: MatchContext): Flow<boolean> {
  if (snapshot === undefined) return yield* matchNothing(text, context)
  try {
    return yield* matchKey(text, snapshot.key.digest, context)
  } catch (error) {
    throw error instanceof DigestFault ? new RegistryFault('findKey', error.code) : error
  }
}

/** Whether a key that was proven may be used now. */
export function checkStanding(key: KeyRecord, at: Date): KeyReason | undefined {
  const { id: keyId, partnerId } = key
  if (key.status !== 'active') {
    if (key.cause === 'exposed') return { code: 'key-exposed', keyId, partnerId }
    const cause = key.cause ?? 'not stated'
    return { code: key.status === 'revoked' ? 'key-revoked' : 'key-suspended', keyId, partnerId, cause }
  }
  // Written so that a date which is no date refuses.
  if (key.notBefore !== undefined && !(at.getTime() >= Date.parse(key.notBefore))) {
    return { code: 'key-not-yet-valid', keyId, partnerId, notBefore: key.notBefore }
  }
  if (key.notAfter !== undefined && !(at.getTime() <= Date.parse(key.notAfter))) {
    return { code: 'key-expired', keyId, partnerId, notAfter: key.notAfter }
  }
  return undefined
}

function refuse(reason: KeyReason): { readonly ok: false; readonly reason: KeyReason } {
  return { ok: false, reason }
}
