/** A refusal as a Fetch API response, body of the request still coming or not. @module */
import { nodeBindings } from './node-bindings.ts'
import type { FinishedRefusal } from './send-refusal.ts'
import { type BodyReader, bodyIsPending, drainBody } from './unread-body.ts'

/** @param platform as handed to `fetchExchange` */
export async function fetchRefusal({ status, headers, body }: FinishedRefusal, platform: unknown): Promise<Response> {
  const incoming = nodeBindings(platform)?.incoming
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
