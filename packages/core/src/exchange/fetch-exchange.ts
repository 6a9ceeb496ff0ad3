/** An Exchange from a Fetch API request and whatever its runtime hands over beside it. @module */
import type { Exchange } from './exchange.ts'
import { nodeBindings } from './node-bindings.ts'
import { nodeExchange } from './node-exchange.ts'
import { runtimePeer } from './runtime-peer.ts'
import { webHeaders } from './web-headers.ts'

/**
 * Away from Node there is no certificate to be had from the connection: a trusted hop forwards it, or the platform hands it over.
 * @param platform the second argument of a handler: Bun's server, Deno's info, the bindings of Workers or of @hono/node-server
 * @param onEnd asked there when the response is over
 */
export function fetchExchange(request: Request, platform: unknown, onEnd?: Exchange['onEnd']): Exchange {
  const node = nodeBindings(platform)
  if (node !== undefined) return nodeExchange(node.incoming, node.incoming.url, node.outgoing)
  return {
    method: request.method,
    target: request.url,
    headers: webHeaders(request.headers),
    peer: runtimePeer(request, platform),
    platform: {
      cf: (request as { cf?: unknown }).cf,
      event: (platform as { event?: unknown } | null | undefined)?.event,
    },
    ...(onEnd === undefined ? {} : { onEnd }),
  }
}
