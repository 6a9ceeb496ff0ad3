/** Adapters that convert wrongly, in or out. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { bodyIsPending, type Exchange, type Principal, type ProblemResponse, sendRefusal } from '@countersign/core'
import { admissions, referenceParts } from '../reference-adapter.ts'
import { adapterMutant, exchangeMutant, type Mutant } from './mutant.ts'

export const adapterMutants: readonly Mutant[] = [
  // What is read of a request
  exchangeMutant(
    'first-of-two',
    'reads the first of two lines of one field',
    'framing/authorization-twice-good-first',
    headersBy((all) => all.slice(0, 1)),
  ),
  exchangeMutant(
    'last-of-two',
    'reads the last of two lines of one field',
    'framing/authorization-twice-good-last',
    headersBy((all) => all.slice(-1)),
  ),
  exchangeMutant(
    'joined-lines',
    'joins the lines of one field',
    'accept/forwarded-chain-lines',
    headersBy((all) => (all.length > 1 ? [all.join(';')] : all)),
  ),
  adapterMutant('node-headers', "reads Node's merged headers instead of the raw ones", 'missing/prototype-pollution', {
    toExchange(request, response) {
      const exchange = referenceParts.toExchange(request, response)
      return { ...exchange, headers: { all: (name) => [request.headers[name] ?? []].flat() } }
    },
  }),
  adapterMutant('exact-field-names', 'takes field names to the letter', 'accept/field-name-case', {
    toExchange(request, response) {
      const exchange = referenceParts.toExchange(request, response)
      const titled = (name: string) => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
      const all = (name: string) =>
        request.rawHeaders.filter(
          (_, at) => at % 2 === 1 && [titled(name), name].includes(request.rawHeaders[at - 1] ?? ''),
        )
      return { ...exchange, headers: { all } }
    },
  }),
  exchangeMutant(
    'trimmed-values',
    'trims more than optional white space from values',
    'key/form-no-break-space',
    headersBy((all) => all.map((value) => value.trim())),
  ),
  exchangeMutant(
    'decoded-values',
    'decodes escapes in values',
    'key/form-escaped',
    headersBy((all) => all.map((value) => value.replaceAll('%5F', '_'))),
  ),
  adapterMutant('trailers', 'reads trailers like headers', 'missing/key-in-trailer', {
    guard(authenticator, optional, onRefused) {
      const guard = referenceParts.guard.call(this, authenticator, optional, onRefused)
      return async (request, response, next) => {
        if (request.headers.trailer !== undefined) {
          const chunks: Buffer[] = []
          for await (const chunk of request) chunks.push(chunk as Buffer)
          request.rawHeaders.push(...request.rawTrailers)
        }
        await guard(request, response, next)
      }
    },
  }),
  exchangeMutant('cookie-keys', 'reads a key from a cookie', 'missing/key-in-cookie', (exchange) => {
    const [cookie] = exchange.headers.all('cookie')
    const key = /(?:^|; )key=([^;]+)/.exec(cookie ?? '')?.[1]
    return withField(exchange, 'authorization', key === undefined ? undefined : `Bearer ${key}`)
  }),
  exchangeMutant('query-keys', 'reads a key from the query', 'exposure/query-alone', (exchange) => {
    const key = /[?&]api_key=([^&]+)/.exec(exchange.target)?.[1]
    if (key === undefined) return exchange
    return { ...withField(exchange, 'authorization', `Bearer ${key}`), target: exchange.target.split('?')[0] ?? '' }
  }),
  exchangeMutant('no-query', 'leaves the query out of the target', 'exposure/query', (exchange) => ({
    ...exchange,
    target: exchange.target.split('?')[0] ?? '',
  })),
  exchangeMutant('mount-cut-off', 'gives the path as a mounted router sees it', 'exposure/path', (exchange) => ({
    ...exchange,
    target: exchange.target.replace(/^\/tenants\/[^/]+/, ''),
  })),
  exchangeMutant('upper-case-methods', 'gives every method as GET', 'response/method-post', (exchange) => ({
    ...exchange,
    method: 'GET',
  })),

  // Who is at the other end
  exchangeMutant('always-encrypted', 'takes every connection for TLS', 'transport/plain', (exchange) =>
    exchange.peer.kind === 'tcp' ? { ...exchange, peer: { ...exchange.peer, encrypted: true } } : exchange,
  ),
  exchangeMutant(
    'believes-proto',
    'believes X-Forwarded-Proto of anybody',
    'transport/spoofed-forwarded-proto',
    (exchange) => {
      const encrypted = exchange.headers.all('x-forwarded-proto')[0] === 'https'
      return exchange.peer.kind === 'tcp' && encrypted
        ? { ...exchange, peer: { ...exchange.peer, encrypted } }
        : exchange
    },
  ),
  exchangeMutant(
    'believes-for',
    'believes X-Forwarded-For of anybody',
    'forwarded/spoofed-x-forwarded-for',
    (exchange) => {
      const [address] = exchange.headers.all('x-forwarded-for')
      if (exchange.peer.kind !== 'tcp' || address === undefined) return exchange
      return { ...exchange, peer: { ...exchange.peer, address } }
    },
  ),
  exchangeMutant('hop-from-anywhere', 'gives every peer the address of a hop', 'forwarded/untrusted-hop', (exchange) =>
    exchange.peer.kind === 'tcp' ? { ...exchange, peer: { ...exchange.peer, address: '10.0.0.1' } } : exchange,
  ),
  exchangeMutant(
    'loopback-for-unknown',
    'takes a peer without an address for one on this machine',
    'transport/unix-range-hop',
    (exchange) =>
      exchange.peer.kind === 'tcp'
        ? exchange
        : { ...exchange, peer: { kind: 'tcp', address: '127.0.0.1', encrypted: false, certificates: [] } },
  ),
  adapterMutant('authorized', 'asks socket.authorized for a certificate', 'accept/pair', {
    toExchange(request, response) {
      const exchange = referenceParts.toExchange(request, response)
      const { authorized } = request.socket as { readonly authorized?: boolean }
      if (exchange.peer.kind !== 'tcp' || authorized === true) return exchange
      return { ...exchange, peer: { ...exchange.peer, certificates: [] } }
    },
  }),
  adapterMutant('no-end', 'does not tell when a response is over', 'stream/client-gone', {
    toExchange(request, response) {
      const { onEnd: _, ...exchange } = referenceParts.toExchange(request, response)
      return exchange
    },
  }),

  // What becomes of the answer
  adapterMutant('next-after-refusal', 'calls the handler after a refusal', 'missing/both', {
    guard(authenticator, optional, onRefused) {
      return async (request, response, next) => {
        const exchange = this.toExchange(request, response)
        const admission = await admissions.admit(request, exchange, { authenticator, optional, onRefused })
        if (!admission.ok) await this.refuse(request, response, admission.response)
        await next()
      }
    },
    principalOf: principalOrNobody,
  }),
  adapterMutant('promise-is-truthy', 'takes a promise of an answer for a good one', 'registry-fault/key-never', {
    guard(authenticator, optional, onRefused) {
      return async (request, response, next) => {
        const exchange = this.toExchange(request, response)
        const admission = admissions.admit(request, exchange, { authenticator, optional, onRefused })
        if ('ok' in admission && !admission.ok) await this.refuse(request, response, admission.response)
        else await next()
      }
    },
    principalOf: principalOrNobody,
  }),
  adapterMutant('fails-open', 'lets through whom it cannot judge at the moment', 'revocation/unknown-source-failed', {
    guard(authenticator, optional, onRefused) {
      return async (request, response, next) => {
        const exchange = this.toExchange(request, response)
        const admission = await admissions.admit(request, exchange, { authenticator, optional, onRefused })
        if (admission.ok || admission.response.status === 503) await next()
        else await this.refuse(request, response, admission.response)
      }
    },
    principalOf: principalOrNobody,
  }),
  ...['OPTIONS', 'HEAD'].map((method) =>
    adapterMutant(
      `${method.toLowerCase()}-exempt`,
      `asks nothing of ${method}`,
      `response/method-${method.toLowerCase()}`,
      {
        guard(authenticator, optional, onRefused) {
          const guard = referenceParts.guard.call(this, authenticator, optional, onRefused)
          return (request, response, next) => (request.method === method ? next() : guard(request, response, next))
        },
        principalOf: principalOrNobody,
      },
    ),
  ),
  adapterMutant('once-a-request', 'does not decide anew where it runs twice', 'framework/twice-anew', {
    guard(authenticator, optional, onRefused) {
      const guard = referenceParts.guard.call(this, authenticator, optional, onRefused)
      return (request, response, next) => {
        if (seen.has(request)) return next()
        return guard(request, response, () => {
          seen.add(request)
          return next()
        })
      }
    },
  }),
  adapterMutant('once-a-connection', 'decides once for each connection', 'connection/key-revoked', {
    guard(authenticator, optional, onRefused) {
      return async (request, response, next) => {
        const known = bySocket.get(request.socket)
        if (known !== undefined) {
          byRequest.set(request, known)
          return next()
        }
        const exchange = this.toExchange(request, response)
        const admission = await admissions.admit(request, exchange, { authenticator, optional, onRefused })
        if (!admission.ok) return this.refuse(request, response, admission.response)
        if (admission.principal !== undefined) {
          bySocket.set(request.socket, admission.principal)
          byRequest.set(request, admission.principal)
        }
        return next()
      }
    },
    requireScopes: () => (_request, _response, next) => next(),
    principalOf: (request) => byRequest.get(request),
  }),
  adapterMutant('one-principal', 'keeps the principal of the last request', 'concurrency/connections', {
    guard(authenticator, optional, onRefused) {
      const guard = referenceParts.guard.call(this, authenticator, optional, onRefused)
      return (request, response, next) =>
        guard(request, response, async () => {
          last = referenceParts.principalOf(request)
          await new Promise((resolve) => setTimeout(resolve, 2))
          return next()
        })
    },
    principalOf: () => last,
  }),
  adapterMutant('optional-forgives', 'takes whom the optional guard refuses for nobody', 'optional/wrong-key', {
    guard(authenticator, optional, onRefused) {
      const guard = referenceParts.guard.call(this, authenticator, optional, onRefused)
      if (!optional) return guard
      return async (request, response, next) => {
        const exchange = this.toExchange(request, response)
        await admissions.admit(request, exchange, { authenticator, optional, onRefused })
        return next()
      }
    },
    principalOf: principalOrNobody,
  }),
  adapterMutant('refusals-as-errors', 'throws its refusals for the framework to catch', 'missing/both', {
    refuse: async () => {
      throw new Error('refused')
    },
  }),

  // Scopes
  adapterMutant('any-scope', 'is content with one scope of several', 'scopes/one-of-several', {
    requireScopes(scopes) {
      const checks = scopes.map((scope) => referenceParts.requireScopes.call(this, [scope]))
      if (checks.length === 1 || scopes.length === 0) return referenceParts.requireScopes.call(this, scopes)
      return (request, response, next) => {
        const held = referenceParts.principalOf(request)?.scopes
        const guard = checks.find((_, at) => held?.has(scopes[at] ?? '')) ?? checks[0]
        return guard?.(request, response, next) ?? Promise.resolve()
      }
    },
  }),
  adapterMutant('public-principal', 'looks for the principal where anybody can put one', 'scopes/forged-principal', {
    requireScopes(scopes) {
      const guard = referenceParts.requireScopes.call(this, scopes)
      return (request, response, next) => {
        const { principal } = request as { readonly principal?: Principal }
        if (typeof principal === 'object' && scopes.every((scope) => principal.scopes.has(scope))) return next()
        return guard(request, response, next)
      }
    },
  }),
  adapterMutant('scopes-without-guard', 'asks for no scopes where no guard has run', 'scopes/guard-missing', {
    requireScopes(scopes) {
      const guard = referenceParts.requireScopes.call(this, scopes)
      return (request, response, next) => {
        try {
          referenceParts.principalOf(request)
        } catch {
          return next()
        }
        return guard(request, response, next)
      }
    },
  }),
  adapterMutant('no-scopes-allowed', 'takes an empty list of scopes', 'construction/no-scopes', {
    requireScopes(scopes) {
      return scopes.length === 0
        ? (_request, _response, next) => next()
        : referenceParts.requireScopes.call(this, scopes)
    },
  }),

  // What goes out
  refusalMutant('unavailable-as-401', 'answers 401 for 503', 'registry-fault/key-throws', (refusal) =>
    refusal.status === 503 ? { ...refusal, status: 401 } : refusal,
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

const seen = new WeakSet<IncomingMessage>()
const bySocket = new WeakMap<object, Principal>()
const byRequest = new WeakMap<IncomingMessage, Principal>()
let last: Principal | undefined

function headersBy(change: (all: readonly string[]) => readonly string[]): (exchange: Exchange) => Exchange {
  return (exchange) => ({ ...exchange, headers: { all: (name) => change(exchange.headers.all(name)) } })
}

function withField(exchange: Exchange, field: string, value: string | undefined): Exchange {
  if (value === undefined) return exchange
  return { ...exchange, headers: { all: (name) => (name === field ? [value] : exchange.headers.all(name)) } }
}

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

/** Handlers of a wrong adapter run for whom nobody let in. */
function principalOrNobody(request: IncomingMessage): Principal | undefined {
  try {
    return admissions.principalOf(request, 'certificate-or-key')
  } catch {
    return undefined
  }
}
