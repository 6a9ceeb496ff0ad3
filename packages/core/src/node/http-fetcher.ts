/**
 * Fetching over node:http and node:https, with an eye on where a name leads: the address is looked at after it was resolved,
 * and it is that very address which is connected to, so that no second answer of a DNS server can change it.
 * @module
 */
import { lookup as resolveName } from 'node:dns'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import {
  FetchError,
  type Fetcher,
  type FetchRequest,
  type FetchResponse,
  parseFetchUrl,
} from '../revocation/fetcher.ts'
import { isPublicAddress } from './public-address.ts'

export interface HttpFetcherOptions {
  /** Names and addresses that may be private, exactly as they stand in URLs, without a port. */
  readonly privateHosts: readonly string[]
  /** For tests: what a name resolves to. */
  readonly resolve?: (
    hostname: string,
    callback: (error: Error | null, addresses: readonly ResolvedAddress[]) => void,
  ) => void
}

export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

/** A CA that moved its list to https, or put a slash at its end. */
const MAX_REDIRECTS = 2

export function createHttpFetcher(options: HttpFetcherOptions): Fetcher {
  return async (request) => {
    let url = parseFetchUrl(request.url)
    for (let redirects = 0; ; redirects++) {
      const answer = await fetchOnce(url, request, options)
      if (!('redirect' in answer)) return answer
      if (redirects === MAX_REDIRECTS) throw new FetchError('fetch-redirect', 'too many redirects')
      url = redirectTarget(url, answer.redirect)
    }
  }
}

/** The same host, and the same port or the step from http to https. */
function redirectTarget(from: URL, location: string): URL {
  let to: URL
  try {
    to = parseFetchUrl(new URL(location, from).href)
  } catch {
    throw new FetchError('fetch-redirect', 'it leads nowhere')
  }
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:' && from.port === '' && to.port === ''
  if (to.hostname !== from.hostname || !(isUpgrade || (to.protocol === from.protocol && to.port === from.port))) {
    throw new FetchError('fetch-redirect', 'it leads to another host')
  }
  return to
}

function fetchOnce(
  url: URL,
  { method, headers, body, maxOctets, timeoutMilliseconds, signal }: FetchRequest,
  options: HttpFetcherOptions,
): Promise<FetchResponse | { readonly redirect: string }> {
  const isPrivateAllowed = options.privateHosts.includes(url.hostname)
  const literal = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
  // An address that is written out is never looked up.
  if (isIP(literal) !== 0 && !isPrivateAllowed && !isPublicAddress(literal)) return Promise.reject(forbidden())

  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const outgoing = send(url, {
      method,
      // No connection is kept: the next fetch is an hour away, and its address is looked at anew.
      agent: false,
      headers: {
        ...headers,
        'accept-encoding': 'identity',
        connection: 'close',
        ...(body === undefined ? {} : { 'content-length': body.length }),
      },
      lookup: guardedLookup(isPrivateAllowed, options.resolve ?? resolveAll),
    })
    const timer = setTimeout(
      () => fail(new FetchError('fetch-timeout', `not done within ${timeoutMilliseconds} ms`)),
      timeoutMilliseconds,
    )
    timer.unref()
    const abort = (): void => fail(new FetchError('fetch-aborted', 'it was given up'))
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()

    function fail(error: unknown): void {
      settle()
      outgoing.destroy()
      reject(error instanceof FetchError ? error : new FetchError('fetch-network', codeOf(error)))
    }
    function settle(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }

    outgoing.on('error', fail)
    outgoing.on('response', (incoming) => {
      // Its errors come before the request's, and say the same.
      incoming.on('error', fail)
      const status = incoming.statusCode ?? 0
      const { location } = incoming.headers
      if (status >= 300 && status < 400 && status !== 304) {
        if (location === undefined || method !== 'GET')
          return fail(new FetchError('fetch-redirect', 'it leads nowhere', status))
        settle()
        outgoing.destroy()
        return resolve({ redirect: location })
      }
      readBody(incoming, maxOctets, fail, (octets) => {
        settle()
        resolve({ status, header: (name) => headerOf(incoming, name), body: octets })
      })
    })
    outgoing.end(body)
  })
}

function readBody(
  incoming: IncomingMessage,
  maxOctets: number,
  fail: (error: FetchError) => void,
  done: (octets: Uint8Array) => void,
): void {
  const encoding = incoming.headers['content-encoding']
  const oversized = (): FetchError => new FetchError('fetch-oversized', `more than ${maxOctets} octets`)
  if (encoding !== undefined && encoding !== 'identity') {
    fail(new FetchError('fetch-content', 'the body is compressed'))
    return
  }
  const announced = Number(incoming.headers['content-length'] ?? 0)
  if (announced > maxOctets) {
    fail(oversized())
    return
  }
  // Room for all of it where the server said how much it is, so that a large list is not there twice.
  let body = new Uint8Array(announced)
  let length = 0
  incoming.on('data', (part: Uint8Array) => {
    if (length + part.length > maxOctets) {
      fail(oversized())
      return
    }
    if (length + part.length > body.length) body = grown(body, length + part.length, maxOctets)
    body.set(part, length)
    length += part.length
  })
  incoming.on('end', () => {
    // Cut off, without an error from the parser: a server that closes before what it announced.
    if (!incoming.complete) fail(new FetchError('fetch-network', 'the body is cut off'))
    else done(body.subarray(0, length))
  })
  incoming.on('aborted', () => fail(new FetchError('fetch-network', 'the body is cut off')))
}

/** Twice as large, so that each octet is moved about once. */
function grown(body: Uint8Array, needed: number, maxOctets: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(maxOctets, Math.max(needed, 2 * body.length, 16_384)))
  larger.set(body)
  return larger
}

/** Any special address among the answers refuses the name: nobody publishes both, and a rebinding server does. */
function guardedLookup(isPrivateAllowed: boolean, resolve: NonNullable<HttpFetcherOptions['resolve']>): LookupFunction {
  return (hostname, lookupOptions, callback) => {
    resolve(hostname, (error, addresses) => {
      if (error !== null) return callback(error, '', 0)
      const [first] = addresses
      if (first === undefined) return callback(new FetchError('fetch-network', 'the name has no address'), '', 0)
      if (!isPrivateAllowed && !addresses.every(({ address }) => isPublicAddress(address)))
        return callback(forbidden(), '', 0)
      if (lookupOptions.all === true) callback(null, [...addresses])
      else callback(null, first.address, first.family)
    })
  }
}

function resolveAll(
  hostname: string,
  callback: (error: Error | null, addresses: readonly ResolvedAddress[]) => void,
): void {
  resolveName(hostname, { all: true }, callback)
}

function forbidden(): FetchError {
  return new FetchError('fetch-address', 'it leads to a private or special address')
}

function headerOf(incoming: IncomingMessage, name: string): string | undefined {
  const value = incoming.headers[name]
  return Array.isArray(value) ? value[0] : value
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.name : 'failed')
}
