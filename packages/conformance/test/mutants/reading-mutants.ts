import type { Exchange } from '@countersign/core'
import { referenceParts } from '../reference-adapter.ts'
import { adapterMutant, exchangeMutant, type Mutant } from './mutant.ts'

export const readingMutants: readonly Mutant[] = [
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
  adapterMutant('few-fields', 'looks at the first fifty fields alone', 'framing/many-fields-certificate', {
    toExchange(request, response) {
      const rawHeaders = request.rawHeaders.slice(0, 100)
      return referenceParts.toExchange(Object.create(request, { rawHeaders: { value: rawHeaders } }), response)
    },
  }),
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
]

function headersBy(change: (all: readonly string[]) => readonly string[]): (exchange: Exchange) => Exchange {
  return (exchange) => ({ ...exchange, headers: { all: (name) => change(exchange.headers.all(name)) } })
}

function withField(exchange: Exchange, field: string, value: string | undefined): Exchange {
  if (value === undefined) return exchange
  return { ...exchange, headers: { all: (name) => (name === field ? [value] : exchange.headers.all(name)) } }
}
