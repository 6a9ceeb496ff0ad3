/** The worker on workerd: certificate from the platform, token checked by WebCrypto. Run by `npm run test:runtimes`. @module */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { signingKey } from '@countersign/core/tokens'
import { createAuthority, type IssuedCertificate } from '@countersign/testing'
import { build } from 'esbuild'

/** Large, and so installed by that command alone, outside the workspace. */
const { Miniflare } = createRequire(new URL('../../runtimes/package.json', import.meta.url))('miniflare')

const ISSUER = 'https://issuer.example'
const AUDIENCE = 'https://stock.example'

describe('examples/tokens on workerd', () => {
  let worker: InstanceType<typeof Miniflare>
  let acme: IssuedCertificate
  let globex: IssuedCertificate
  let token: string

  before(async () => {
    const authority = await createAuthority({ name: 'Partners' })
    acme = await authority.issueClient({ name: 'acme' })
    globex = await authority.issueClient({ name: 'globex' })
    const signing = await signingKey((await authority.issueClient({ name: 'signer' })).privateKeyPem, {
      algorithm: 'ES256',
    })
    const now = Math.floor(Date.now() / 1000)
    token = await signing.sign(
      { typ: 'at+jwt' },
      {
        iss: ISSUER,
        aud: AUDIENCE,
        sub: 'acme',
        iat: now,
        exp: now + 300,
        cnf: { 'x5t#S256': Buffer.from(acme.fingerprint, 'hex').toString('base64url') },
      },
    )
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
      bindings: {
        ANCHORS: authority.certificate.pem,
        ISSUER,
        AUDIENCE,
        KEYS: JSON.stringify({ keys: [signing.publicKey] }),
      },
    })
    await worker.ready
  })

  after(() => worker.dispose())

  /** As Cloudflare fills `request.cf.tlsClientAuth` for a certificate that its own check let through. */
  const presenting = ({ certificate }: IssuedCertificate) => ({
    tlsVersion: 'TLSv1.3',
    tlsClientAuth: {
      certPresented: '1',
      certVerified: 'SUCCESS',
      certRevoked: '0',
      certRFC9440: `:${Buffer.from(certificate.der).toString('base64')}:`,
      certRFC9440TooLarge: false,
      certChainRFC9440: '',
      certChainRFC9440TooLarge: false,
    },
  })
  const call = (cf: object, headers: Record<string, string>, path = '/stock') =>
    worker.dispatchFetch(`https://stock.example${path}`, { headers, cf })

  it('lets a token in with its certificate', async () => {
    const answer = await call(presenting(acme), { authorization: `Bearer ${token}` })
    assert.deepEqual([answer.status, await answer.json()], [200, { service: 'stock', partner: 'acme' }])
  })

  it('refuses it with another certificate, and without one', async () => {
    assert.equal((await call(presenting(globex), { authorization: `Bearer ${token}` })).status, 401)
    assert.equal((await call({ tlsVersion: 'TLSv1.3' }, { authorization: `Bearer ${token}` })).status, 401)
  })

  it('refuses a certificate without a token, and a token in the URL', async () => {
    const missing = await call(presenting(acme), {})
    assert.deepEqual([missing.status, ((await missing.json()) as { missing: string[] }).missing], [401, ['token']])
    assert.equal((await call(presenting(acme), {}, `/stock?access_token=${token}`)).status, 400)
  })
})
