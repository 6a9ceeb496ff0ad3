/** What fetching CRLs and OCSP answers asks of a runtime, and what it must never do. @module */

export interface FetchRequest {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Octets of a body beyond which the fetch fails, whatever the server announced. */
  readonly maxOctets: number
  /** For everything together: a server that drips is cut off like one that is silent. */
  readonly timeoutMilliseconds: number
  readonly signal: AbortSignal
}

export interface FetchResponse {
  readonly status: number
  /** Lower-case names. */
  header(name: string): string | undefined
  readonly body: Uint8Array
}

/**
 * Never follows a redirect to another host, never decompresses, and lets no address be reached that it was not told of.
 * Rejects with a `FetchError`.
 */
export type Fetcher = (request: FetchRequest) => Promise<FetchResponse>

export type FetchErrorCode =
  | 'fetch-timeout'
  /** DNS, TCP or TLS. */
  | 'fetch-network'
  /** A private, link-local, loopback or otherwise special address. */
  | 'fetch-address'
  /** Not http or https, with user information, or not on the list. */
  | 'fetch-url'
  | 'fetch-redirect'
  | 'fetch-status'
  | 'fetch-oversized'
  /** Compressed, or of a type that cannot be what was asked for. */
  | 'fetch-content'
  | 'fetch-aborted'

/** Its message names the rule and never repeats what a server said. */
export class FetchError extends Error {
  override readonly name = 'FetchError'
  readonly code: FetchErrorCode
  readonly status: number | undefined
  constructor(code: FetchErrorCode, detail: string, status?: number) {
    super(`${code}: ${detail}`)
    this.code = code
    this.status = status
  }
}

/** One list of some million entries over a slow line takes longer; then the option says so. */
export const DEFAULT_TIMEOUT_SECONDS = 10

/** A list of a million entries has 35 to 40 megabytes. */
export const DEFAULT_CRL_OCTETS: number = 64 * 1024 * 1024

/** @throws FetchError `fetch-url` for anything but a plain http or https URL */
export function parseFetchUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new FetchError('fetch-url', 'not an http or https URL')
  }
  if (url.username !== '' || url.password !== '') throw new FetchError('fetch-url', 'it carries user information')
  return url
}
