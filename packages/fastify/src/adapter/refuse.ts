/** A refusal as Fastify's reply. @module */
import { bodyIsPending, type FinishedRefusal, sendRefusal } from '@countersign/core'
import type { GuardedReply, GuardedRequest } from './fastify-types.ts'

/** Left to Fastify, so that its hooks see it, unless part of the request is still coming: Fastify would end the response at once. */
export async function refuse(request: GuardedRequest, reply: GuardedReply, refusal: FinishedRefusal): Promise<void> {
  const pending = await bodyIsPending(request.raw)
  if (reply.sent) return
  if (!pending) {
    reply.code(refusal.status)
    reply.headers({ ...refusal.headers })
    // Octets, because text would pass through the serializer of the application.
    reply.send(new TextEncoder().encode(refusal.body))
    return
  }
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value)
  }
  await sendRefusal(request.raw, reply.raw, refusal)
}
