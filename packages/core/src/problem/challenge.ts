/** The `WWW-Authenticate` field (RFC 9110 §11.6.1, RFC 6750 §3). @module */
import type { ProblemCode } from './problem.ts'

export interface ChallengeInput {
  /** The field that keys are read from, lower case. */
  readonly keyHeader: string
  readonly keySent: boolean
  readonly requiredScopes?: readonly string[]
}

/**
 * `Bearer` where keys travel in `Authorization`; there is no registered scheme for a field of another name, so `ApiKey`
 * names the kind of credential. An error code only if a key was sent: RFC 6750 §3.1 forbids it otherwise.
 */
export function challengeFor(problem: ProblemCode, input: ChallengeInput): string {
  if (input.keyHeader !== 'authorization') return `ApiKey realm="countersign", header="${input.keyHeader}"`
  const parameters = ['realm="countersign"']
  if (problem === 'scope-insufficient') {
    parameters.push('error="insufficient_scope"')
    if (input.requiredScopes !== undefined) parameters.push(`scope="${input.requiredScopes.join(' ')}"`)
  } else if (input.keySent && problem !== 'credentials-missing') {
    parameters.push('error="invalid_token"')
  }
  return `Bearer ${parameters.join(', ')}`
}
