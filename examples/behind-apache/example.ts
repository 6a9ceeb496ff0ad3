/** An API in Hono behind Apache httpd. @module */
import { join } from 'node:path'
import { anchorFiles, crlFiles, fileRegistry } from '@countersign/core/node'
import { rfc9440 } from '@countersign/core/sources'
import { countersign, requireScopes } from '@countersign/hono'
import { getRequestListener } from '@hono/node-server'
import { type Application, type Example, PROXY_ADDRESS } from 'countersign-behind-proxy'
import { Hono } from 'hono'

export const example: Example = {
  proxy: 'apache',
  start: (folder) => ['apache2', '-f', join(folder, 'apache.conf'), '-DFOREGROUND'],
  application: createApp,
}

/** Behind Apache only the source differs from an API that ends TLS itself. */
export function createApp(folder: string): Application {
  const registry = fileRegistry(join(folder, 'partners.json'))
  const guard = countersign({
    certificate: {
      anchors: anchorFiles(join(folder, 'anchors')),
      revocation: crlFiles(join(folder, 'crls')),
      source: rfc9440({ from: [PROXY_ADDRESS] }),
    },
    key: { registry },
  })
  const close = async () => {
    guard.authenticator.close()
    await registry.close()
  }

  const app = new Hono()
    .use(guard)
    .get('/orders', requireScopes('orders:read'), (c) => c.json({ partner: c.var.principal.partner.id }))
  return { listener: getRequestListener(app.fetch), close }
}
