/** An API in Express behind nginx. @module */
import { join } from 'node:path'
import { anchorFiles, crlFiles, fileRegistry } from '@countersign/core/node'
import { forwarded } from '@countersign/core/sources'
import { countersign, principalOf, requireScopes } from '@countersign/express'
import { type Application, type Example, PROXY_ADDRESS } from 'countersign-behind-proxy'
import express from 'express'

export const example: Example = {
  proxy: 'nginx',
  start: (folder) => ['nginx', '-p', '/usr/share/nginx/', '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'],
  application: createApp,
}

/** Behind nginx only the source differs from an API that ends TLS itself. */
export function createApp(folder: string): Application {
  const registry = fileRegistry(join(folder, 'partners.json'))
  const guard = countersign({
    certificate: {
      anchors: anchorFiles(join(folder, 'anchors')),
      revocation: crlFiles(join(folder, 'crls')),
      source: forwarded('nginx', { from: [PROXY_ADDRESS] }),
    },
    key: { registry },
  })
  const close = async () => {
    guard.authenticator.close()
    await registry.close()
  }

  const app = express()
  app.use(guard)
  app.get('/orders', requireScopes('orders:read'), (req, res) => {
    res.json({ partner: principalOf(req).partner.id })
  })
  return { listener: app, close }
}
