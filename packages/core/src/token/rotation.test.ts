import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { tokenVerifier } from './create-token-verifier.ts'

const issuer = 'https://issuer.test'
const audience = 'https://orders.test'
const at = new Date('2026-06-01T12:00:00Z')
const fingerprint = '00'.repeat(32)
const thumbprint = Buffer.alloc(32).toString('base64url')

interface Pair {
  readonly privateKey: CryptoKey
  readonly jwk: object
}

let first: Pair
let second: Pair

beforeAll(async () => {
  const pair = async (kid: string): Promise<Pair> => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid } }
  }
  first = await pair('first')
  second = await pair('second')
})

function sign({ privateKey }: Pair, kid: string, jti: number): Promise<string> {
  const seconds = at.getTime() / 1000
  return new SignJWT({
    iss: issuer,
    aud: audience,
    sub: 'acme',
    iat: seconds,
    exp: seconds + 3600,
    jti: String(jti),
    cnf: { 'x5t#S256': thumbprint },
  })
    .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
    .sign(privateKey)
}

/** An issuer whose keys can be changed while it is asked. */
function issuerWith(...keys: object[]) {
  const state = { keys, asked: 0 }
  const verifier = tokenVerifier({
    issuer,
    audience,
    keys: {
      url: `${issuer}/jwks.json`,
      cooldownSeconds: 10,
      fetch: async () => {
        state.asked++
        await new Promise((resolve) => setTimeout(resolve, 5))
        return Response.json({ keys: state.keys })
      },
    },
  })
  return { state, verifier }
}

describe('tokenVerifier while keys change', () => {
  it('asks the issuer once for a thousand first requests', async () => {
    const { state, verifier } = issuerWith(first.jwk)
    const tokens = await Promise.all(Array.from({ length: 1_000 }, (_, id) => sign(first, 'first', id)))
    const verdicts = await Promise.all(tokens.map((token) => verifier.verify(token, fingerprint, at)))
    expect(verdicts.every(({ ok }) => ok)).toBe(true)
    expect(state.asked).toBe(1)
  })

  it('takes tokens of both keys through a rotation under load, and asks once for the new one', async () => {
    const { state, verifier } = issuerWith(first.jwk)
    const old = await Promise.all(Array.from({ length: 200 }, (_, id) => sign(first, 'first', id)))
    const fresh = await Promise.all(Array.from({ length: 200 }, (_, id) => sign(second, 'second', 1_000 + id)))
    expect(await verifier.verify(old[0] as string, fingerprint, at)).toMatchObject({ ok: true })
    state.keys = [first.jwk, second.jwk]
    const later = new Date(at.getTime() + 11_000)
    const verdicts = await Promise.all([...old, ...fresh].map((token) => verifier.verify(token, fingerprint, later)))
    expect(verdicts.filter(({ ok }) => !ok)).toEqual([])
    expect(state.asked).toBe(2)
  })

  it('forgets verdicts that a withdrawn key had made', async () => {
    const { state, verifier } = issuerWith(first.jwk, second.jwk)
    const token = await sign(first, 'first', 1)
    expect(await verifier.verify(token, fingerprint, at)).toMatchObject({ ok: true })
    expect(verifier.verify(token, fingerprint, at)).toMatchObject({ ok: true })
    state.keys = [second.jwk]
    const later = new Date(at.getTime() + 301_000)
    await verifier.verify(token, fingerprint, later)
    await expect.poll(async () => (await verifier.verify(token, fingerprint, later)).ok).toBe(false)
    expect(await verifier.verify(token, fingerprint, later)).toMatchObject({ reason: { code: 'token-key-unknown' } })
  })

  it('does not let made-up key ids drive requests to the issuer', async () => {
    const { state, verifier } = issuerWith(first.jwk)
    await verifier.verify(await sign(first, 'first', 1), fingerprint, at)
    const forged = await Promise.all(Array.from({ length: 100 }, (_, id) => sign(second, `made-up-${id}`, id)))
    for (const token of forged) {
      expect(await verifier.verify(token, fingerprint, new Date(at.getTime() + 1_000))).toMatchObject({
        reason: { code: 'token-key-unknown' },
      })
    }
    expect(state.asked).toBe(1)
  })
})
