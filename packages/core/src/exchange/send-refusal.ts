/** A refusal on Node's response object, HTTP/1.1 and HTTP/2 alike, body of the request still coming or not. @module */
import { type BodyReader, bodyIsPending, drainBody } from './unread-body.ts'

/** The part of `http.IncomingMessage` and `http2.Http2ServerRequest` that is used. */
export interface RefusedRequest extends BodyReader {
  readonly method?: string | undefined
}

/** The part of `http.ServerResponse` and `http2.Http2ServerResponse` that is used. */
export interface RefusalWriter {
  readonly headersSent: boolean
  writeHead(status: number, headers: Record<string, string>): unknown
  flushHeaders?(): void
  write(body: string): unknown
  end(): unknown
  end(body: string): unknown
}

/** What a problem looks like as a response, `content-length` included. */
export interface FinishedRefusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * Never throws and never rejects; resolves when everything was handed to the connection. Where a response was begun by
 * somebody else, nothing is written: it is theirs to end.
 */
export async function sendRefusal(
  request: RefusedRequest,
  response: RefusalWriter,
  refusal: FinishedRefusal,
): Promise<void> {
  const pending = await bodyIsPending(request)
  if (response.headersSent) return
  const { status, headers } = refusal
  // Over HTTP/2, Node takes a body for a HEAD request as a mistake.
  const body = request.method === 'HEAD' ? undefined : refusal.body
  const stream = streamOf(response)
  if (stream !== undefined || !pending) {
    response.writeHead(status, { ...headers })
    if (body === undefined) response.end()
    else response.end(body)
    if (pending && stream !== undefined) stream.once('finish', () => setTimeout(() => stream.close()))
    return
  }
  response.writeHead(status, { ...headers, connection: 'close' })
  response.flushHeaders?.()
  if (body !== undefined) response.write(body)
  // Node destroys the socket as soon as a response with `Connection: close` has ended, and a client that still sends would lose it.
  await drainBody(request)
  response.end()
}

interface Http2Stream {
  once(event: 'finish', listener: () => void): unknown
  /** Without a code: NO_ERROR. */
  close(): void
}

/**
 * HTTP/2 has no `Connection` field, and ends a stream without ending its connection: after a complete response, a server
 * may ask the client to stop sending, with NO_ERROR (RFC 9113 §8.1). Where that arrives in one piece with the response,
 * Node's own client never lets go of the stream.
 */
function streamOf(response: RefusalWriter): Http2Stream | undefined {
  const { stream } = response as { stream?: Partial<Http2Stream> | null }
  return typeof stream?.close === 'function' ? (stream as Http2Stream) : undefined
}
