/**
 * Nothing of ours on the client's side, and nothing of ours in its certificates: the PKI is made by `openssl`, the
 * requests by `curl`.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Authenticator, createAuthenticator, type RefusedEvent } from '@countersign/core'
import { anchorFiles, crlFiles, fileRegistry } from '@countersign/core/node'
import type { RegistryAdmin } from '@countersign/core/registry'
import { createApis } from 'countersign-demo/apis'
import { type ServedApi, serveApi } from 'countersign-demo/serve-api'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { missing } from '../../tools/needs.ts'
import { CLIENT_URI, type ClientFiles, createPki, EC_384, ED25519, type OpenSslPki, RSA } from './openssl-pki.ts'

const run = promisify(execFile)

describe.skipIf(missing('openssl', 'curl'))('certificates from openssl, requests from curl', () => {
  let folder: string
  let pki: OpenSslPki
  let good: ClientFiles
  let key: string
  let registry: RegistryAdmin
  let authenticator: Authenticator<'certificate+key'>
  let apis: readonly ServedApi[]
  const reasons = new Map<string, string>()

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-real-input-'))
    pki = createPki(folder)
    good = pki.issue('good')
    registry = fileRegistry(join(folder, 'partners.json'), { missing: 'create' })
    await registry.createPartner({
      id: 'acme',
      rules: [{ kind: 'san-uri', value: CLIENT_URI }],
      scopes: ['orders:read'],
    })
    key = (await registry.issueKey({ partnerId: 'acme' })).key
    authenticator = createAuthenticator({
      certificate: {
        anchors: anchorFiles(pki.root),
        intermediates: anchorFiles(pki.issuing),
        revocation: crlFiles(pki.crls),
      },
      key: { registry },
      on: { refused: ({ correlationId, reason }: RefusedEvent) => void reasons.set(correlationId, reason.code) },
    })
    const tls = { cert: readFileSync(pki.server.cert, 'utf8'), key: readFileSync(pki.server.key, 'utf8') }
    apis = await Promise.all(createApis(authenticator).map(({ listener }) => serveApi(listener, tls)))
  }, 60_000)

  afterAll(async () => {
    await Promise.all(apis.map((api) => api.close()))
    authenticator.close()
    await registry.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Asks all three servers, which must answer alike: `200 acme`, or status, problem and the operator's reason. */
  async function ask(client: ClientFiles | undefined, apiKey: string | undefined, path = '/orders', plain = false) {
    const answers = await Promise.all(
      apis.map(async (api) => {
        const { stdout } = await run('curl', [
          ...['-sS', '--max-time', '20', '-w', '\n%{http_code}', '--cacert', pki.server.cert],
          ...(client === undefined ? [] : ['--cert', client.cert, '--key', client.key]),
          ...(apiKey === undefined ? [] : ['-H', `Authorization: Bearer ${apiKey}`]),
          (plain ? api.plain : api.secure) + path,
        ])
        const [text = '', status = ''] = stdout.split(/\n(?=\d+$)/)
        const { partner, code, correlationId } = JSON.parse(text) as Record<string, string>
        return [status, partner ?? code, reasons.get(correlationId ?? '')].join(' ').trimEnd()
      }),
    )
    expect(new Set(answers).size, answers.join(' | ')).toBe(1)
    return answers[0]
  }

  it.each<[string, readonly string[]]>([
    ['P-256', []],
    ['P-384', EC_384],
    ['RSA', RSA],
    ['Ed25519', ED25519],
  ])('lets in a client with a key on %s', async (name, algorithm) => {
    const client = algorithm.length === 0 ? good : pki.issue(name, { algorithm })
    expect(await ask(client, key)).toBe('200 acme')
  })

  it('lets in a client that sends its chain', async () => {
    const chain = join(folder, 'chain.pem')
    writeFileSync(chain, readFileSync(good.cert, 'utf8') + readFileSync(pki.issuing, 'utf8'))
    expect(await ask({ cert: chain, key: good.key }, key)).toBe('200 acme')
  })

  it('refuses who comes with one credential only, or with none', async () => {
    expect(await ask(undefined, key)).toBe('401 credentials-missing certificate-missing')
    expect(await ask(good, undefined)).toBe('401 credentials-missing key-missing')
    expect(await ask(undefined, undefined)).toBe('401 credentials-missing credentials-missing')
  })

  it('refuses a key where no key may be', async () => {
    expect(await ask(good, undefined, `/orders?key=${key}`)).toBe('400 credentials-in-url key-in-url')
    expect(await ask(undefined, key, '/orders', true)).toBe('403 insecure-transport transport-insecure')
  })

  it('refuses certificates that are expired, for servers, or of a CA that only has the name', async () => {
    const expired = pki.issue('expired', { from: '20200101000000Z', to: '20200201000000Z' })
    expect(await ask(expired, key)).toBe('401 credentials-invalid certificate-expired')
    const forServers = pki.issue('for-servers', { profile: 'server_only' })
    expect(await ask(forServers, key)).toBe('401 credentials-invalid extended-key-usage-missing')

    const elsewhere = mkdtempSync(join(folder, 'elsewhere-'))
    const stranger = createPki(elsewhere).issue('good')
    expect(await ask(stranger, key)).toBe('401 credentials-invalid signature-invalid')
  })

  it('refuses a certificate, then its whole CA, once they are revoked, without a restart', async () => {
    const lost = pki.issue('lost')
    expect(await ask(lost, key)).toBe('200 acme')
    pki.revoke('issuing', lost.cert)
    pki.publish()
    await vi.waitFor(async () => expect(await ask(lost, key)).toBe('401 credentials-invalid certificate-revoked'), {
      timeout: 5000,
      interval: 50,
    })
    expect(await ask(good, key)).toBe('200 acme')

    pki.revoke('root', pki.issuing)
    pki.publish()
    await vi.waitFor(async () => expect(await ask(good, key)).toBe('401 credentials-invalid certificate-revoked'), {
      timeout: 5000,
      interval: 50,
    })
  })
})
