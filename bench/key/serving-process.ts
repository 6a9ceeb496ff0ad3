/**
 * A server for `bench/key.ts`: the same requests over TLS, decided with partners in memory and with a cache in front of Redis.
 * Says on demand how much processor time it has used.
 * @module
 */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAuthenticator, nodeExchange } from '@countersign/core'
import { cached, memoryRegistry, type Registry, type RegistryAdmin } from '@countersign/core/registry'
import { redisRegistry } from '@countersign/redis'
import { createAuthority } from '@countersign/testing'
import { createClient } from 'redis'

export interface ServingOrder {
  readonly url: string
  readonly keyPrefix: string
}

export interface Serving {
  readonly ca: string
  readonly cert: string
  readonly key: string
  readonly servers: readonly { readonly name: string; readonly port: number; readonly apiKey: string }[]
}

/** Microseconds, of the whole process since it began. */
export interface Used {
  readonly cpu: number
}

process.once('message', async ({ url, keyPrefix }: ServingOrder) => {
  const authority = await createAuthority()
  const client = await authority.issueClient()
  const tls = { ...(await authority.issueServer()).tls, requestCert: true, rejectUnauthorized: false }
  const redis = await createClient({ url }).connect()

  async function serve(name: string, registry: RegistryAdmin, wrap: (registry: RegistryAdmin) => Registry) {
    await registry.createPartner({ id: 'acme', rules: [{ kind: 'public-key', value: client.publicKeyHash }] })
    const { key: apiKey } = await registry.issueKey({ partnerId: 'acme' })
    const certificate = { anchors: authority.certificate.pem, revocation: 'unchecked' } as const
    const authenticator = createAuthenticator({ certificate, key: { registry: wrap(registry) } })
    const server = createServer(tls, async (request, response) => {
      const decision = await authenticator.authenticate(nodeExchange(request))
      response.writeHead(decision.ok ? 204 : 500).end()
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    return { name, port: (server.address() as AddressInfo).port, apiKey }
  }

  const servers = [
    await serve('memory', memoryRegistry(), (registry) => registry),
    await serve('redis, cached', redisRegistry({ client: redis, keyPrefix }), (registry) => cached(registry)),
  ]
  process.send?.({ ca: authority.certificate.pem, ...client.tls, servers } satisfies Serving)
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpu: user + system } satisfies Used)
  })
  process.once('disconnect', () => process.exit())
})
