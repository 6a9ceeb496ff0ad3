/** Scopes: what a principal may do, as exact strings. @module */
import type { KeyRecord, Partner } from '../registry/records.ts'
import type { PolicyReason } from './policy-reason.ts'

/** What a token says, and where a registry is at hand no more than key and partner have now. */
export function tokenScopes(
  token: readonly string[],
  partner: Partner,
  key: KeyRecord | undefined,
): ReadonlySet<string> {
  if (key === undefined) return new FrozenSet(token)
  const most = grantedScopes(partner, key)
  return new FrozenSet(token.filter((scope) => most.has(scope)))
}

/** A key is never wider than its partner; a certificate alone has what its partner was given for that case, nothing by default. */
export function grantedScopes(partner: Partner, key: KeyRecord | undefined): ReadonlySet<string> {
  const wanted = key === undefined ? (partner.certificateScopes ?? NO_SCOPES) : key.scopes
  const most = key === undefined ? wanted : partner.scopes
  const known = granted.get(wanted)
  if (known?.most === most) return known.scopes
  const scopes = new FrozenSet(wanted.filter((scope) => most.includes(scope)))
  // Lists that nobody can change need to be intersected once; a registry that keeps its records keeps these.
  if (Object.isFrozen(wanted) && Object.isFrozen(most)) granted.set(wanted, { most, scopes })
  return scopes
}

const NO_SCOPES: readonly string[] = Object.freeze([])

/** By the list of the key: the list of its partner, and what they have in common. */
const granted = new WeakMap<
  readonly string[],
  { readonly most: readonly string[]; readonly scopes: ReadonlySet<string> }
>()

export function checkScopes(
  granted: ReadonlySet<string>,
  required: readonly string[],
  partnerId: string,
): PolicyReason | undefined {
  const missing = required.filter((scope) => !granted.has(scope))
  return missing.length === 0 ? undefined : { code: 'scope-missing', partnerId, required, missing }
}

/** @throws TypeError for an empty list, which would let everybody pass, or for a scope that no token grammar could carry (RFC 6749 §3.3) */
export function assertScopes(scopes: readonly unknown[]): asserts scopes is readonly string[] {
  if (scopes.length === 0) throw new TypeError('requireScopes: name at least one scope')
  for (const scope of scopes) {
    if (typeof scope !== 'string' || !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)) {
      throw new TypeError('requireScopes: a scope is printable ASCII without space, quote and backslash')
    }
  }
}

/** A handler that adds a scope to its principal must not succeed, in JavaScript either. */
class FrozenSet extends Set<string> {
  // Absent while the constructor of Set itself adds the first values.
  readonly #sealed = true

  override add(value: string): this {
    if (#sealed in this) throw new TypeError('the scopes of a principal are read-only')
    return super.add(value)
  }

  override delete(): boolean {
    throw new TypeError('the scopes of a principal are read-only')
  }

  override clear(): void {
    throw new TypeError('the scopes of a principal are read-only')
  }
}
