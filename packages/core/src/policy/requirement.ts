/** Which credentials a request must carry. @module */
import type { CredentialKind, PolicyReason } from './policy-reason.ts'

/**
 * A weaker word forgives absence, never a fault: whatever is presented must be valid, and all of it must vouch for each other.
 */
export type Require =
  | 'certificate+key'
  | 'certificate'
  | 'key'
  | 'certificate-or-key'
  | 'certificate+token'
  | 'certificate+key-or-token'

/** Which kinds a word demands: each inner list is satisfied by any one of its kinds. */
const DEMANDS: Readonly<Record<Require, readonly (readonly CredentialKind[])[]>> = {
  'certificate+key': [['certificate'], ['key']],
  certificate: [['certificate']],
  key: [['key']],
  'certificate-or-key': [['certificate', 'key']],
  'certificate+token': [['certificate'], ['token']],
  'certificate+key-or-token': [['certificate'], ['key', 'token']],
}

/** Which credentials were presented. */
export type Presence = Readonly<Record<CredentialKind, boolean>>

/** Whether a token may be presented at all. */
export function takesTokens(require: Require): boolean {
  return DEMANDS[require].some((kinds) => kinds.includes('token'))
}

/** @throws TypeError naming the option */
export function assertRequire(value: unknown): asserts value is Require {
  if (typeof value !== 'string' || !Object.hasOwn(DEMANDS, value)) {
    throw new TypeError(
      `require: one of ${Object.keys(DEMANDS)
        .map((word) => `'${word}'`)
        .join(', ')}`,
    )
  }
}

export function checkPresence(require: Require, presence: Presence): PolicyReason | undefined {
  // By name: to look `presence[kind]` up would cost more, on every request.
  const { certificate, key, token } = presence
  const isThere = (kind: CredentialKind): boolean =>
    kind === 'certificate' ? certificate : kind === 'key' ? key : token
  const missing: CredentialKind[] = []
  for (const kinds of DEMANDS[require]) if (!kinds.some(isThere)) missing.push(...kinds)
  if (missing.length === 0) return undefined
  const [only] = missing
  return missing.length === 1 && only !== undefined
    ? { code: `${only}-missing`, missing }
    : { code: 'credentials-missing', missing }
}
