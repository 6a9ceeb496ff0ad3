/** What must be let in, and as whom. @module */

import { assertEqual, assertTrue } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import { acceptanceCase } from './one-request.ts'
import { slowRegistry } from './setups.ts'

const MEBIBYTE = 1024 * 1024

export const acceptCases: readonly Case[] = [
  {
    id: 'accept/pair',
    title: 'a certificate and a key that vouch for each other are let in, and the handler sees whose they are',
    level: 'MUST',
    source: 'docs/adapters.md#the-guard',
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
    source: 'docs/keys.md',
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
      source: 'docs/adapters.md#the-guard',
      call: () => ({ method, ...(method === 'GET' || method === 'HEAD' ? {} : { body: Buffer.alloc(0) }) }),
    }),
  ),
  {
    id: 'accept/body-untouched',
    title: 'a body that came while credentials were being judged reaches the handler whole',
    level: 'MUST',
    source: 'docs/adapters.md#the-guard',
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
    source: 'docs/concepts.md#what-is-remembered-and-what-is-not',
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
    id: 'accept/certificate-alone',
    title: 'where a certificate may stand alone it names its partner, and grants nothing by default',
    source: 'docs/concepts.md#require',
    serve: () => ({ require: 'certificate' }),
    call: () => ({ key: 'none' }),
  }),
  acceptanceCase({
    id: 'accept/key-alone',
    title: 'where a key may stand alone, one that was issued without binding is let in without a certificate',
    source: 'docs/concepts.md#require',
    serve: () => ({ require: 'key' }),
    call: async (service) => ({
      certificate: 'none',
      key: (await service.issue({ partnerId: 'acme', binding: 'none' })).key,
    }),
  }),
  acceptanceCase({
    id: 'accept/either',
    title: 'where either may stand alone, a certificate does',
    source: 'docs/concepts.md#require',
    serve: () => ({ require: 'certificate-or-key' }),
    call: () => ({ key: 'none' }),
  }),
  acceptanceCase({
    id: 'accept/parameter-name',
    title: 'a query parameter with the name of a key is no exposure',
    source: 'docs/keys.md#when-one-was-exposed',
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
    source: 'docs/keys.md',
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
    source: 'docs/adapters.md#the-guard',
    serve: () => ({ registry: slowRegistry(50) }),
  }),
]
