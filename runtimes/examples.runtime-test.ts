/** examples/hono-bun and examples/hono-deno: behind a proxy, which the test plays, and ending mutual TLS themselves. @module */
import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { authorization, call, callHttp2, type Deployment, forwardedFields, prepareDeployment } from './deployment.ts'
import { RUNTIMES, type Started, start } from './programs.ts'

for (const runtime of RUNTIMES) {
  const example = resolve(import.meta.dirname, `../examples/hono-${runtime}`)

  describe(`examples/hono-${runtime}`, () => {
    let deployment: Deployment
    before(async () => {
      deployment = await prepareDeployment()
    })
    after(() => deployment.remove())

    describe('behind a proxy', () => {
      let api: Started
      before(async () => {
        api = await start(runtime, `${example}/main.ts`, [deployment.folder])
      })
      after(() => api?.stop())

      const ask = (fields: Readonly<Record<string, string>>) =>
        call(`${api.firstLine}/orders`, { 'x-forwarded-proto': 'https', ...fields })
      const key = () => authorization(deployment.partner.key)

      it('takes the certificate from the proxy', async () => {
        const fields = { ...key(), ...forwardedFields(deployment.partner.client) }
        assert.deepEqual(await ask(fields), { status: 200, body: { partner: 'acme' } })
      })

      it('refuses who has none, who has one of no CA, and an alias of the field', async () => {
        const [nobody, stranger, alias] = [
          await ask(key()),
          await ask({ ...key(), ...forwardedFields(deployment.stranger) }),
          await ask({ ...key(), client_cert: forwardedFields(deployment.partner.client)['client-cert'] as string }),
        ]
        assert.deepEqual([nobody.status, nobody.body.code], [401, 'credentials-missing'])
        assert.deepEqual([stranger.status, stranger.body.code], [401, 'credentials-invalid'])
        assert.deepEqual([alias.status, alias.body.code], [400, 'credentials-malformed'])
      })

      it('is not deceived by a request line that says https', async () => {
        for (const target of ['/orders', 'https://api.example/orders']) {
          const { status, body } = await call(`${api.firstLine}/orders`, key(), {}, target)
          assert.deepEqual([status, body.code], [403, 'insecure-transport'])
        }
      })
    })

    for (const [script, send] of [
      ['mutual-tls.ts', call],
      ['http2.ts', callHttp2],
    ] as const) {
      describe(`ending mutual TLS itself, by ${script}`, () => {
        let api: Started
        before(async () => {
          api = await start(runtime, `${example}/${script}`, [deployment.folder])
        })
        after(() => api?.stop())

        const ask = (client?: Deployment['stranger']) =>
          send(`${api.firstLine}/orders`, authorization(deployment.partner.key), { ca: deployment.ca, client })

        it('takes the certificate from the connection', async () => {
          assert.deepEqual(await ask(deployment.partner.client), { status: 200, body: { partner: 'acme' } })
        })

        it('refuses who has none, and one of no CA, with an answer', async () => {
          const [nobody, stranger] = [await ask(), await ask(deployment.stranger)]
          assert.deepEqual([nobody.status, nobody.body.code], [401, 'credentials-missing'])
          assert.deepEqual([stranger.status, stranger.body.code], [401, 'credentials-invalid'])
        })
      })
    }
  })
}
