/** Hono's context as the core sees it. @module */
import { type Exchange, nodeExchange, webHeaders } from '@countersign/core'
import type { Context } from 'hono'
import { nodeBindings } from './node-bindings.ts'
import { runtimePeer } from './runtime-peer.ts'

/**
 * Away from Node there is no certificate to be had from the connection: a trusted hop forwards it, or the platform hands it over.
 * @param onEnd asked there when the response is over
 */
export function toExchange(c: Context, onEnd?: Exchange['onEnd']): Exchange {
  const node = nodeBindings(c)
  if (node !== undefined) return nodeExchange(node.incoming, node.incoming.url, node.outgoing)
  const { raw } = c.req
  return {
    method: raw.method,
    target: raw.url,
    headers: webHeaders(raw.headers),
    peer: runtimePeer(c),
    platform: { cf: (raw as { cf?: unknown }).cf, event: (c.env as { event?: unknown } | undefined)?.event },
    ...(onEnd === undefined ? {} : { onEnd }),
  }
}
