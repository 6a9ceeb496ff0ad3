/** Serving a token issuer in any framework: the body read within its limit, the answer complete. Loads no JOSE library. @module */
import type { Exchange } from '../exchange/exchange.ts'
import type { IssuerResponse, TokenIssuer } from './issuer-endpoints.ts'

/**
 * Never rejects. A body that another middleware has read is no longer there to be read: the issuer stands before body parsers.
 * @param body the octets as they come: Node's request, or the body of a Fetch request
 */
export async function serveIssuer(
  issuer: TokenIssuer,
  exchange: Exchange,
  body: AsyncIterable<Uint8Array> | null | undefined,
): Promise<IssuerResponse> {
  try {
    const text = exchange.method === 'POST' && body != null ? await readBody(exchange, body, issuer.bodyLimitBytes) : ''
    return text === undefined ? TOO_LARGE : await issuer.respond(exchange, text)
  } catch {
    return FAILED
  }
}

/** `undefined` beyond the limit; then the rest is left unread, and the connection ends with the answer. */
async function readBody(
  exchange: Exchange,
  body: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<string | undefined> {
  if (Number(exchange.headers.all('content-length')[0] ?? 0) > limit) return undefined
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const chunks = body[Symbol.asyncIterator]()
  let text = ''
  let length = 0
  for (;;) {
    // Not `for await`: leaving that early would destroy Node's request, and the answer with it.
    const { done, value } = await chunks.next()
    if (done === true) return text + decoder.decode()
    length += value.length
    if (length > limit) return undefined
    text += decoder.decode(value, { stream: true })
  }
}

const TOO_LARGE = failure(413, 'invalid_request')
const FAILED = failure(500, 'server_error')

function failure(status: number, error: string): IssuerResponse {
  const body = JSON.stringify({ error })
  return {
    status,
    headers: { 'content-type': 'application/json', 'content-length': String(body.length), 'cache-control': 'no-store' },
    body,
  }
}
