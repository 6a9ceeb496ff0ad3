/** Adapters that convert wrongly out: what a refusal is on the wire. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { bodyIsPending, type ProblemResponse, sendRefusal } from '@countersign/core'
import { referenceParts } from '../reference-adapter.ts'
import { adapterMutant, type Mutant } from './mutant.ts'

export const refusingMutants: readonly Mutant[] = [
  // What goes out
  refusalMutant('unavailable-as-401', 'answers 401 for 503', 'registry-fault/key-throws', (refusal) =>
    refusal.status === 503 ? { ...refusal, status: 401 } : refusal,
  ),
  refusalMutant('limited-as-401', 'answers 401 for 429', 'limits/key', (refusal) =>
    refusal.status === 429 ? { ...refusal, status: 401 } : refusal,
  ),
  refusalMutant('forbidden', 'answers 403 for 401', 'missing/both', (refusal) =>
    refusal.status === 401 ? { ...refusal, status: 403 } : refusal,
  ),
  refusalMutant('no-challenge', 'leaves the challenge out', 'missing/key', (refusal) =>
    without(refusal, 'www-authenticate'),
  ),
  refusalMutant('stored', 'lets refusals be stored', 'missing/key', (refusal) => without(refusal, 'cache-control')),
  refusalMutant('no-retry-after', 'leaves Retry-After out', 'revocation/retry-after', (refusal) =>
    without(refusal, 'retry-after'),
  ),
  refusalMutant('plain-json', 'sends problems as application/json', 'missing/key', (refusal) =>
    refusal.headers['content-type'] === 'application/problem+json'
      ? withHeader(refusal, 'content-type', 'application/json')
      : refusal,
  ),
  refusalMutant('redirects', 'redirects plain HTTP to TLS', 'transport/plain', (refusal) =>
    refusal.status === 403 && refusal.body.includes('insecure-transport')
      ? { ...withHeader(refusal, 'location', 'https://api.example.test/'), status: 308 }
      : refusal,
  ),
  refusalMutant('own-correlation-id', 'makes a correlation id of its own for the answer', 'missing/key', (refusal) => {
    const id = randomBytes(16).toString('hex')
    const known = refusal.headers['x-correlation-id'] ?? ''
    return { ...withHeader(refusal, 'x-correlation-id', id), body: refusal.body.replaceAll(known, id) }
  }),
  refusalMutant(
    'theirs-correlation-id',
    "takes the client's correlation id over",
    'response/correlation-ids',
    (refusal, request) => {
      const theirs = request.headers['x-correlation-id']
      return typeof theirs === 'string' ? withHeader(refusal, 'x-correlation-id', theirs) : refusal
    },
  ),
  refusalMutant('tells-the-path', 'repeats the target in the answer', 'exposure/query', (refusal, request) =>
    withHeader(refusal, 'x-refused', encodeURI(request.url ?? '')),
  ),
  refusalMutant('tells-the-key', 'repeats the Authorization field in the answer', 'key/unknown', (refusal, request) =>
    withHeader(refusal, 'x-refused', (request.headers.authorization ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, 100)),
  ),
  adapterMutant(
    'cut-off',
    'ends the connection with the refusal, whatever is still coming',
    'response/body-sent-before-reading',
    {
      async refuse(request, response, refusal) {
        if (request.httpVersionMajor > 1 || !(await bodyIsPending(request))) {
          return sendRefusal(request, response, refusal)
        }
        response.writeHead(refusal.status, { ...refusal.headers, connection: 'close' })
        response.end(refusal.body, () => request.socket.destroy())
      },
    },
  ),
  adapterMutant('reads-on', 'reads the whole body of a refused request', 'response/body-still-coming', {
    async refuse(request, response, { status, headers, body }) {
      response.writeHead(status, { ...headers })
      response.end(request.method === 'HEAD' ? undefined : body)
      request.resume()
    },
  }),
  adapterMutant('waits-for-body', 'refuses only once the body has come', 'response/body-never-sent', {
    async refuse(request, response, refusal) {
      request.resume()
      const ended = new Promise((resolve) => request.once('end', resolve))
      if (!request.complete) await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1_500))])
      return sendRefusal(request, response, refusal)
    },
  }),
  adapterMutant('custom-status', 'lets onRefused choose the status', 'response/custom-body-status', {
    guard(authenticator, optional, onRefused) {
      const statuses = new WeakMap<object, number>()
      const guard = referenceParts.guard.call(
        {
          ...this,
          refuse: (request: IncomingMessage, response: ServerResponse, refusal: ProblemResponse) =>
            this.refuse(request, response, { ...refusal, status: statuses.get(request) ?? refusal.status }),
        },
        authenticator,
        optional,
        onRefused &&
          ((problem, request) => {
            const made = onRefused(problem, request) as ReturnType<typeof onRefused> & { readonly status?: number }
            if (typeof made?.status === 'number') statuses.set(request, made.status)
            return made
          }),
      )
      return guard
    },
  }),
]

function refusalMutant(
  name: string,
  does: string,
  foundBy: string,
  change: (refusal: ProblemResponse, request: IncomingMessage) => ProblemResponse,
): Mutant {
  return adapterMutant(name, does, foundBy, {
    refuse: (request, response, refusal) => referenceParts.refuse(request, response, change(refusal, request)),
  })
}

function without(refusal: ProblemResponse, name: string): ProblemResponse {
  const { [name]: _, ...headers } = refusal.headers
  return { ...refusal, headers }
}

function withHeader(refusal: ProblemResponse, name: string, value: string): ProblemResponse {
  return { ...refusal, headers: { ...refusal.headers, [name]: value } }
}
