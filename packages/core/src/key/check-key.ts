/**
 * From the text that was presented to the record that it proves.
 *
 * The order is the point. Form and checksum first, for they cost nothing and ask nobody; then one look-up; then the
 * digest, always and before anything that the record says, so that neither time nor answer tells an unknown key from a
 * wrong, expired, suspended or revoked one.
 * @module
 */
import { type Flow, type MaybePromise, settle } from '../primitives/flow.ts'
import { type DigestContext, matchKey, matchNothing, parseDigest } from './digest.ts'
import { type KeyEnvironment, parseKey } from './key-format.ts'
import type { KeyReason } from './key-reason.ts'

/** What of a kept key decides. A registry's record has more. */
export interface StoredKey {
  readonly id: string
  readonly partnerId: string
  readonly digest: string
  readonly status: 'active' | 'suspended' | 'revoked'
  readonly cause?: string
  readonly notBefore?: string
  readonly notAfter?: string
}

export interface KeyCheck<S extends { readonly key: StoredKey }> extends DigestContext {
  /** One look-up whose answer was already checked for its shape: `checkedRegistry`. */
  readonly findKey: (id: string) => MaybePromise<S | undefined>
  readonly at: Date
  /** The field that the key stood in, for the reason. */
  readonly header: string
  /** A key of the other environment is refused before any look-up. Default `live`. */
  readonly environment?: KeyEnvironment | 'any'
}

export type KeyVerdict<S> =
  | { readonly ok: true; readonly snapshot: S }
  /** `snapshot` only where the digest matched: whoever presented it holds the whole key, which is merely no longer good. */
  | { readonly ok: false; readonly reason: KeyReason; readonly snapshot?: S }

/** @throws whatever the look-up throws; PepperMissing */
export function* checkKey<S extends { readonly key: StoredKey }>(
  text: string,
  check: KeyCheck<S>,
): Flow<KeyVerdict<S>> {
  const { header, environment = 'live' } = check
  const parsed = parseKey(text)
  if (!parsed.ok) {
    const { code } = parsed
    return refuse(code === 'key-malformed' ? { code, header, cause: parsed.cause } : { code, header })
  }
  const { id: keyId, prefix } = parsed.key
  if (environment !== 'any' && parsed.key.environment !== undefined && parsed.key.environment !== environment) {
    return refuse({ code: 'key-environment-wrong', keyId, prefix })
  }

  const snapshot = yield* settle(check.findKey(keyId))
  const digest = snapshot && parseDigest(snapshot.key.digest)
  const matches = digest ? yield* matchKey(parsed.key.text, digest, check) : yield* matchNothing(parsed.key.text, check)

  if (snapshot === undefined) return refuse({ code: 'key-unknown', keyId })
  if (!matches) return refuse({ code: 'key-mismatch', keyId, partnerId: snapshot.key.partnerId })
  const reason = checkStanding(snapshot.key, check.at)
  return reason === undefined ? { ok: true, snapshot } : { ok: false, reason, snapshot }
}

/** Whether a key that was proven may be used now. */
function checkStanding(key: StoredKey, at: Date): KeyReason | undefined {
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
