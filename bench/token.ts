/** What does checking a bound token cost beside `jose.jwtVerify` alone? @module */
import { signingKey, tokenVerifier } from '@countersign/core/tokens'
import { createAuthority } from '@countersign/testing'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { expectRatio, measure, printTimings, ratio } from './measure.ts'

const issuer = 'https://issuer.example'
const audience = 'https://orders.example'
const authority = await createAuthority({ name: 'Partners' })
const { fingerprint, privateKeyPem } = await authority.issueClient({ name: 'acme' })
const signing = await signingKey(privateKeyPem, { algorithm: 'ES256' })
const keys = { keys: [signing.publicKey] }
const now = Math.floor(Date.now() / 1000)

/** Each is another token, so that no verdict is remembered. */
const tokens: readonly string[] = await Promise.all(
  Array.from({ length: 20_000 }, (_, at) =>
    signing.sign(
      { typ: 'at+jwt' },
      {
        iss: issuer,
        aud: audience,
        sub: 'acme',
        client_id: 'acme',
        iat: now,
        exp: now + 3600,
        jti: String(at),
        scope: 'orders:read orders:write',
        cnf: { 'x5t#S256': Buffer.from(fingerprint, 'hex').toString('base64url') },
      },
    ),
  ),
)

const local = createLocalJWKSet({ keys: keys.keys.map((key) => ({ ...key })) })
const verifier = tokenVerifier({ issuer, audience, keys })
const at = new Date()
let next = 0
const another = (): string => tokens[next++ % tokens.length] as string
const same = tokens[0] as string

async function mustHold(verdict: ReturnType<typeof verifier.verify>): Promise<void> {
  if (!(await verdict).ok) throw new Error('refused')
}
await mustHold(verifier.verify(same, fingerprint, at))

const timings = await measure([
  { name: 'jose.jwtVerify', run: () => jwtVerify(another(), local, { issuer, audience, typ: 'at+jwt' }) },
  { name: 'tokenVerifier, a new token', run: () => mustHold(verifier.verify(another(), fingerprint, at)) },
  { name: 'tokenVerifier, a token seen before', run: () => verifier.verify(same, fingerprint, at) },
])
printTimings('One ES256 token, keys at hand', timings, 'jose.jwtVerify')
expectRatio('a new token', ratio(timings, 'tokenVerifier, a new token', 'jose.jwtVerify'), 1.2)
