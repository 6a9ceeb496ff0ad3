/** What @hono/node-server hands over with a Fetch request, recognised by its shape: nothing here imports Node. @module */
import type { NodeRequest, NodeResponse } from './node-exchange.ts'
import type { BodyReader } from './unread-body.ts'

export interface NodeBindings {
  readonly incoming: NodeRequest & BodyReader
  /** The response; where a connection is being upgraded there is none, and its socket tells of the end. */
  readonly outgoing: NodeResponse
}

/** `undefined` on other runtimes, and where there is no connection. */
export function nodeBindings(platform: unknown): NodeBindings | undefined {
  const { incoming, outgoing } = (platform ?? {}) as {
    incoming?: Partial<NodeRequest>
    outgoing?: Partial<NodeResponse>
  }
  if (!Array.isArray(incoming?.rawHeaders) || typeof incoming.socket !== 'object' || incoming.socket === null)
    return undefined
  return {
    incoming: incoming as NodeBindings['incoming'],
    outgoing: (typeof outgoing?.once === 'function' ? outgoing : incoming.socket) as NodeResponse,
  }
}
