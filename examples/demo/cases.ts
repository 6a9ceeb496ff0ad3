/** Who comes to the API, with what, and what must become of it. In the order of precedence of the answers. @module */
import type { ProblemCode, Reason } from '@countersign/core'
import type { Answer, Call, Caller, Credential } from './call.ts'
import type { World } from './world.ts'

export interface DemoCase {
  readonly sent: string
  readonly expected: Expected
  /** @param connect opens a connection, with a certificate or without one */
  play(world: World, connect: (credential?: Credential) => Caller): Promise<Played>
}

export type Expected =
  | { readonly status: 200 }
  | { readonly status: number; readonly problem: ProblemCode; readonly reason: Reason['code'] }

export interface Played {
  readonly answer: Answer
  /** What the answer does not show. */
  readonly note?: string
}

export const CASES: readonly DemoCase[] = [
  single('Acme’s certificate with Acme’s key', { status: 200 }, ({ certificates, keys }) => [
    certificates.acme,
    { apiKey: keys.acme },
  ]),

  single('over plain HTTP, with a good key', refused(403, 'insecure-transport', 'transport-insecure'), ({ keys }) => [
    undefined,
    { plain: true, apiKey: keys.acme },
  ]),
  single('key in the query string', refused(400, 'credentials-in-url', 'key-in-url'), ({ certificates, keys }) => [
    certificates.acme,
    { path: `/orders?api_key=${keys.acme}` },
  ]),
  single('two keys', refused(400, 'credentials-malformed', 'header-duplicated'), ({ certificates, keys }) => [
    certificates.acme,
    { apiKey: keys.acme, headers: [['Authorization', `Bearer ${keys.globex}`]] },
  ]),
  single(
    'Client-Cert header from an untrusted peer',
    refused(400, 'credentials-malformed', 'source-untrusted'),
    ({ certificates, keys }) => [
      undefined,
      { apiKey: keys.acme, headers: [['Client-Cert', `:${derOf(certificates.acme)}:`]] },
    ],
  ),

  single('no certificate', refused(401, 'credentials-missing', 'certificate-missing'), ({ keys }) => [
    undefined,
    { apiKey: keys.acme },
  ]),
  single('no key', refused(401, 'credentials-missing', 'key-missing'), ({ certificates }) => [certificates.acme, {}]),

  badCertificate('certificate of an unknown CA', 'ofUnknownCa', 'issuer-unknown'),
  badCertificate('self-signed certificate', 'selfSigned', 'issuer-unknown'),
  badCertificate('expired certificate', 'expired', 'certificate-expired'),
  badCertificate('certificate for servers, not clients', 'forServers', 'extended-key-usage-missing'),
  {
    sent: 'certificate revoked meanwhile',
    expected: refused(401, 'credentials-invalid', 'certificate-revoked'),
    play: playRevocation,
  },
  badKey('wrong key', 'unknown', 'key-unknown'),
  badKey('expired key', 'expired', 'key-expired'),
  badKey('revoked key', 'revoked', 'key-revoked'),
  badKey('another partner’s key', 'globex', 'binding-missing'),
  badCertificate('Acme’s name, certified by Globex’s CA', 'acmeByGlobex', 'binding-missing'),

  single('good pair, on a route beyond its scopes', refused(403, 'scope-insufficient', 'scope-missing'), (world) => [
    world.certificates.acme,
    { path: '/invoices', apiKey: world.keys.acme },
  ]),
]

function refused(status: number, problem: ProblemCode, reason: Reason['code']): Expected {
  return { status, problem, reason }
}

function badCertificate(sent: string, name: keyof World['certificates'], reason: Reason['code']): DemoCase {
  return single(sent, refused(401, 'credentials-invalid', reason), ({ certificates, keys }) => [
    certificates[name],
    { apiKey: keys.acme },
  ])
}

function badKey(sent: string, name: keyof World['keys'], reason: Reason['code']): DemoCase {
  return single(sent, refused(401, 'credentials-invalid', reason), ({ certificates, keys }) => [
    certificates.acme,
    { apiKey: keys[name] },
  ])
}

/** One request on a connection of its own. */
function single(
  sent: string,
  expected: Expected,
  compose: (world: World) => readonly [credential: Credential | undefined, call: Call],
): DemoCase {
  return {
    sent,
    expected,
    async play(world, connect) {
      const [credential, call] = compose(world)
      const caller = connect(credential)
      try {
        return { answer: await caller.call(call) }
      } finally {
        caller.close()
      }
    },
  }
}

/** Let in; the CA revokes, its CRL is replaced, the connection stays open; turned away. */
async function playRevocation(world: World, connect: (credential?: Credential) => Caller): Promise<Played> {
  const certificate = await world.issueAcme()
  const caller = connect(certificate.tls)
  try {
    const before = await caller.call({ apiKey: world.keys.acme })
    if (before.status !== 200) return { answer: before, note: 'not let in to begin with' }
    const milliseconds = await world.revoke(certificate)
    const answer = await caller.call({ apiKey: world.keys.acme })
    if (answer.socket !== before.socket) throw new Error('the second request came over another connection')
    const note = `let in; CRL replaced, in force after ${Math.round(milliseconds)} ms; next request, same connection`
    return { answer, note }
  } finally {
    caller.close()
  }
}

function derOf({ cert }: Credential): string {
  return cert.slice(0, cert.indexOf('-----END')).replace(/-----BEGIN CERTIFICATE-----|\s/g, '')
}
