/** What is not there is said to be missing, and only where it belongs does anything count as there. @module */

import { assertEqual } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import { refusalCase } from './one-request.ts'

const SOURCE = 'docs/problems.md#credentials-missing'

export const presenceCases: readonly Case[] = [
  refusalCase({
    id: 'missing/both',
    title: 'who sends nothing is told that both kinds are missing',
    source: SOURCE,
    call: () => ({ certificate: 'none', key: 'none' }),
    reason: 'credentials-missing',
    expectation: { missing: ['certificate', 'key'] },
  }),
  refusalCase({
    id: 'missing/certificate',
    title: 'a key without a certificate is refused, and the certificate is said to be missing',
    source: SOURCE,
    call: () => ({ certificate: 'none' }),
    reason: 'certificate-missing',
    expectation: { missing: ['certificate'] },
  }),
  refusalCase({
    id: 'missing/key',
    title: 'a certificate without a key is refused, and the key is said to be missing',
    source: SOURCE,
    call: () => ({ key: 'none' }),
    reason: 'key-missing',
    expectation: { missing: ['key'] },
  }),
  refusalCase({
    id: 'missing/own-header',
    title: 'where keys have a header of another name, the challenge says so',
    source: 'RFC 9110 §11.6.1',
    serve: () => ({ key: { header: 'X-Api-Key' } }),
    call: () => ({ key: 'none' }),
    reason: 'key-missing',
    expectation: { missing: ['key'] },
  }),
  refusalCase({
    id: 'missing/http2',
    title: 'a certificate without a key over HTTP/2 is refused',
    source: SOURCE,
    needs: ['http2'],
    serve: () => ({ transport: 'http2' }),
    call: () => ({ key: 'none' }),
    reason: 'key-missing',
  }),
  refusalCase({
    id: 'missing/key-in-cookie',
    title: 'a key in a cookie is not read',
    source: 'docs/keys.md',
    call: ({ keys }) => ({
      key: 'none',
      headers: [['Cookie', `key=${keys.acme.key}; authorization=${keys.acme.key}`]],
    }),
    reason: 'key-missing',
  }),
  refusalCase({
    id: 'missing/key-in-body',
    title: 'a key in the body is not read',
    source: 'docs/keys.md',
    call: ({ keys }) => ({
      method: 'POST',
      path: '/echo',
      key: 'none',
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: Buffer.from(`access_token=${keys.acme.key}`),
    }),
    reason: 'key-missing',
  }),
  {
    id: 'missing/key-in-trailer',
    title: 'a key in a trailer is not read',
    level: 'MUST',
    source: 'RFC 9110 §6.5.1',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connectHttp1()
      const request = service.request({
        method: 'POST',
        path: '/echo',
        key: 'none',
        headers: [
          ['Transfer-Encoding', 'chunked'],
          ['Trailer', 'Authorization'],
        ],
      })
      const body = Buffer.from(`2\r\nhi\r\n0\r\nAuthorization: Bearer ${service.keys.acme.key}\r\n\r\n`)
      service.expectRefused(service.record(await connection.send({ ...request, body })), 'key-missing')
    },
  },
  ...(['TLSv1.2', 'TLSv1.3'] as const).map(
    (version): Case => ({
      id: `missing/resumed-${version === 'TLSv1.2' ? 'tls-1.2' : 'tls-1.3'}`,
      title: `a ${version} session without a certificate is refused, resumed or not`,
      level: 'MUST',
      source: 'nodejs/node#35317',
      needs: ['https'],
      async run({ serve }) {
        const service = await serve()
        const first = await service.connectHttp1({ certificate: 'none', maxVersion: version })
        service.expectRefused(await service.on(first), 'certificate-missing')
        const session = await first.offeredSession()
        first.close()
        const resumed = await service.connectHttp1({ certificate: 'none', maxVersion: version, session })
        assertEqual(resumed.resumed, true, 'the session is resumed')
        service.expectRefused(await service.on(resumed), 'certificate-missing')
      },
    }),
  ),
  {
    id: 'missing/prototype-pollution',
    title: 'credentials that somebody put on Object.prototype are not read',
    level: 'MUST',
    source: 'docs/conformance-coverage.md#header-fields (H21, H22)',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connect()
      const prototype = Object.prototype as Record<string, unknown>
      const names = ['authorization', 'x-api-key', 'principal', 'ok']
      for (const name of names) {
        Object.defineProperty(prototype, name, {
          value: `Bearer ${service.keys.acme.key}`,
          configurable: true,
          enumerable: false,
        })
      }
      try {
        service.expectRefused(await service.on(connection, { key: 'none' }), 'key-missing')
      } finally {
        for (const name of names) delete prototype[name]
      }
    },
  },
  refusalCase({
    id: 'missing/prototype-fields',
    title: 'fields with the names of prototype members are only fields',
    source: 'CVE-2026-21710',
    call: ({ keys }) => ({
      key: 'none',
      headers: [
        ['__proto__', `Bearer ${keys.acme.key}`],
        ['constructor', 'x'],
        ['hasOwnProperty', 'x'],
        ['toString', 'x'],
      ],
    }),
    reason: 'key-missing',
  }),
]
