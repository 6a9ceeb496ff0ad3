/** What a refusal looks like on the wire, body of the request still coming or not. @module */
import { assertEqual, assertMatch, assertTrue } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import { ConformanceFailure } from '../case/failure.ts'
import { encodeHead, type Http1Connection } from '../world/http1-connection.ts'
import type { Http2Connection } from '../world/http2-connection.ts'
import { refusalCase } from './one-request.ts'
import { slowRegistry } from './setups.ts'

const SOURCE = 'docs/concepts.md#decision-problem-reason'
const UNREAD = 'docs/adapters.md#refusals, RFC 9112 §9.6'
const KIBIBYTE = 1024
const MEBIBYTE = 1024 * KIBIBYTE

export const responseCases: readonly Case[] = [
  ...['HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'].map((method) =>
    refusalCase({
      id: `response/method-${method.toLowerCase()}`,
      title: `${method} is refused like any other method`,
      source: 'docs/adapters.md#the-guard',
      call: ({ keys }) => ({ method, key: keys.globex.key }),
      reason: 'binding-missing',
    }),
  ),
  {
    id: 'response/head-like-get',
    title: 'HEAD is answered with the header section of GET',
    level: 'SHOULD',
    source: 'RFC 9110 §9.3.2',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const answers = [
        await service.call({ method: 'GET', key: 'none' }),
        await service.call({ method: 'HEAD', key: 'none' }),
      ]
      for (const answer of answers) service.expectRefused(answer, 'key-missing')
      const [get, head] = answers.map((answer) =>
        ['content-type', 'content-length', 'cache-control', 'www-authenticate'].map((name) => answer.header(name)),
      )
      assertEqual(head, get, 'the fields are the same')
    },
  },
  {
    id: 'response/keep-alive',
    title: 'a refusal does not end the connection: the next request is judged for itself',
    level: 'MUST',
    source: 'RFC 9112 §9.3',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connectHttp1()
      service.expectRefused(await service.on(connection, { key: 'none' }), 'key-missing')
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
      service.expectRefused(await service.on(connection, { key: service.keys.globex.key }), 'binding-missing')
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
    },
  },
  {
    id: 'response/keep-alive-body',
    title: 'a refusal of a request whose body had come whole does not end the connection',
    level: 'SHOULD',
    source: 'RFC 9112 §9.3',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connectHttp1()
      const refused = { method: 'POST', path: '/echo', key: 'none', body: Buffer.from('small') } as const
      service.expectRefused(await service.on(connection, refused), 'key-missing')
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
    },
  },
  {
    id: 'response/correlation-ids',
    title: 'correlation ids are ours: each is new, and none is taken over from the client',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connect()
      const theirs = '0123456789abcdef0123456789abcdef'
      const ids = new Set<string | undefined>()
      for (let count = 0; count < 20; count++) {
        const headers = ['X-Correlation-Id', 'X-Request-Id', 'Traceparent'].map((name) => [name, theirs] as const)
        const answer = await service.on(connection, { key: 'none', headers })
        service.expectRefused(answer, 'key-missing')
        ids.add(answer.header('x-correlation-id'))
      }
      assertEqual(ids.size, 20, 'each refusal has an id of its own')
      assertTrue(!ids.has(theirs), 'the client does not choose the id')
    },
  },
  {
    id: 'response/custom-body',
    title: 'onRefused makes the body and its type, and nothing else',
    level: 'MUST',
    source: 'docs/adapters.md#refusals',
    needs: ['https', 'on-refused'],
    async run({ serve }) {
      const service = await serve({
        onRefused: ({ code, correlationId }) => ({
          body: `<problem code="${code}" id="${correlationId}">ü</problem>`,
          contentType: 'application/xml',
        }),
      })
      const answer = await service.call({ key: 'none' })
      service.expectRefused(answer, 'key-missing', { customType: 'application/xml' })
      assertMatch(answer.text, /^<problem code="credentials-missing" id="[0-9a-f]{32}">ü<\/problem>$/, 'the body')
      const scoped = await service.issue({ partnerId: 'acme', scopes: [] })
      const narrowed = await service.call({ path: '/orders', key: scoped.key })
      service.expectRefused(narrowed, 'scope-missing', { customType: 'application/xml' })
    },
  },
  ...(
    [
      [
        'throws',
        'throws',
        () => {
          throw new Error('canary-of-on-refused')
        },
      ],
      ['undefined', 'returns nothing', () => undefined],
      ['null', 'returns null', () => null],
      ['text', 'returns text', () => 'no'],
      ['promise', 'returns a promise', () => Promise.reject(new Error('canary-of-on-refused'))],
      ['no-type', 'returns a body without a type', () => ({ body: 'no' })],
      [
        'line-break',
        'returns a type with a line break',
        () => ({ body: 'no', contentType: 'text/plain\r\nSet-Cookie: a=b' }),
      ],
      [
        'status',
        'returns a status of its own',
        () => ({ status: 200, headers: { location: '/' }, body: 1, contentType: 'text/plain' }),
      ],
    ] as readonly (readonly [string, string, () => unknown])[]
  ).map(
    ([name, what, onRefused]): Case => ({
      id: `response/custom-body-${name}`,
      title: `where onRefused ${what}, the default body is sent`,
      level: 'MUST',
      source: 'docs/adapters.md#refusals',
      needs: ['https', 'on-refused'],
      async run({ serve, addSecret }) {
        addSecret('canary-of-on-refused')
        const service = await serve({ onRefused: onRefused as () => undefined })
        service.expectRefused(await service.call({ key: 'none' }), 'key-missing')
      },
    }),
  ),
  {
    id: 'response/body-still-coming',
    title: 'a refusal is complete although a large body is still coming; the connection ends soon after',
    level: 'MUST',
    source: UNREAD,
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connectHttp1()
      const request = service.request({
        method: 'POST',
        path: '/echo',
        key: 'none',
        headers: [['Content-Length', String(256 * MEBIBYTE)]],
      })
      connection.write(encodeHead(request))
      const [answer, sent] = await Promise.all([connection.read(request), pour(connection, 64 * MEBIBYTE)])
      service.expectRefused(service.record(answer), 'key-missing')
      assertMatch(answer.header('connection'), /^close$/i, 'the answer says that the connection ends')
      assertTrue(connection.ended && sent < 32 * MEBIBYTE, 'the server stops reading', `${sent} octets were taken`)
    },
  },
  {
    id: 'response/body-chunked-still-coming',
    title: 'a refusal is complete although a chunked body of no known length is still coming',
    level: 'MUST',
    source: UNREAD,
    needs: ['https'],
    async run({ serve }) {
      const service = await serve({ registry: slowRegistry(20) })
      const connection = await service.connectHttp1()
      const key = service.keys.globex.key
      const request = service.request({
        method: 'POST',
        path: '/echo',
        key,
        headers: [['Transfer-Encoding', 'chunked']],
      })
      connection.write(encodeHead(request))
      connection.write('10000\r\n')
      const [answer, sent] = await Promise.all([connection.read(request), pour(connection, 64 * MEBIBYTE, asChunk)])
      service.expectRefused(service.record(answer), 'binding-missing')
      assertTrue(connection.ended && sent < 32 * MEBIBYTE, 'the server stops reading', `${sent} octets were taken`)
    },
  },
  {
    id: 'response/body-sent-before-reading',
    title: 'a client that sends its whole body of 48 KiB before it reads finds the refusal',
    level: 'MUST',
    source: UNREAD,
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connectHttp1()
      const request = service.request({ method: 'POST', path: '/echo', key: 'none', body: Buffer.alloc(48 * KIBIBYTE) })
      connection.socket.pause()
      connection.write(encodeHead(request))
      for (let part = 0; part < 48; part++) {
        connection.write(Buffer.alloc(KIBIBYTE))
        if (part % 8 === 7) await new Promise((resolve) => setTimeout(resolve, 5))
      }
      connection.socket.resume()
      service.expectRefused(service.record(await connection.read(request)), 'key-missing')
    },
  },
  {
    id: 'response/body-never-sent',
    title: 'a refusal does not wait for a body that does not come',
    level: 'MUST',
    source: UNREAD,
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connectHttp1()
      const headers = [['Content-Length', '1000000']] as const
      const request = service.request({ method: 'POST', path: '/echo', key: 'none', headers })
      const started = performance.now()
      connection.write(encodeHead(request))
      service.expectRefused(service.record(await connection.read(request)), 'key-missing')
      assertTrue(performance.now() - started < 1_000, 'the answer comes at once', performance.now() - started)
    },
  },
  {
    id: 'response/expect-continue',
    title: 'a client that waits for 100 is refused without sending its body',
    level: 'MUST',
    source: 'RFC 9110 §10.1.1',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connectHttp1()
      const request = service.request({
        method: 'POST',
        path: '/echo',
        key: 'none',
        headers: [
          ['Expect', '100-continue'],
          ['Content-Length', '1000000'],
        ],
      })
      connection.write(encodeHead(request))
      service.expectRefused(service.record(await connection.read(request)), 'key-missing')
    },
  },
  {
    id: 'response/client-gone',
    title: 'a client that goes in the middle of its body, or of its answer, leaves the service as it was',
    level: 'MUST',
    source: 'docs/threat-model.md#what-is-defended',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve({ registry: slowRegistry(20) })
      service.tolerateErrors()
      service.tolerateRuns(1)
      for (const key of ['none', service.keys.acme.key, service.keys.globex.key]) {
        const connection = await service.connectHttp1()
        const headers = [['Content-Length', '100000']] as const
        connection.write(encodeHead(service.request({ method: 'POST', path: '/echo', key, headers })))
        connection.write(Buffer.alloc(1000))
        await new Promise((resolve) => setTimeout(resolve, 5))
        connection.close()
      }
      service.expectAccepted(await service.call(), { partner: 'acme' })
    },
  },
  {
    id: 'response/http2-body-still-coming',
    title: 'over HTTP/2 a refusal is complete although a body is still coming; only its stream ends',
    level: 'MUST',
    source: 'docs/adapters.md#refusals, RFC 9113 §8.1',
    needs: ['http2'],
    async run({ serve }) {
      const service = await serve({ transport: 'http2' })
      const connection = (await service.connect()) as Http2Connection
      const body = Buffer.alloc(8 * MEBIBYTE)
      const answer = await service.on(connection, { method: 'POST', path: '/echo', key: 'none', body })
      service.expectRefused(answer, 'key-missing')
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
    },
  },
  {
    id: 'response/http2-body-never-sent',
    title: 'over HTTP/2 a refusal does not wait for a body that does not come',
    level: 'MUST',
    source: 'RFC 9113 §8.1',
    needs: ['http2'],
    async run({ serve }) {
      const service = await serve({ transport: 'http2' })
      const connection = (await service.connect()) as Http2Connection
      const answer = await connection.sendHead(service.request({ method: 'POST', path: '/echo', key: 'none' }))
      service.expectRefused(service.record(answer), 'key-missing')
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
    },
  },
  {
    id: 'response/throwing-handler',
    title: "a handler that throws is the application's affair: one error, one answer, no second decision",
    level: 'MUST',
    source: 'docs/adapters.md#the-guard',
    needs: ['https', 'error-handler'],
    async run({ serve }) {
      const service = await serve()
      const answer = await service.call({ path: '/throws' })
      service.expectRuns(1)
      service.expectErrors('HandlerError')
      assertEqual(answer.status, 500, 'the error reaches the framework')
      assertEqual(answer.json(), { caught: 'HandlerError' }, 'the error is the one that was thrown')
      assertEqual(service.events.of('accepted').length, 1, 'the request is judged once')
      assertEqual(service.events.of('refused').length, 0, 'an accepted request is not refused afterwards')
    },
  },
  {
    id: 'response/not-for-open-routes',
    title: 'a route without a guard is left alone',
    level: 'MUST',
    source: 'docs/adapters.md#the-guard',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      service.expectAnonymous(await service.call({ path: '/open', certificate: 'none', key: 'none' }))
      assertEqual(service.events.all.length, 0, 'nothing is judged')
    },
  },
]

/** Sends until the server ends the connection, or `limit` is reached. @returns how much was sent */
async function pour(connection: Http1Connection, limit: number, frame?: (part: Buffer) => Buffer): Promise<number> {
  const part = Buffer.alloc(64 * KIBIBYTE)
  const octets = frame === undefined ? part : frame(part)
  let sent = 0
  while (!connection.ended && sent < limit) {
    connection.write(octets)
    sent += octets.length
    await connection.drained()
    // Loopback may take megabytes before the other side has had its turn.
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (sent >= limit)
    throw new ConformanceFailure('the server stops reading', 'the end of the connection', `${sent} octets`)
  return sent
}

/** The first chunk's size has been sent; each part ends it and begins the next. */
function asChunk(part: Buffer): Buffer {
  return Buffer.concat([part, Buffer.from('\r\n10000\r\n')])
}
