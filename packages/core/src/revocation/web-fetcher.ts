/**
 * Fetching with the runtime's own `fetch`. It cannot see which address a name resolves to, and so is for URLs that an
 * operator listed in full, never for those that a certificate names.
 * @module
 */
import { FetchError, type FetchRequest, type FetchResponse, parseFetchUrl } from './fetcher.ts'

export async function webFetcher(request: FetchRequest): Promise<FetchResponse> {
  const { method, headers, body, maxOctets, timeoutMilliseconds, signal } = request
  const url = parseFetchUrl(request.url)
  const timeout = AbortSignal.timeout(timeoutMilliseconds)
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, 'accept-encoding': 'identity' },
      // A redirect is answered as it is: what was listed is what is asked.
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.any([timeout, signal]),
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    } as RequestInit)
    if (
      response.type === 'opaqueredirect' ||
      (response.status >= 300 && response.status < 400 && response.status !== 304)
    ) {
      throw new FetchError('fetch-redirect', 'a listed URL is not followed elsewhere', response.status)
    }
    const encoding = response.headers.get('content-encoding')
    if (encoding !== null && encoding !== 'identity') throw new FetchError('fetch-content', 'the body is compressed')
    return {
      status: response.status,
      header: (name) => response.headers.get(name) ?? undefined,
      body: await readBody(response, maxOctets),
    }
  } catch (error) {
    if (error instanceof FetchError) throw error
    if (timeout.aborted) throw new FetchError('fetch-timeout', `no answer within ${timeoutMilliseconds} ms`)
    if (signal.aborted) throw new FetchError('fetch-aborted', 'it was given up')
    throw new FetchError('fetch-network', error instanceof Error ? error.name : 'failed')
  }
}

async function readBody(response: Response, maxOctets: number): Promise<Uint8Array> {
  if (Number(response.headers.get('content-length') ?? 0) > maxOctets) throw tooLarge(maxOctets)
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += part.length
    if (length > maxOctets) throw tooLarge(maxOctets)
    parts.push(part)
  }
  const body = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    body.set(part, offset)
    offset += part.length
  }
  return body
}

function tooLarge(maxOctets: number): FetchError {
  return new FetchError('fetch-oversized', `more than ${maxOctets} octets`)
}
