/** A problem as an HTTP response: what every adapter sends, to the letter. @module */
import type { Problem } from './problem.ts'

/** What `onRefused` may return: a body and its type. Everything else of the response stays as it is. */
export interface RefusalBody {
  readonly body: string
  readonly contentType: string
}

/** @param context what the framework hands to its handlers: a request, a context */
export type OnRefused<Context> = (problem: Problem, context: Context) => RefusalBody | undefined

export interface ProblemResponse {
  readonly status: number
  /** Names in lower case. `content-length` is included. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** @param custom returns a body of its own; if it throws or returns something else, the default body is sent */
export function problemResponse(problem: Problem, custom?: () => RefusalBody | undefined): ProblemResponse {
  const { body, contentType } = customBody(custom) ?? defaultBody(problem)
  const headers: Record<string, string> = {
    'content-type': contentType,
    'content-length': String(new TextEncoder().encode(body).length),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-correlation-id': problem.correlationId,
  }
  if (problem.challenge !== undefined) headers['www-authenticate'] = problem.challenge
  if (problem.retryAfterSeconds !== undefined) headers['retry-after'] = String(problem.retryAfterSeconds)
  if (problem.quota !== undefined) {
    // draft-ietf-httpapi-ratelimit-headers
    const { name, requests, perSeconds } = problem.quota
    headers['ratelimit-policy'] = `"${name}";q=${requests};w=${perSeconds}`
    headers.ratelimit = `"${name}";r=0;t=${problem.retryAfterSeconds}`
  }
  return { status: problem.status, headers, body }
}

function customBody(custom: (() => RefusalBody | undefined) | undefined): RefusalBody | undefined {
  try {
    const made: unknown = custom?.()
    // An async function is of another form; what it rejects with must not end the process.
    if (made instanceof Promise) made.catch(() => {})
    const { body, contentType } = (made ?? {}) as Partial<RefusalBody>
    if (typeof body !== 'string' || typeof contentType !== 'string') return undefined
    // A line break in a field value would let a body maker write headers (RFC 9110 §5.5).
    return /^[\x20-\x7e]{1,256}$/.test(contentType) ? { body, contentType } : undefined
  } catch {
    return undefined
  }
}

function defaultBody(problem: Problem): RefusalBody {
  const { type, title, status, detail, code, correlationId, missing, requiredScopes } = problem
  const members = { type, title, status, detail, code, correlationId, missing, requiredScopes }
  return { body: JSON.stringify(members), contentType: 'application/problem+json' }
}
