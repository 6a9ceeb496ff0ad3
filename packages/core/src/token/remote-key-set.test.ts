import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { createAuthority } from '@countersign/testing'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { Agent, fetch as undiciFetch } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { tokenVerifier } from './create-token-verifier.ts'
import { KeysUnavailable, type RemoteKeySetOptions, remoteKeySet } from './remote-key-set.ts'

const url = 'https://issuer.test/jwks.json'
const server = setupServer()
let jwk: object
let other: object

const start = new Date('2026-06-01T12:00:00Z')
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000)

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true })
  jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one' }
  other = { ...(await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey)), kid: 'two' }
})

/** Answers in turn; the last one for ever. */
function serve(...answers: readonly (() => Response | Promise<Response>)[]): { readonly asked: () => number } {
  let asked = 0
  server.use(http.get(url, () => (answers[Math.min(asked++, answers.length - 1)] as () => Response)()))
  return { asked: () => asked }
}
const keys =
  (...list: readonly object[]) =>
  () =>
    HttpResponse.json({ keys: list })
const open = (options: Partial<RemoteKeySetOptions> = {}) => remoteKeySet({ url, ...options }, 'keys')
const has = async (source: ReturnType<typeof open>, keyId: string, at = start) =>
  (await source.current(at)).candidates(keyId, 'ES256').length === 1

describe('remoteKeySet', () => {
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
  afterEach(() => server.resetHandlers())
  afterAll(() => server.close())

  it('asks once for a thousand who come at the same time', async () => {
    const { asked } = serve(keys(jwk))
    const source = open()
    const sets = await Promise.all(Array.from({ length: 1_000 }, () => source.current(start)))
    expect(new Set(sets).size).toBe(1)
    expect(asked()).toBe(1)
  })

  it('answers at once while keys are known, and refreshes them ahead of need', async () => {
    const { asked } = serve(keys(jwk), keys(jwk, other))
    const source = open({ refreshSeconds: 60 })
    await source.current(start)
    expect(source.current(after(59))).not.toBeInstanceOf(Promise)
    expect(asked()).toBe(1)
    expect(source.current(after(61))).not.toBeInstanceOf(Promise)
    await expect.poll(asked).toBe(2)
    await expect.poll(() => has(source, 'two', after(62))).toBe(true)
    expect(source.epoch).toBe(2)
  })

  it('keeps the last good keys while the source is down, for as long as is stated and no longer', async () => {
    serve(keys(jwk), () => HttpResponse.error())
    const source = open({ refreshSeconds: 60, maxStaleSeconds: 600 })
    await source.current(start)
    expect(await has(source, 'one', after(599))).toBe(true)
    await expect(async () => source.current(after(601))).rejects.toThrow(KeysUnavailable)
  })

  it('forgets a key that the issuer withdrew', async () => {
    serve(keys(jwk, other), keys(other))
    const source = open({ refreshSeconds: 60 })
    expect(await has(source, 'one')).toBe(true)
    await source.current(after(61))
    await expect.poll(() => has(source, 'one', after(62))).toBe(false)
  })

  it('asks again for an unknown key id, but not each time somebody makes one up', async () => {
    const { asked } = serve(keys(jwk), keys(jwk, other))
    const source = open({ cooldownSeconds: 30 })
    await source.current(start)
    for (let times = 0; times < 100; times++) expect(await source.renew(after(10))).toBeUndefined()
    expect(asked()).toBe(1)
    expect((await source.renew(after(31)))?.candidates('two', 'ES256')).toHaveLength(1)
    for (let times = 0; times < 100; times++) await source.renew(after(40))
    expect(asked()).toBe(2)
  })

  it('keeps good keys when a later answer is none', async () => {
    serve(keys(jwk), () => HttpResponse.json({ keys: [] }))
    const source = open({ refreshSeconds: 60 })
    await source.current(start)
    await source.current(after(61))
    expect(await has(source, 'one', after(62))).toBe(true)
  })

  it.each<[string, () => Response | Promise<Response>, string]>([
    ['a redirect, even to the same host', () => HttpResponse.redirect('https://issuer.test/other.json'), 'TypeError'],
    ['status 500', () => new HttpResponse(null, { status: 500 }), 'status 500'],
    ['a page of HTML', () => HttpResponse.text('<html>'), 'not JSON'],
    ['no set', () => HttpResponse.json([jwk]), 'not a JWK set: no member keys'],
    [
      'a set without a key for signatures',
      () => HttpResponse.json({ keys: [{ kty: 'oct', k: 'AAAA' }] }),
      'a JWK set without a key that can verify an access token',
    ],
    ['too many keys', () => HttpResponse.json({ keys: Array(65).fill(jwk) }), 'a JWK set of more than 64 keys'],
    ['a body without end', () => HttpResponse.text('x'.repeat(300 * 1024)), 'more than 262144 bytes'],
    ['a network that fails', () => HttpResponse.error(), 'TypeError'],
    ['an answer that does not come', () => new Promise(() => {}), 'timeout'],
  ])('is unavailable after %s', async (_, answer, cause) => {
    serve(answer)
    const failure = await Promise.resolve(open({ timeoutSeconds: 0.1 }).current(start)).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(KeysUnavailable)
    expect((failure as KeysUnavailable).message).toBe(cause)
  })

  it('is not asked by everybody who comes just after it failed', async () => {
    const { asked } = serve(() => HttpResponse.error())
    const source = open()
    await expect(async () => source.current(start)).rejects.toThrow(KeysUnavailable)
    for (let times = 0; times < 100; times++) expect(() => source.current(after(0.5))).toThrow(KeysUnavailable)
    expect(asked()).toBe(1)
    await expect(async () => source.current(after(2))).rejects.toThrow(KeysUnavailable)
    expect(asked()).toBe(2)
  })

  it('turns into 503 for the caller of the verifier, never into 401', async () => {
    serve(() => HttpResponse.error())
    const pair = await generateKeyPair('ES256')
    const seconds = start.getTime() / 1000
    const token = await new SignJWT({
      iss: 'i',
      aud: 'a',
      sub: 's',
      iat: seconds,
      exp: seconds + 60,
      cnf: { 'x5t#S256': '' },
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
      .sign(pair.privateKey)
    const verifier = tokenVerifier({ issuer: 'i', audience: 'a', keys: url })
    expect(await verifier.verify(token, '', start)).toMatchObject({
      ok: false,
      reason: { code: 'token-keys-unavailable', source: url },
    })
  })
})

describe('remoteKeySet over real sockets', () => {
  it('is fetched over TLS, and a slow drip ends with the time limit', async () => {
    const authority = await createAuthority({ name: 'Servers' })
    const identity = await authority.issueServer({ dns: ['localhost'], ip: ['127.0.0.1'] })
    let drip = false
    const https_ = https.createServer(identity.tls, (_, response) => {
      if (!drip) return response.end(JSON.stringify({ keys: [jwk] }))
      response.writeHead(200)
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
      return response
    })
    await new Promise<void>((resolve) => https_.listen(0, '127.0.0.1', resolve))
    const dispatcher = new Agent({ connect: { ca: authority.certificate.pem } })
    try {
      const options: RemoteKeySetOptions = {
        url: `https://127.0.0.1:${(https_.address() as AddressInfo).port}/jwks.json`,
        timeoutSeconds: 0.3,
        fetch: (target, init) => undiciFetch(target, { ...init, dispatcher } as never) as unknown as Promise<Response>,
      }
      expect(await has(remoteKeySet(options, 'keys'), 'one')).toBe(true)
      drip = true
      const began = performance.now()
      await expect(async () => remoteKeySet(options, 'keys').current(start)).rejects.toThrow('timeout')
      expect(performance.now() - began).toBeLessThan(2_000)
    } finally {
      await dispatcher.destroy()
      https_.closeAllConnections()
      https_.close()
    }
  })
})
