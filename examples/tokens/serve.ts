/** Starts everything on loopback, behind mutual TLS. @module */
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TokenVerifierOptions } from '@countersign/core/tokens'
import { getRequestListener } from '@hono/node-server'
import { createIssuer } from './issuer.ts'
import { createInvoices, createOrders } from './services.ts'
import type { World } from './world.ts'

export interface Running {
  readonly issuer: string
  readonly orders: string
  readonly invoices: string
  close(): void
}

/** @param fetchKeys how services reach the issuer's keys: here its CA is one of our own */
export async function serveAll(
  world: World,
  fetchKeys: NonNullable<Extract<TokenVerifierOptions['keys'], { url: string }>['fetch']>,
): Promise<Running> {
  const closers: (() => void)[] = []
  const listen = async (listener: RequestListener): Promise<string> => {
    // Anybody may complete the handshake: it proves who holds a key, and the middleware decides what that is worth.
    const server: Server = createServer({ ...world.server.tls, requestCert: true, rejectUnauthorized: false }, listener)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closers.push(() => {
      server.close()
      server.closeAllConnections()
    })
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const issuing = createIssuer(world)
  const issuer = await listen(issuing.app)
  const keys = { url: `${issuer}/.well-known/jwks.json`, fetch: fetchKeys }
  const orders = createOrders(world, keys)
  const invoices = createInvoices(world, keys)
  closers.push(issuing.close, orders.close, invoices.close)
  return {
    issuer,
    orders: await listen(orders.app.callback()),
    invoices: await listen(getRequestListener(invoices.app.fetch)),
    close: () => {
      for (const close of closers) close()
    },
  }
}
