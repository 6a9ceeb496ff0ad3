/** A refusal as Koa's response. @module */
import { bodyIsPending, type ProblemResponse, sendRefusal } from '@countersign/core'
import type { Context } from 'koa'

/** Left to Koa, so that middleware outside sees it, unless part of the request is still coming: Koa would end the response at once. */
export async function refuse(ctx: Context, refusal: ProblemResponse): Promise<void> {
  if (await bodyIsPending(ctx.req)) {
    ctx.respond = false
    // A client that reads its refusal and stops sending has made no error that the application should hear of.
    ctx.onerror = () => {}
    return sendRefusal(ctx.req, ctx.res, refusal)
  }
  ctx.status = refusal.status
  ctx.body = refusal.body
  // One by one: Koa would set what an object inherits, too.
  for (const [name, value] of Object.entries(refusal.headers)) ctx.set(name, value)
}
