/** A refusal as Hono's response. @module */
import { fetchRefusal, type ProblemResponse } from '@countersign/core'
import type { Context } from 'hono'

export function refuse(c: Context, refusal: ProblemResponse): Promise<Response> {
  return fetchRefusal(refusal, c.env)
}
