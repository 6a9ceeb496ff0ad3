/** One application three times, behind one port: below /express, /koa and /hono. @module */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Authenticator, createAuthenticator } from '@countersign/core'
import { crlFiles } from '@countersign/core/node'
import type { CertificateSource } from '@countersign/core/sources'
import { countersign as expressGuard, principalOf } from '@countersign/express'
import { countersign as honoGuard } from '@countersign/hono'
import { countersign as koaGuard } from '@countersign/koa'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import type { Partners } from './partners.ts'

export const FRAMEWORKS = ['express', 'koa', 'hono'] as const

export interface Application {
  readonly port: number
  /** The partners whose requests reached a handler. */
  readonly served: string[]
  close(): Promise<void>
}

export async function startApplication(source: CertificateSource, partners: Partners): Promise<Application> {
  const authenticator = createAuthenticator({
    certificate: {
      anchors: partners.authority.certificate.pem,
      revocation: crlFiles(partners.files.crl),
      source,
    },
    key: { registry: partners.registry },
  })
  const served: string[] = []
  const listeners: Readonly<Record<string, RequestListener>> = {
    express: expressApplication(authenticator, served),
    koa: koaApplication(authenticator, served),
    hono: honoApplication(authenticator, served),
  }
  const server = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    const listener = listeners[request.url?.split('/')[1] ?? '']
    if (listener === undefined) response.writeHead(404).end()
    else listener(request, response)
  })
  // Every address of loopback, so that a request can come from one that is no proxy.
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
  return { port: (server.address() as AddressInfo).port, served, close: () => close(server, authenticator) }
}

function expressApplication(authenticator: Authenticator<'certificate+key'>, served: string[]): RequestListener {
  const app = express()
  app.use(expressGuard(authenticator))
  app.use((req, res) => {
    served.push(principalOf(req).partner.id)
    res.json({ partner: principalOf(req).partner.id })
  })
  return app
}

function koaApplication(authenticator: Authenticator<'certificate+key'>, served: string[]): RequestListener {
  const app = new Koa()
  app.use(koaGuard(authenticator))
  app.use((ctx) => {
    served.push(ctx.state.principal.partner.id)
    ctx.body = { partner: ctx.state.principal.partner.id }
  })
  return app.callback()
}

function honoApplication(authenticator: Authenticator<'certificate+key'>, served: string[]): RequestListener {
  const app = new Hono().use(honoGuard(authenticator)).all('*', (c) => {
    served.push(c.var.principal.partner.id)
    return c.json({ partner: c.var.principal.partner.id })
  })
  return getRequestListener(app.fetch)
}

async function close(server: Server, authenticator: Authenticator): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  authenticator.close()
}
