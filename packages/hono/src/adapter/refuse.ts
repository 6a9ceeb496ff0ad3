/** A refusal as Hono's response. @module */
import { type BodyReader, bodyIsPending, drainBody, type ProblemResponse } from '@countersign/core'
import type { Context } from 'hono'
import { nodeBindings } from './node-bindings.ts'

export async function refuse(c: Context, { status, headers, body }: ProblemResponse): Promise<Response> {
  const incoming = nodeBindings(c)?.incoming
  // HTTP/2 has no `Connection` field; the server resets the stream once the response is complete.
  if (incoming === undefined || 'stream' in incoming || !(await bodyIsPending(incoming))) {
    return new Response(body, { status, headers })
  }
  return new Response(endingAfter(incoming, body), { status, headers: { ...headers, connection: 'close' } })
}

/** All of the body at once, and its end, with which Node closes the socket, once the client can no longer miss it. */
function endingAfter(incoming: BodyReader, body: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(new TextEncoder().encode(body))
      await drainBody(incoming)
      controller.close()
    },
  })
}
