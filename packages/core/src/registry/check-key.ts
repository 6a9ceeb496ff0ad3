/**
 * From the text that was presented to the record that it proves.
 *
 * The order is the point. Form and checksum first, for they cost nothing and ask nobody; then one look-up; then the
 * digest, always and before anything that the record says, so that neither time nor answer tells an unknown key from a
 * wrong, expired, suspended or revoked one.
 * @module
 */
import { DigestFault, decoyDigest, type MatchContext, matchKey, NO_DIGEST } from '../key/digest.ts'
import { type ForeignFormat, foreignKeyId } from '../key/foreign-format.ts'
import { parseKeyFrom } from '../key/key-format.ts'
import type { KeyReason } from '../key/key-reason.ts'
import type { Peppers } from '../key/peppers.ts'
import { after, isPromiseLike, type MaybePromise, runFlow } from '../primitives/flow.ts'
import { ABSENT_ID, ABSENT_ID_AGAIN } from './absent-id.ts'
import { deepFreeze } from './partner-data.ts'
import { checkedSnapshot, type Life, lifeOf, readFound, readLife } from './record-shape.ts'
import type { KeyRecord } from './records.ts'
import type { KeySnapshot } from './registry.ts'
import { RegistryFault } from './registry-fault.ts'

export interface KeyCheck extends MatchContext {
  /** One look-up. Its answer need not have been checked. */
  readonly findKey: (id: string) => MaybePromise<unknown>
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
      readonly snapshot?: KeySnapshot | undefined
      /** What was judged, proven or not, a decoy for an unknown id: for whoever has more to do and must take as long for each. */
      readonly judged?: KeySnapshot
    }

/** What can be said of a key in our form once it was looked for. */
type JudgedCode = Extract<KeyReason, { readonly partnerId?: string | undefined }>['code']

/**
 * What is judged where there is no record, so that an id which was never issued costs what one costs that was: the same
 * comparison, the same look at status and dates.
 */
export function decoyFor(peppers: Peppers | undefined): KeySnapshot {
  const key: KeyRecord = {
    id: ABSENT_ID,
    partnerId: 'none',
    digest: decoyDigest(peppers),
    scopes: [],
    binding: 'partner',
    status: 'active',
    notBefore: '2000-01-01T00:00:00.000Z',
    notAfter: '2000-01-01T00:00:00.000Z',
  }
  const rule = { kind: 'public-key', value: NO_DIGEST } as const
  return checkedSnapshot(deepFreeze(key), deepFreeze({ id: 'none', status: 'active', rules: [rule], scopes: [] }))
}

/**
 * @param start where in the text the key begins
 * @throws RegistryFault, or rejects with it
 */
export function checkKey(text: string, check: KeyCheck, at: Date, start = 0): MaybePromise<KeyVerdict> {
  const parsed = parseKeyFrom(text, start)
  if (parsed.ok) {
    const { id: keyId, prefix } = parsed.key
    const { prefixes } = check
    if (prefixes !== undefined && !prefixes.includes(prefix))
      return refuse({ code: 'key-environment-wrong', keyId, prefix })
    return checkNamed(keyId, parsed.key.text, check, at)
  }
  const { header, formats, primitives } = check
  // A mistyped key of ours is not looked for among the others: its checksum says what it was meant to be.
  if (parsed.code === 'key-checksum-wrong') return refuse({ code: parsed.code, header })
  const { code, cause } = parsed
  const foreign = text.slice(start)
  return after(formats && runFlow(foreignKeyId(foreign, formats, primitives)), (keyId) =>
    keyId === undefined ? refuse({ code, header, cause }) : checkNamed(keyId, foreign, check, at),
  )
}

/** @param text what the digest is of */
function checkNamed(keyId: string, text: string, check: KeyCheck, at: Date): MaybePromise<KeyVerdict> {
  return after(check.findKey(keyId), (found) => {
    // From here on the same work is done whatever will be said: nothing may be told from the time it takes.
    const isKnown = found !== undefined && found !== null
    const judged = isKnown
      ? readFound(found, keyId)
      : readFound(check.decoy ?? decoyFor(check.peppers), ABSENT_ID_AGAIN)
    return after(match(text, judged.key.digest, check), (proven) => verdictOn(keyId, judged, isKnown, proven, at))
  })
}

function verdictOn(keyId: string, judged: KeySnapshot, isKnown: boolean, proven: boolean, at: Date): KeyVerdict {
  const { key } = judged
  const fault = faultOf(key, at, lifeOf(judged))
  const code = isKnown ? (proven === true ? fault : 'key-mismatch') : 'key-unknown'
  if (code === undefined) return { ok: true, snapshot: judged }
  const snapshot = isKnown && proven === true ? judged : undefined
  return { ok: false, reason: reasonFor(code, keyId, isKnown ? key : undefined), snapshot, judged }
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
  const fault = faultOf(key, at, life)
  return fault && reasonFor(fault, key.id, key)
}

function faultOf({ status, cause }: KeyRecord, at: Date, { from, until }: Life): JudgedCode | undefined {
  const now = at.getTime()
  // Both are compared whatever the status is, so that it does not show; and so that `NaN` refuses.
  const early = !(now >= from)
  const late = !(now <= until)
  if (status !== 'active')
    return cause === 'exposed' ? 'key-exposed' : status === 'revoked' ? 'key-revoked' : 'key-suspended'
  return early ? 'key-not-yet-valid' : late ? 'key-expired' : undefined
}

/** @param key `undefined` where there is none */
function reasonFor(code: JudgedCode, keyId: string, key: KeyRecord | undefined): KeyReason {
  const cause = key === undefined || key.status === 'active' ? undefined : (key.cause ?? 'not stated')
  return {
    code,
    keyId,
    partnerId: key?.partnerId,
    cause,
    notBefore: key?.notBefore,
    notAfter: key?.notAfter,
  } as KeyReason
}

function refuse(reason: KeyReason): { readonly ok: false; readonly reason: KeyReason } {
  return { ok: false, reason }
}
