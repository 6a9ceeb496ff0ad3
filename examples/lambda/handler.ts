/** A Lambda function behind API Gateway. @module */
import { memoryRegistry } from '@countersign/core/registry'
import { apiGateway } from '@countersign/core/sources'
import { countersign, requireScopes } from '@countersign/hono'
import { Hono } from 'hono'
import { handle } from 'hono/aws-lambda'

/** In real life a store that all instances share: redisRegistry, postgresRegistry. */
export const registry = memoryRegistry()

/** @param anchors the CA of partners, PEM: the same that lies in the gateway's trust store */
export function createHandler(anchors: string) {
  const app = new Hono()
    .use(
      countersign({
        // The gateway checks no revocation; without lists that this function can read, it is said aloud that nobody does.
        certificate: { anchors, revocation: 'unchecked', source: apiGateway() },
        key: { registry },
      }),
    )
    .get('/orders', requireScopes('orders:read'), (c) => c.json({ partner: c.var.principal.partner.id }))
  return handle(app)
}
