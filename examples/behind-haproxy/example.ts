/** An API in Koa behind HAProxy. @module */
import { join } from 'node:path'
import { anchorFiles, crlFiles, fileRegistry } from '@countersign/core/node'
import { rfc9440 } from '@countersign/core/sources'
import { countersign, requireScopes } from '@countersign/koa'
import { type Application, type Example, PROXY_ADDRESS } from 'countersign-behind-proxy'
import Koa from 'koa'

export const example: Example = {
  proxy: 'haproxy',
  start: (folder) => ['haproxy', '-db', '-f', join(folder, 'haproxy.cfg')],
  application: createApp,
}

/** Behind HAProxy only the source differs from an API that ends TLS itself. */
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

  const app = new Koa()
  app.use(guard)
  app.use(requireScopes('orders:read'))
  app.use((ctx) => {
    ctx.body = { partner: ctx.state.principal.partner.id }
  })
  return { listener: app.callback(), close }
}
