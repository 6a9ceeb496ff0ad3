/** The decision for a connection that is being upgraded, to WebSocket for instance (RFC 9110 §7.8), where no framework's middleware runs. @module */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { Admissions } from '../authenticate/admissions.ts'
import type { Authenticator } from '../authenticate/create-authenticator.ts'
import type { Principal } from '../authenticate/principal.ts'
import { nodeExchange } from '../exchange/node-exchange.ts'
import { drainBody } from '../exchange/unread-body.ts'
import type { Require } from '../policy/requirement.ts'
import type { OnRefused, ProblemResponse } from '../problem/problem-response.ts'

export interface UpgradeOptions {
  /** Makes the body of a refusal, and its type; nothing else of it. */
  readonly onRefused?: OnRefused<IncomingMessage>
}

/**
 * For the `upgrade` event of an HTTP/1.1 server. A refusal is answered on the socket, which is then closed. What a
 * WebSocket does later is not judged again: end it when `principal.signal` aborts.
 * @returns who was let in; `undefined`: it was refused, and there is nothing left to do
 * @example
 * server.on('upgrade', async (request, socket, head) => {
 *   const principal = await authenticateUpgrade(request, socket, authenticator)
 *   if (principal !== undefined) webSockets.handleUpgrade(request, socket, head, (ws) => serve(ws, principal))
 * })
 */
export async function authenticateUpgrade<R extends Require>(
  request: IncomingMessage,
  socket: Duplex,
  authenticator: Authenticator<R>,
  { onRefused }: UpgradeOptions = {},
): Promise<Principal<R> | undefined> {
  // The server has taken its own listeners away, and a connection that is reset meanwhile must not end the process.
  socket.on('error', ignore)
  const exchange = nodeExchange(request, request.url, socket)
  const admission = await new Admissions<IncomingMessage>().admit(request, exchange, {
    authenticator,
    optional: false,
    onRefused,
  })
  if (!admission.ok) {
    await refuse(socket, admission.response)
    return undefined
  }
  socket.off('error', ignore)
  return admission.principal
}

async function refuse(socket: Duplex, { status, headers, body }: ProblemResponse): Promise<void> {
  const fields = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${fields.join('')}\r\n${body}`)
  await drainBody(socket)
  socket.destroy()
}

function ignore(): void {}
