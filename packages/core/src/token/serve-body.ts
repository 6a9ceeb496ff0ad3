/** The body of a request to the token issuer, read within its limit, in any framework. @module */
import type { Exchange } from '../exchange/exchange.ts'
import type { IssuerResponse, RequestBody } from './issuer-endpoints.ts'

/** Never rejects. */
export async function serveBody(
  exchange: Exchange,
  body: RequestBody,
  limitBytes: number,
  respond: (text: string) => Promise<IssuerResponse>,
): Promise<IssuerResponse> {
  try {
    const text = exchange.method === 'POST' && body != null ? await readBody(exchange, body, limitBytes) : ''
    return text === undefined ? TOO_LARGE : await respond(text)
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
