/**
 * From the text that was presented to the record that it proves.
 *
 * The order is the point. Form and checksum first, for they cost nothing and ask nobody; then one look-up; then the
 * digest, always and before anything that the record says, so that neither time nor answer tells an unknown key from a
 * wrong, expired, suspended or revoked one.
 * @module
 */
import { DigestFault, decoyDigest, type MatchContext, matchKey } from '../key/digest.ts'
import { type ForeignFormat, foreignKeyId } from '../key/foreign-format.ts'
import { parseKey } from '../key/key-format.ts'
import type { KeyReason } from '../key/key-reason.ts'
import type { Peppers } from '../key/peppers.ts'
import { type Flow, isPromiseLike, type MaybePromise } from '../primitives/flow.ts'
import { checkedSnapshot, type Life, lifeOf, readLife, readSnapshot } from './record-shape.ts'
import type { KeyRecord } from './records.ts'
import type { KeySnapshot } from './registry.ts'
import { RegistryFault } from './registry-fault.ts'

export interface KeyCheck extends MatchContext {
  /** One look-up. Its answer need not have been checked. */
  readonly findKey: (id: string) => MaybePromise<unknown>
  readonly at: Date
  /** The field that the key stood in, for the reason. */
  readonly header: string
  /** Keys of our form with another prefix are refused before any look-up. Default: any. */
  readonly prefixes?: readonly string[] | undefined
  /** Forms of imported keys, tried in order for what is not of ours. Default: none. */
  readonly formats?: readonly ForeignFormat[] | undefined
  /** `decoyFor(peppers)`, made once. */
  readonly decoy?: KeySnapshot
}

export type KeyVerdict =
  | { readonly ok: true; readonly snapshot: KeySnapshot }
  /** `snapshot` only where the digest matched: whoever presented the key holds the whole of it, and it is merely no longer good. */
  | {
      readonly ok: false
      readonly reason: KeyReason
      readonly snapshot?: KeySnapshot
      /** What was judged, proven or not, a decoy for an unknown id: for whoever has more to do and must take as long for each. */
      readonly judged?: KeySnapshot
    }

/**
 * What is judged where there is no record, so that an id which was never issued costs what one costs that was: the same
 * comparison, the same look at status and dates.
 */
export function decoyFor(peppers: Peppers | undefined): KeySnapshot {
  const key: KeyRecord = {
    id: 'none',
    partnerId: 'none',
    digest: decoyDigest(peppers),
    scopes: [],
    binding: 'partner',
    status: 'active',
    notBefore: '2000-01-01T00:00:00.000Z',
    notAfter: '2000-01-01T00:00:00.000Z',
  }
  const rule = { kind: 'public-key', value: '00'.repeat(32) } as const
  return checkedSnapshot(key, { id: 'none', status: 'active', rules: [rule], scopes: [] })
}

/** @throws RegistryFault */
export function* checkKey(text: string, check: KeyCheck): Flow<KeyVerdict> {
  const parsed = parseKey(text)
  if (parsed.ok) {
    const { id: keyId, prefix } = parsed.key
    const { prefixes } = check
    if (prefixes !== undefined && !prefixes.includes(prefix))
      return refuse({ code: 'key-environment-wrong', keyId, prefix })
    return yield* checkNamed(keyId, parsed.key.text, check)
  }
  const { header, formats, primitives } = check
  // A mistyped key of ours is not looked for among the others: its checksum says what it was meant to be.
  if (parsed.code === 'key-checksum-wrong') return refuse({ code: parsed.code, header })
  const keyId = formats === undefined ? undefined : yield* foreignKeyId(text, formats, primitives)
  return keyId === undefined
    ? refuse({ code: parsed.code, header, cause: parsed.cause })
    : yield* checkNamed(keyId, text, check)
}

/** @param text what the digest is of */
function* checkNamed(keyId: string, text: string, check: KeyCheck): Flow<KeyVerdict> {
  // Promises are looked for here and not in a flow of its own, which would cost every request some part of a digest.
  const answer = check.findKey(keyId)
  const found = isPromiseLike(answer) ? yield answer : answer
  // From here on the same work is done whatever will be said: nothing may be told from the time it takes.
  const decoy = check.decoy ?? decoyFor(check.peppers)
  const isKnown = found !== undefined && found !== null
  const judged = (isKnown ? readSnapshot(found, keyId) : readSnapshot(decoy, decoy.key.id)) ?? decoy
  const snapshot = isKnown ? judged : undefined
  const matching = match(text, judged.key.digest, check)
  const proven = isPromiseLike(matching) ? ((yield matching) as boolean) : matching
  const reason = checkStanding(judged.key, check.at, lifeOf(judged))

  const { partnerId } = judged.key
  if (snapshot === undefined) return { ok: false, reason: { code: 'key-unknown', keyId }, judged }
  if (proven !== true) return { ok: false, reason: { code: 'key-mismatch', keyId, partnerId }, judged }
  return reason === undefined ? { ok: true, snapshot } : { ok: false, reason, snapshot, judged }
}

function match(text: string, digest: string, context: MatchContext): MaybePromise<boolean> {
  try {
    const matching = matchKey(text, digest, context)
    return isPromiseLike(matching) ? Promise.resolve(matching).catch(throwFault) : matching
  } catch (error) {
    throwFault(error)
  }
}

function throwFault(error: unknown): never {
  throw error instanceof DigestFault ? new RegistryFault('findKey', error.code) : error
}

/** Whether a key that was proven may be used now. */
export function checkStanding(key: KeyRecord, at: Date, life: Life = readLife(key)): KeyReason | undefined {
  const { id: keyId, partnerId, status, notBefore, notAfter } = key
  const now = at.getTime()
  // Both are compared whatever the status is, so that it does not show; and so that `NaN` refuses.
  const early = !(now >= life.from)
  const late = !(now <= life.until)
  if (status !== 'active') {
    if (key.cause === 'exposed') return { code: 'key-exposed', keyId, partnerId }
    const cause = key.cause ?? 'not stated'
    return { code: status === 'revoked' ? 'key-revoked' : 'key-suspended', keyId, partnerId, cause }
  }
  if (early) return { code: 'key-not-yet-valid', keyId, partnerId, notBefore: String(notBefore) }
  return late ? { code: 'key-expired', keyId, partnerId, notAfter: String(notAfter) } : undefined
}

function refuse(reason: KeyReason): { readonly ok: false; readonly reason: KeyReason } {
  return { ok: false, reason }
}
