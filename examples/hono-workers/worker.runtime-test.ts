/** The worker on workerd: what the edge says of the certificate comes in `request.cf`, partners and keys from KV. @module */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { memoryRegistry } from '@countersign/core/registry'
import { createAuthority, createSelfSigned, forwardAs, type IssuedCertificate } from '@countersign/testing'
import { build } from 'esbuild'

const { Miniflare } = createRequire(new URL('../../runtimes/package.json', import.meta.url))('miniflare')

describe('examples/hono-workers on workerd', () => {
  let worker: InstanceType<typeof Miniflare>
  let acme: IssuedCertificate
  let rogue: IssuedCertificate
  let key: string

  before(async () => {
    const authority = await createAuthority({ name: 'Partners' })
    const spiffe = 'spiffe://acme.example/orders'
    acme = await authority.issueClient({ name: 'acme', spiffe })
    rogue = await createSelfSigned({ name: 'acme', spiffe })
    const registry = memoryRegistry()
    await registry.createPartner({ id: 'acme', rules: [{ kind: 'san-uri', value: spiffe }], scopes: ['orders:read'] })
    const issued = await registry.issueKey({ partnerId: 'acme' })
    key = issued.key
    const snapshot = await registry.findKey(issued.record.id, new AbortController().signal)

    const bundle = await build({
      entryPoints: [resolve(import.meta.dirname, 'worker.ts')],
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2024',
      conditions: ['workerd', '@countersign/source'],
    })
    worker = new Miniflare({
      modules: true,
      script: bundle.outputFiles[0]?.text ?? '',
      compatibilityDate: '2026-07-01',
      cf: false,
      bindings: { ANCHORS: authority.certificate.pem },
      kvNamespaces: ['PARTNERS'],
    })
    const store = await worker.getKVNamespace('PARTNERS')
    await store.put(`key:${issued.record.id}`, JSON.stringify(snapshot?.key))
    await store.put('partner:acme', JSON.stringify(snapshot?.partner))
  })

  after(() => worker?.dispose())

  const presented = (client: IssuedCertificate) => ({
    certPresented: '1',
    certVerified: 'SUCCESS',
    certRevoked: '0',
    certRFC9440: forwardAs('rfc9440', client, { chain: 'none' })['Client-Cert'],
    certChainRFC9440: '',
  })

  async function ask(
    tlsClientAuth: object | undefined,
    headers: Record<string, string> = { authorization: `Bearer ${key}` },
    tlsVersion = 'TLSv1.3',
  ): Promise<readonly [number, string | undefined]> {
    const cf = { tlsVersion, ...(tlsClientAuth === undefined ? {} : { tlsClientAuth }) }
    const response = await worker.dispatchFetch('https://api.example/orders', { headers, cf })
    const body = await response.json()
    return [response.status, body.partner ?? body.code]
  }

  it('lets a partner in, again and again', async () => {
    assert.deepEqual(await ask(presented(acme)), [200, 'acme'])
    assert.deepEqual(await ask(presented(acme)), [200, 'acme'])
  })

  it('refuses what the edge was not shown, did not verify, or knows to be revoked', async () => {
    assert.deepEqual(await ask(undefined), [401, 'credentials-missing'])
    assert.deepEqual(await ask({ certPresented: '0', certVerified: 'NONE' }), [401, 'credentials-missing'])
    for (const said of [
      { certVerified: 'FAILED:certificate has expired' },
      { certRevoked: '1' },
      { certRFC9440: '' },
    ]) {
      assert.deepEqual(await ask({ ...presented(acme), ...said }), [401, 'credentials-invalid'])
    }
  })

  it('verifies what the edge calls verified: its shared CA is not ours', async () => {
    assert.deepEqual(await ask(presented(rogue)), [401, 'credentials-invalid'])
  })

  it('refuses a field that pretends to carry a certificate, and plaintext', async () => {
    const spoof = { authorization: `Bearer ${key}`, 'client-cert': presented(acme).certRFC9440 as string }
    assert.deepEqual(await ask(presented(acme), spoof), [400, 'credentials-malformed'])
    assert.deepEqual(await ask(presented(acme), undefined, ''), [403, 'insecure-transport'])
  })
})
