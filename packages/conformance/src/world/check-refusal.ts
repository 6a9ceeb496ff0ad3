/** Everything that must be so of every refusal, whatever its cause (RFC 9457, RFC 9110 §11.6.1, RFC 6750 §3). @module */
import type { EventMap, ProblemCode, Reason } from '@countersign/core'
import { assertEqual, assertMatch, assertTrue } from '../case/assert.ts'
import { ConformanceFailure } from '../case/failure.ts'
import type { Answer } from './answer.ts'
import type { EventLog } from './event-log.ts'
import { expectedProblem, statusOf } from './expected-problem.ts'

export interface RefusalExpectation {
  readonly missing?: readonly ('certificate' | 'key')[]
  readonly requiredScopes?: readonly string[]
  /** The body was made by `onRefused`: nothing is asked of it but this type. */
  readonly customType?: string
}

export interface RefusalSetting {
  readonly keyHeader: string
  readonly events: EventLog
}

/** A problem document may have these members and no others: anything else could tell what only an operator may know. */
const MEMBERS = ['type', 'title', 'status', 'detail', 'code', 'correlationId', 'missing', 'requiredScopes']

/** @throws ConformanceFailure */
export function checkRefusal(
  answer: Answer,
  reason: Reason['code'],
  setting: RefusalSetting,
  expectation: RefusalExpectation = {},
): EventMap['refused'] {
  const { code } = expectedProblem(reason)
  const correlationId = checkProblem(answer, code, setting.keyHeader, expectation)
  const event = setting.events.refusal(correlationId)
  assertEqual(event.reason.code, reason, 'the event holds the exact reason')
  assertEqual(event.problem, code, 'the event names the problem of the answer')
  assertEqual(event.status, answer.status, 'the event names the status of the answer')
  assertEqual(event.method, answer.request.method, 'the event names the method')
  checkDiscretion(answer, event)
  return event
}

/** What of a refusal can be seen without its event. @returns the correlation id @throws ConformanceFailure */
export function checkProblem(
  answer: Answer,
  code: ProblemCode,
  keyHeader: string,
  { missing, requiredScopes, customType }: RefusalExpectation = {},
): string {
  assertEqual(answer.status, statusOf(code), `${code} is answered with status ${statusOf(code)}`)
  checkHeaders(answer, code, keyHeader)
  const id = answer.header('x-correlation-id')
  assertMatch(id, /^[0-9a-f]{32}$/, 'a refusal carries a correlation id of 128 bits')
  if (answer.request.method === 'HEAD') {
    assertEqual(answer.body.length, 0, 'an answer to HEAD has no content (RFC 9110 §9.3.2)')
  } else if (customType !== undefined) {
    assertEqual(answer.header('content-type'), customType, 'onRefused chooses the content type')
  } else {
    const body = parseProblem(answer)
    assertEqual(body.code, code, 'the problem document names the problem')
    assertEqual(body.status, answer.status, 'the member status repeats the status (RFC 9457 §3.1.2)')
    assertEqual(body.correlationId, id, 'the problem document holds the correlation id')
    assertMatch(String(body.type), new RegExp(`^[^#]+#${code}$`), 'type is the problem base with the code')
    for (const name of ['title', 'detail']) assertTrue(typeof body[name] === 'string', `${name} is text`, body[name])
    const foreign = Object.keys(body).filter((name) => !MEMBERS.includes(name))
    assertEqual(foreign, [], 'a problem document has no members of its own making')
    if (missing !== undefined) assertEqual(body.missing, missing, 'the answer says which kind is missing')
    if (requiredScopes !== undefined) assertEqual(body.requiredScopes, requiredScopes, 'the answer names the scopes')
  }
  return id as string
}

function checkHeaders(answer: Answer, code: ProblemCode, keyHeader: string): void {
  const problem = `${code}:`
  assertEqual(answer.header('location'), undefined, `${problem} a refusal is never a redirect`)
  assertEqual(answer.header('set-cookie'), undefined, `${problem} a refusal sets no cookie`)
  assertMatch(answer.header('cache-control'), /(?:^|[ ,])no-store(?:$|[ ,])/, `${problem} a refusal is not stored`)
  const challenge = answer.header('www-authenticate')
  if (answer.status === 401) checkChallenge(challenge, code, keyHeader, answer)
  else if (code === 'scope-insufficient' && keyHeader === 'authorization') {
    assertMatch(challenge, /^Bearer .*error="insufficient_scope"/, 'insufficient_scope is said (RFC 6750 §3.1)')
  } else if (code !== 'scope-insufficient') {
    assertEqual(challenge, undefined, `${problem} only 401 carries a challenge`)
  }
  const retry = answer.header('retry-after')
  if (answer.status === 503 || answer.status === 429) {
    assertMatch(retry, /^[1-9][0-9]{0,5}$/, `${problem} Retry-After is a number of seconds`)
  } else {
    assertEqual(retry, undefined, `${problem} Retry-After only where trying again helps`)
  }
}

function checkChallenge(challenge: string | undefined, code: ProblemCode, keyHeader: string, answer: Answer): void {
  if (keyHeader !== 'authorization') {
    assertMatch(challenge, /^ApiKey realm="/, '401 carries a challenge (RFC 9110 §15.5.2)')
    return
  }
  assertMatch(challenge, /^Bearer realm="/, '401 carries a challenge (RFC 9110 §15.5.2)')
  const keySent = answer.request.headers.some(([name]) => name.toLowerCase() === 'authorization')
  const error = /error="([^"]*)"/.exec(challenge ?? '')?.[1]
  const expected = keySent && code !== 'credentials-missing' ? 'invalid_token' : undefined
  assertEqual(error, expected, 'an error code only if a key was sent (RFC 6750 §3.1)')
}

function parseProblem(answer: Answer): Record<string, unknown> {
  assertMatch(
    answer.header('content-type'),
    /^application\/problem\+json(?:; ?charset=utf-8)?$/i,
    'a refusal is a problem document (RFC 9457 §3)',
  )
  try {
    return answer.json() as Record<string, unknown>
  } catch {
    throw new ConformanceFailure('a refusal is a problem document (RFC 9457 §3)', 'JSON', answer.text)
  }
}

/** What only an operator may know is in the event and nowhere else. */
function checkDiscretion(answer: Answer, event: EventMap['refused']): void {
  const shown = `${answer.text}\n${answer.headers.map(([name, value]) => `${name}: ${value}`).join('\n')}`
  const { reason, problem, keyId, partnerId, certificate } = event
  const hidden = [reason.code === problem ? undefined : reason.code, keyId, partnerId, certificate]
  const told = hidden.filter((fact) => fact !== undefined && shown.includes(fact))
  assertEqual(told, [], 'the answer does not tell what only an operator may know')
}
