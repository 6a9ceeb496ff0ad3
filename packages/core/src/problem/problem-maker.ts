/** From a reason to what the caller is told. @module */
import { challengeFor } from './challenge.ts'
import { PROBLEMS, type Problem } from './problem.ts'
import { problemOf } from './problem-of.ts'
import type { Reason } from './reason.ts'

/** The page of this project that describes each problem under an anchor of its code. */
export const DEFAULT_PROBLEM_BASE = 'https://countersign.dev/problems'

export interface ProblemSettings {
  readonly base: string
  readonly keyHeader: string
  readonly retryAfterSeconds: number
  readonly correlationId: () => string
}

export function makeProblem(reason: Reason, keySent: boolean, settings: ProblemSettings): Problem {
  const code = problemOf(reason)
  const { status, title, detail } = PROBLEMS[code]
  const requiredScopes = reason.code === 'scope-missing' ? reason.required : undefined
  // What the client did not send is no secret: it knows what it sent.
  const missing = 'missing' in reason && reason.code !== 'scope-missing' ? reason.missing : undefined
  return Object.freeze({
    code,
    type: `${settings.base}#${code}`,
    status,
    title,
    detail,
    correlationId: settings.correlationId(),
    ...(missing === undefined ? {} : { missing }),
    ...(requiredScopes === undefined ? {} : { requiredScopes }),
    ...(status === 503 ? { retryAfterSeconds: settings.retryAfterSeconds } : {}),
    ...(reason.code === 'rate-limited' ? limitMembers(reason) : {}),
    ...(status === 401 || code === 'scope-insufficient'
      ? {
          challenge: challengeFor(code, {
            keyHeader: settings.keyHeader,
            keySent,
            ...(requiredScopes && { requiredScopes }),
          }),
        }
      : {}),
  })
}

function limitMembers({
  limit,
  retryAfterSeconds,
  quota,
}: Extract<Reason, { readonly code: 'rate-limited' }>): Pick<Problem, 'retryAfterSeconds' | 'quota'> {
  // Whoever has not verified is told nothing of what is counted.
  if (quota === undefined || limit === 'address') return { retryAfterSeconds }
  return { retryAfterSeconds, quota: { name: limit, ...quota } }
}
