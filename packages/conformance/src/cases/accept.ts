/** What must be let in, and as whom. @module */

import type { CertificateRuleKind } from '@countersign/core/registry'
import { rfc9440 } from '@countersign/core/sources'
import type { IssuedCertificate } from '@countersign/testing'
import { createSelfSigned } from '@countersign/testing'
import { assertEqual, assertTrue } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import type { Service } from '../world/service.ts'
import { acceptanceCase } from './one-request.ts'
import { behindHop, slowRegistry } from './setups.ts'

const MEBIBYTE = 1024 * 1024
const HOP_SECRET = 'hop-secret-of-more-than-thirty-two-characters'

export const acceptCases: readonly Case[] = [
  {
    id: 'accept/pair',
    title: 'a certificate and a key that vouch for each other are let in, and the handler sees whose they are',
    level: 'MUST',
    source: 'DESIGN §2',
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      const { key, record } = service.keys.acme
      service.expectAccepted(await service.call({ key }), {
        partner: 'acme',
        key: record.id,
        fingerprint: pki.acme.fingerprint,
        scopes: ['orders:read', 'orders:write'],
      })
    },
  },
  {
    id: 'accept/tls-1.2',
    title: 'a client that speaks TLS 1.2 is let in',
    level: 'MUST',
    source: 'RFC 9325 §3.1.1',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connect({ maxVersion: 'TLSv1.2' })
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
    },
  },
  acceptanceCase({
    id: 'accept/own-header',
    title: 'a key in the one header that was configured for it is read',
    source: 'DESIGN §4 Keys',
    serve: () => ({ key: { header: 'X-Api-Key' } }),
  }),
  acceptanceCase({
    id: 'accept/secret-token',
    title: 'a key may carry the secret-token scheme',
    source: 'RFC 8959 §2',
    call: ({ keys }) => ({ key: `secret-token:${keys.acme.key}` }),
  }),
  acceptanceCase({
    id: 'accept/scheme-lower-case',
    title: 'the scheme of Authorization is case-insensitive: bearer',
    source: 'RFC 9110 §11.1',
    call: ({ keys }) => ({ key: 'none', headers: [['Authorization', `bearer ${keys.acme.key}`]] }),
  }),
  acceptanceCase({
    id: 'accept/scheme-upper-case',
    title: 'the scheme of Authorization is case-insensitive: BEARER',
    source: 'RFC 9110 §11.1',
    call: ({ keys }) => ({ key: 'none', headers: [['Authorization', `BEARER ${keys.acme.key}`]] }),
  }),
  acceptanceCase({
    id: 'accept/field-name-case',
    title: 'field names are case-insensitive',
    source: 'RFC 9110 §5.1',
    call: ({ keys }) => ({ key: 'none', headers: [['aUTHORIZATION', `Bearer ${keys.acme.key}`]] }),
  }),
  acceptanceCase({
    id: 'accept/outer-whitespace',
    title: 'white space around a field value is not part of it',
    source: 'RFC 9110 §5.5',
    call: ({ keys }) => ({ key: 'none', headers: [['Authorization', ` \t Bearer ${keys.acme.key} \t `]] }),
  }),
  ...['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) =>
    acceptanceCase({
      id: `accept/method-${method.toLowerCase()}`,
      title: `${method} is let in like any other method`,
      source: 'DESIGN §2',
      call: () => ({ method, ...(method === 'GET' || method === 'HEAD' ? {} : { body: Buffer.alloc(0) }) }),
    }),
  ),
  {
    id: 'accept/body-untouched',
    title: 'a body that came while credentials were being judged reaches the handler whole',
    level: 'MUST',
    source: 'DESIGN §4',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve({ registry: slowRegistry(40) })
      const body = Buffer.alloc(MEBIBYTE, 'x')
      const answer = await service.call({ method: 'POST', path: '/echo', body })
      service.expectAccepted(answer, { partner: 'acme', length: MEBIBYTE })
    },
  },
  {
    id: 'accept/body-chunked',
    title: 'a chunked body reaches the handler whole',
    level: 'MUST',
    source: 'RFC 9112 §7.1',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve({ registry: slowRegistry(20) })
      const connection = await service.connectHttp1()
      const head = service.request({ method: 'POST', path: '/echo', headers: [['Transfer-Encoding', 'chunked']] })
      const answer = service.record(
        await connection.send({ ...head, body: Buffer.from('5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n') }),
      )
      service.expectAccepted(answer, { partner: 'acme', length: 8 })
    },
  },
  {
    id: 'accept/expect-continue',
    title: 'a client that waits for 100 is told to go on and let in',
    level: 'MUST',
    source: 'RFC 9110 §10.1.1',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connectHttp1()
      const request = service.request({
        method: 'POST',
        path: '/echo',
        headers: [
          ['Expect', '100-continue'],
          ['Content-Length', '11'],
        ],
      })
      const answered = connection.send(request)
      // Only once the server asks for it.
      await connection.interim(100)
      connection.write('hello world')
      service.expectAccepted(service.record(await answered), { partner: 'acme', length: 11 })
    },
  },
  {
    id: 'accept/keep-alive',
    title: 'each request of a connection is judged by its own key',
    level: 'MUST',
    source: 'DESIGN §4 Proof is remembered',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const other = await service.issue({ partnerId: 'acme', scopes: ['orders:read'] })
      const connection = await service.connect()
      const { key, record } = service.keys.acme
      const ids = [record.id, other.record.id, record.id]
      for (const [at, each] of [key, other.key, key].entries()) {
        service.expectAccepted(await service.on(connection, { key: each }), { partner: 'acme', key: ids[at] })
      }
    },
  },
  {
    id: 'accept/pipelined',
    title: 'requests that were sent before the first was answered are answered in order, each for itself',
    level: 'MUST',
    source: 'RFC 9112 §9.3.2',
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve({ registry: slowRegistry(20) })
      const connection = await service.connectHttp1({ certificate: pki.acme })
      const good = service.request()
      const bad = service.request({ key: service.keys.globex.key })
      const requests = [good, bad, good]
      connection.writeAll(requests)
      const answers = []
      for (const request of requests) answers.push(service.record(await connection.read(request)))
      const [first, second, third] = answers
      assertTrue(first !== undefined && second !== undefined && third !== undefined, 'each request is answered')
      service.expectAccepted(first, { partner: 'acme' })
      service.expectRefused(second, 'binding-missing')
      service.expectAccepted(third, { partner: 'acme' })
    },
  },
  ...(['TLSv1.2', 'TLSv1.3'] as const).map(
    (version): Case => ({
      id: `accept/resumed-${version === 'TLSv1.2' ? 'tls-1.2' : 'tls-1.3'}`,
      title: `a resumed ${version} session is let in by the certificate of its first handshake`,
      level: 'MUST',
      source: 'RFC 8446 §2.2',
      needs: ['https'],
      async run({ serve, pki }) {
        const service = await serve()
        const first = await service.connectHttp1({ maxVersion: version })
        service.expectAccepted(await service.on(first), { partner: 'acme' })
        const session = await first.offeredSession()
        first.close()
        const resumed = await service.connectHttp1({ maxVersion: version, session })
        assertEqual(resumed.resumed, true, 'the session is resumed')
        service.expectAccepted(await service.on(resumed), { partner: 'acme', fingerprint: pki.acme.fingerprint })
      },
    }),
  ),
  acceptanceCase({
    id: 'accept/http2',
    title: 'a pair over HTTP/2 is let in',
    source: 'RFC 9113',
    needs: ['http2'],
    serve: () => ({ transport: 'http2' }),
  }),
  acceptanceCase({
    id: 'accept/http2-body',
    title: 'a body over HTTP/2 reaches the handler whole',
    source: 'RFC 9113 §8.1',
    needs: ['http2'],
    serve: () => ({ transport: 'http2', registry: slowRegistry(20) }),
    call: () => ({ method: 'POST', path: '/echo', body: Buffer.alloc(200_000, 'x') }),
  }),
  acceptanceCase({
    id: 'accept/intermediate-configured',
    title: 'a certificate of a configured intermediate is let in, whether the client sends that intermediate or not',
    source: 'RFC 5280 §6.1',
    serve: (pki) => ({ certificate: { intermediates: pki.issuing.certificate.pem } }),
    async call(service) {
      const certificate = await issuedFor(service, (pki) => pki.issuing.issueClient({ name: 'acme' }))
      return {
        certificate: { ...certificate, tls: { cert: certificate.certificate.pem, key: certificate.privateKeyPem } },
      }
    },
  }),
  ...(['P-384', 'RSA-2048', 'RSA-PSS-2048', 'Ed25519'] as const).map((algorithm) =>
    acceptanceCase({
      id: `accept/algorithm-${algorithm.toLowerCase()}`,
      title: `a certificate with a key of ${algorithm} is let in`,
      source: 'DESIGN §7 Default algorithms',
      call: async (service) => ({ certificate: await issuedFor(service, (pki) => pki.ca.issueClient({ algorithm })) }),
    }),
  ),
  ...ruleCases(),
  acceptanceCase({
    id: 'accept/renewed-same-key',
    title: 'a certificate that was renewed with its key meets a public-key rule',
    source: 'DESIGN §4 rules',
    call: async ({ pki }) => ({
      certificate: await pki.ca.issueClient({ name: 'acme, renewed', keys: pki.acme.keys }),
    }),
  }),
  {
    id: 'accept/rotating-certificates',
    title: 'while two rules are live, the old certificate and the new one are both let in',
    level: 'MUST',
    source: 'DESIGN §4 rotation',
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      const next = await pki.ca.issueClient({ name: 'acme 2' })
      const rules = [pki.acme, next].map(({ publicKeyHash: value }) => ({ kind: 'public-key' as const, value }))
      await service.registry.updatePartner('acme', { rules })
      for (const certificate of [pki.acme, next]) {
        const answer = await service.call({ certificate })
        service.expectAccepted(answer, { partner: 'acme', fingerprint: certificate.fingerprint })
      }
    },
  },
  {
    id: 'accept/rotating-keys',
    title: 'in the overlap of a rotation the old key and the new one are both let in',
    level: 'MUST',
    source: 'DESIGN §4 rotation',
    needs: ['https'],
    async run({ serve, addSecret }) {
      const service = await serve()
      const { key, record } = service.keys.acme
      const overlapUntil = new Date(service.clock().getTime() + 3_600_000)
      const next = await service.registry.rotateKey(record.id, { overlapUntil })
      addSecret(next.key.slice(-49, -6))
      service.expectAccepted(await service.call({ key }), { partner: 'acme', key: record.id })
      service.expectAccepted(await service.call({ key: next.key }), { partner: 'acme', key: next.record.id })
    },
  },
  {
    id: 'accept/self-signed-anchor',
    title: 'a self-signed certificate that was onboarded as an anchor, with a public-key rule, is let in',
    level: 'MUST',
    source: 'RFC 8705 §2.2',
    needs: ['https'],
    async run({ serve, pki }) {
      const lone = await createSelfSigned({ name: 'Initech' })
      const service = await serve({
        certificate: {
          anchors: [
            { label: 'partners', certificates: pki.ca.certificate.pem },
            { label: 'initech', certificates: lone.certificate.pem },
          ],
        },
      })
      await service.registry.createPartner({
        id: 'initech',
        rules: [{ kind: 'public-key', value: lone.publicKeyHash }],
        scopes: [],
      })
      const { key } = await service.issue({ partnerId: 'initech' })
      service.expectAccepted(await service.call({ certificate: lone, key }), { partner: 'initech' })
    },
  },
  acceptanceCase({
    id: 'accept/certificate-alone',
    title: 'where a certificate may stand alone it names its partner, and grants nothing by default',
    source: 'DESIGN §4 require',
    serve: () => ({ require: 'certificate' }),
    call: () => ({ key: 'none' }),
  }),
  acceptanceCase({
    id: 'accept/key-alone',
    title: 'where a key may stand alone, one that was issued without binding is let in without a certificate',
    source: 'DESIGN §4 require',
    serve: () => ({ require: 'key' }),
    call: async (service) => ({
      certificate: 'none',
      key: (await service.issue({ partnerId: 'acme', binding: 'none' })).key,
    }),
  }),
  acceptanceCase({
    id: 'accept/either',
    title: 'where either may stand alone, a certificate does',
    source: 'DESIGN §4 require',
    serve: () => ({ require: 'certificate-or-key' }),
    call: () => ({ key: 'none' }),
  }),
  acceptanceCase({
    id: 'accept/forwarded',
    title: 'a certificate that a trusted hop forwarded is let in',
    source: 'RFC 9440 §2.2',
    needs: ['http'],
    serve: () => behindHop(),
    call: ({ pki }) => ({ forwarded: pki.acme }),
  }),
  acceptanceCase({
    id: 'accept/forwarded-chain',
    title: 'an intermediate that a trusted hop forwarded completes the path',
    source: 'RFC 9440 §2.3',
    needs: ['http'],
    serve: () => behindHop(),
    call: async (service) => ({
      forwarded: await issuedFor(service, (pki) => pki.issuing.issueClient({ name: 'acme' })),
    }),
  }),
  acceptanceCase({
    id: 'accept/forwarded-chain-lines',
    title: 'a forwarded chain may span several field lines, and hold what is not needed, in any order',
    source: 'RFC 9440 §2.3, RFC 9110 §5.3',
    needs: ['http'],
    serve: () => behindHop(),
    async call(service) {
      const { certificate } = await issuedFor(service, (pki) => pki.issuing.issueClient({ name: 'acme' }))
      const encode = (der: Uint8Array) => `:${Buffer.from(der).toString('base64')}:`
      const { ca, issuing, otherCa } = service.pki
      return {
        headers: [
          ['Client-Cert', encode(certificate.der)],
          ['Client-Cert-Chain', `${encode(otherCa.certificate.der)},${encode(ca.certificate.der)}`],
          ['Client-Cert-Chain', encode(issuing.certificate.der)],
        ],
      }
    },
  }),
  {
    id: 'accept/forwarded-by-one-connection',
    title: 'certificates that a hop forwards over one connection are told apart',
    level: 'MUST',
    source: 'DESIGN §4 Proof is remembered',
    needs: ['http'],
    async run({ serve, pki }) {
      const service = await serve(behindHop())
      const connection = await service.connect()
      for (const name of ['acme', 'globex', 'acme'] as const) {
        const answer = await service.on(connection, { forwarded: pki[name], key: service.keys[name].key })
        service.expectAccepted(answer, { partner: name, fingerprint: pki[name].fingerprint })
      }
      service.expectRefused(await service.on(connection), 'transport-insecure')
    },
  },
  acceptanceCase({
    id: 'accept/forwarded-ipv4-mapped',
    title: 'a hop that a dual-stack listener sees as ::ffff:127.0.0.1 is the hop 127.0.0.1',
    source: 'RFC 4291 §2.5.5.2',
    needs: ['http', 'ipv6'],
    serve: () => ({ ...behindHop(['127.0.0.0/8']), host: '::' }),
    call: ({ pki }) => ({ forwarded: pki.acme }),
  }),
  acceptanceCase({
    id: 'accept/forwarded-unix',
    title: 'a hop that comes through a Unix socket is believed where that is configured',
    source: 'DESIGN §4 Hops',
    needs: ['unix'],
    serve: () => ({ ...behindHop(['unix']), transport: 'unix' }),
    call: ({ pki }) => ({ forwarded: pki.acme }),
  }),
  {
    id: 'accept/forwarded-by-identity',
    title: 'a hop that proves itself by its own client certificate is believed, wherever it stands',
    level: 'MUST',
    source: 'DESIGN §4 Hops',
    needs: ['https'],
    async run({ serve, pki }) {
      const proxy = await pki.otherCa.issueClient({ name: 'proxy' })
      const source = rfc9440({ from: [{ publicKey: proxy.publicKeyHash }] })
      const service = await serve({ certificate: { source } })
      const answer = await service.call({ certificate: proxy, forwarded: pki.acme })
      service.expectAccepted(answer, { partner: 'acme', fingerprint: pki.acme.fingerprint })
    },
  },
  {
    id: 'accept/forwarded-with-secret',
    title: 'a hop that stands in its place and knows the shared secret is believed, and the secret is told to nobody',
    level: 'MUST',
    source: 'DESIGN §4 Hops',
    needs: ['http'],
    async run({ serve, pki, addSecret }) {
      addSecret(HOP_SECRET)
      const source = rfc9440({ from: ['127.0.0.1'], secret: { header: 'X-Hop-Secret', value: HOP_SECRET } })
      const service = await serve({ transport: 'http', certificate: { source } })
      const headers = [['X-Hop-Secret', HOP_SECRET]] as const
      service.expectAccepted(await service.call({ forwarded: pki.acme, headers }), { partner: 'acme' })
    },
  },
  acceptanceCase({
    id: 'accept/forwarded-proto',
    title: 'without a certificate, the word https of a trusted hop says that the request came securely',
    source: 'DESIGN §4 Did it come securely?',
    needs: ['http'],
    serve: () => ({ ...behindHop(), require: 'key' }),
    call: async (service) => ({
      key: (await service.issue({ partnerId: 'acme', binding: 'none' })).key,
      headers: [['X-Forwarded-Proto', 'https']],
    }),
  }),
  acceptanceCase({
    id: 'accept/parameter-name',
    title: 'a query parameter with the name of a key is no exposure',
    source: 'DESIGN §4 Exposure',
    call: () => ({ path: '/whoami?api_key=none&access_token=&key=1' }),
  }),
  acceptanceCase({
    id: 'accept/large-header-section',
    title: 'other fields may fill the header section',
    source: 'RFC 9110 §5.4',
    call: () => ({
      headers: [
        ['X-Filler-1', 'a'.repeat(7_000)],
        ['X-Filler-2', 'b'.repeat(7_000)],
      ],
    }),
  }),
  acceptanceCase({
    id: 'accept/foreign-credentials',
    title: 'credentials of other systems in other fields do not matter',
    source: 'DESIGN §4 Keys',
    call: () => ({
      headers: [
        ['X-Api-Key', 'of-another-system'],
        ['Cookie', 'session=1; token=2'],
        ['Proxy-Authorization', 'Basic dXNlcjpwYXNz'],
      ],
    }),
  }),
  acceptanceCase({
    id: 'accept/slow-registry',
    title: 'a registry that answers later than at once is waited for',
    source: 'DESIGN §4',
    serve: () => ({ registry: slowRegistry(50) }),
  }),
]

/** One kind of rule each, met by a certificate of its own. */
function ruleCases(): readonly Case[] {
  const kinds: readonly [CertificateRuleKind, (certificate: IssuedCertificate) => string][] = [
    ['subject-dn', ({ subject }) => Buffer.from(subject).toString('hex')],
    ['san-dns', () => 'hooli.example.test'],
    ['san-uri', () => 'spiffe://example.test/hooli'],
    ['san-ip', () => '192.0.2.7'],
    ['san-email', () => 'ops@hooli.example.test'],
    ['certificate', ({ fingerprint }) => fingerprint],
  ]
  return kinds.map(([kind, nameOf]) => ({
    id: `accept/rule-${kind}`,
    title: `a certificate that meets a rule of kind ${kind} is its partner's`,
    level: 'MUST',
    source: 'RFC 8705 §2.1.2',
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      const certificate = await pki.ca.issueClient({
        name: 'hooli',
        dns: ['hooli.example.test'],
        spiffe: 'spiffe://example.test/hooli',
        ip: ['192.0.2.7'],
        email: ['ops@hooli.example.test'],
      })
      const rules = [{ kind, value: nameOf(certificate) }]
      await service.registry.createPartner({ id: 'hooli', rules, scopes: [] })
      const { key } = await service.issue({ partnerId: 'hooli' })
      service.expectAccepted(await service.call({ certificate, key }), { partner: 'hooli' })
    },
  }))
}

/** A certificate that acme is known by from now on, beside its first one. */
async function issuedFor(
  service: Service,
  issue: (pki: Service['pki']) => Promise<IssuedCertificate>,
): Promise<IssuedCertificate> {
  const certificate = await issue(service.pki)
  const rules = [service.pki.acme, certificate].map(({ publicKeyHash: value }) => ({
    kind: 'public-key' as const,
    value,
  }))
  await service.registry.updatePartner('acme', { rules })
  return certificate
}
