/** Which credentials a request must carry. @module */
import type { PolicyReason } from './policy-reason.ts'

/**
 * A weaker word forgives absence, never a fault: whatever is presented must be valid, and all of it must vouch for each other.
 */
export type Require = 'certificate+key' | 'certificate' | 'key' | 'certificate-or-key'

const REQUIREMENTS: readonly string[] = [
  'certificate+key',
  'certificate',
  'key',
  'certificate-or-key',
] satisfies Require[]

/** @throws TypeError naming the option */
export function assertRequire(value: unknown): asserts value is Require {
  if (typeof value !== 'string' || !REQUIREMENTS.includes(value)) {
    throw new TypeError(`require: one of ${REQUIREMENTS.map((word) => `'${word}'`).join(', ')}`)
  }
}

export function checkPresence(require: Require, certificate: boolean, key: boolean): PolicyReason | undefined {
  if (!certificate && !key) {
    if (require === 'key') return { code: 'key-missing' }
    if (require === 'certificate') return { code: 'certificate-missing' }
    return { code: 'credentials-missing' }
  }
  if (!certificate && (require === 'certificate+key' || require === 'certificate'))
    return { code: 'certificate-missing' }
  if (!key && (require === 'certificate+key' || require === 'key')) return { code: 'key-missing' }
  return undefined
}
