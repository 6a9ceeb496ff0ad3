/** The traps that frameworks lay: mounting, rewriting, parsing, running twice. @module */
import { assertEqual, assertTrue } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import { forwardedFields } from '../world/service.ts'
import { acceptanceCase, refusalCase } from './one-request.ts'

const SOURCE = 'docs/adapters.md#the-guard'

export const frameworkCases: readonly Case[] = [
  acceptanceCase({
    id: 'framework/path-guard',
    title: 'a guard on a path prefix lets a good pair through to the route below it',
    source: SOURCE,
    needs: ['https', 'path-guard'],
    call: () => ({ path: '/guarded/whoami' }),
  }),
  refusalCase({
    id: 'framework/path-guard-refuses',
    title: 'a guard on a path prefix refuses what is not good before the route below it',
    source: SOURCE,
    needs: ['https', 'path-guard'],
    call: () => ({ path: '/guarded/whoami', key: 'none' }),
    reason: 'key-missing',
  }),
  ...(
    [
      ['upper-case', '/GUARDED/whoami'],
      ['two-slashes', '//guarded/whoami'],
      ['inner-slashes', '/guarded//whoami'],
      ['trailing-slash', '/guarded/whoami/'],
      ['escaped-letter', '/%67uarded/whoami'],
      ['escaped-slash', '/guarded%2Fwhoami'],
      ['dot-segment', '/./guarded/whoami'],
      ['two-dots', '/open/../guarded/whoami'],
      ['escaped-dots', '/open/%2e%2e/guarded/whoami'],
      ['backslash', '/guarded\\whoami'],
      ['matrix', '/guarded;x=1/whoami'],
      ['nul', '/guarded/whoami%00'],
      ['absolute', 'https://api.example.test/guarded/whoami'],
      ['absolute-other-host', 'http://other.test/guarded/whoami'],
    ] as const
  ).map(
    ([name, path]): Case => ({
      id: `framework/path-guard-${name}`,
      title: `another spelling of a guarded path does not get around its guard: ${path}`,
      level: 'MUST',
      source: SOURCE,
      needs: ['https', 'path-guard'],
      async run({ serve }) {
        const service = await serve()
        const answer = await service.call({ path, certificate: 'none', key: 'none' })
        // Whether the framework knows the spelling is its own affair; that no handler ran is checked at the end.
        assertTrue(answer.status >= 400 && answer.status < 500, 'nobody gets through', answer.status)
      },
    }),
  ),
  acceptanceCase({
    id: 'framework/sub-router',
    title: 'a guard inside a mounted router lets a good pair through',
    source: SOURCE,
    needs: ['https', 'sub-router'],
    call: () => ({ path: '/tenants/7/whoami' }),
  }),
  {
    id: 'framework/sub-router-path',
    title: 'a guard inside a mounted router tells the path as it was received',
    level: 'MUST',
    source: 'docs/concepts.md#exchange-and-peer',
    needs: ['https', 'sub-router'],
    async run({ serve }) {
      const service = await serve()
      const answer = await service.call({ path: '/tenants/7/whoami?x=1', key: 'none' })
      assertEqual(service.expectRefused(answer, 'key-missing').path, '/tenants/7/whoami', 'the event names the path')
    },
  },
  acceptanceCase({
    id: 'framework/body-parsed-before',
    title: 'a body parser in front of the guard takes nothing from it',
    source: 'docs/adapters.md#the-guard',
    needs: ['https', 'body-parser'],
    call: () => ({
      method: 'POST',
      path: '/parsed',
      headers: [['Content-Type', 'application/json']],
      body: Buffer.from('{"a":1}'),
    }),
  }),
  refusalCase({
    id: 'framework/body-parsed-before-refused',
    title: 'behind a body parser a refusal is a refusal',
    source: 'docs/adapters.md#the-guard',
    needs: ['https', 'body-parser'],
    call: () => ({
      method: 'POST',
      path: '/parsed',
      key: 'none',
      headers: [['Content-Type', 'application/json']],
      body: Buffer.from('{"a":1}'),
    }),
    reason: 'key-missing',
  }),
  {
    id: 'framework/body-unparsable',
    title: 'a body that the parser in front of the guard rejects reaches no handler',
    level: 'MUST',
    source: 'docs/adapters.md#the-guard',
    needs: ['https', 'body-parser'],
    async run({ serve }) {
      const service = await serve()
      service.tolerateErrors()
      const answer = await service.call({
        method: 'POST',
        path: '/parsed',
        key: 'none',
        headers: [['Content-Type', 'application/json']],
        body: Buffer.from('{"a":'),
      })
      assertTrue(answer.status >= 400, 'nobody gets through', answer.status)
    },
  },
  acceptanceCase({
    id: 'framework/twice',
    title: 'a guard that stands twice lets a good pair through once',
    source: 'docs/adapters.md#scopes',
    call: () => ({ path: '/twice' }),
  }),
  {
    id: 'framework/twice-anew',
    title: 'a second guard decides anew: what it refuses is refused, whatever the first one said',
    level: 'MUST',
    source: 'docs/adapters.md#scopes',
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve({
        second: (options) => ({
          ...options,
          certificate: { ...options.certificate, anchors: pki.otherCa.certificate.pem },
        }),
      })
      const answer = await service.call({ path: '/twice' })
      service.expectProblem(answer, 'credentials-invalid')
      assertEqual(service.events.of('accepted').length, 1, 'the first guard let it through')
    },
  },
  {
    id: 'framework/twice-first-refuses',
    title: 'a second guard is not asked about what the first one refused',
    level: 'MUST',
    source: 'docs/adapters.md#scopes',
    needs: ['https'],
    async run({ serve, pki }) {
      let asked = 0
      const service = await serve({
        certificate: { anchors: pki.otherCa.certificate.pem },
        second: (options) => ({
          ...options,
          certificate: { ...options.certificate, anchors: pki.ca.certificate.pem },
          on: { accepted: () => void asked++, refused: () => void asked++ },
        }),
      })
      service.expectRefused(await service.call({ path: '/twice' }), 'issuer-unknown')
      assertEqual(asked, 0, 'the second guard is not asked')
    },
  },
  {
    id: 'framework/twice-principal',
    title: 'behind two guards the handler sees what the second one said',
    level: 'MUST',
    source: 'docs/adapters.md#scopes',
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve({
        second: (options) => ({
          ...options,
          require: 'key',
          key: {
            ...options.key,
            registry: {
              findPartner: () => undefined,
              async findKey(id, signal) {
                const found = await options.key?.registry.findKey(id, signal)
                return found && { ...found, key: { ...found.key, scopes: ['orders:read'] } }
              },
            },
          },
        }),
      })
      const answer = await service.call({ path: '/twice' })
      service.expectAccepted(answer, { partner: 'acme', fingerprint: pki.acme.fingerprint, scopes: ['orders:read'] })
    },
  },
  acceptanceCase({
    id: 'framework/trust-proxy',
    title: 'that the framework believes X-Forwarded-* changes nothing for who comes over TLS',
    source: 'docs/sources.md#did-it-come-securely',
    serve: () => ({ trustProxy: true }),
    call: () => ({
      headers: [
        ['X-Forwarded-For', '203.0.113.9'],
        ['X-Forwarded-Proto', 'http'],
        ['X-Forwarded-Host', 'other.test'],
      ],
    }),
  }),
  ...(
    [
      ['path', 'api.example.test/open?'],
      ['fragment', 'api.example.test/open#'],
      ['user', 'user:password@api.example.test'],
      ['port', 'api.example.test:99999'],
      ['bracket', '[::1'],
      ['space', 'api example test'],
      ['empty', ''],
    ] as const
  ).map(
    ([name, host]): Case => ({
      id: `framework/host-${name}`,
      title: `whatever Host says, nobody gets around a guard: "${host}"`,
      level: 'MUST',
      source: 'RFC 9110 §7.2, docs/conformance-coverage.md#faults-of-other-packages (P39)',
      needs: ['https'],
      async run({ serve }) {
        const service = await serve()
        const connection = await service.connectHttp1({ certificate: 'none' })
        const request = { ...service.request({ key: 'none' }), headers: [['Host', host] as const] }
        const answer = service.record(await connection.send(request))
        // Whether the server minds the name is its own affair; that no handler ran is checked at the end.
        assertTrue(answer.status >= 400 && answer.status < 500, 'nobody gets through', answer.status)
      },
    }),
  ),
  {
    id: 'framework/without-socket',
    title: "the framework's own way of asking without a socket lets nobody in",
    level: 'MUST',
    source: 'docs/sources.md#in-this-process',
    needs: ['https', 'in-process'],
    async run({ serve, pki }) {
      const service = await serve()
      const headers = [service.keyField(service.keys.acme.key), ...forwardedFields(pki.acme)]
      for (const list of [headers.slice(0, 1), [['X-Forwarded-Proto', 'https'] as const, ...headers.slice(0, 1)]]) {
        const answer = await service.fetch('/whoami', list)
        service.expectRefused(answer, 'transport-insecure')
      }
      service.expectProblem(await service.fetch('/whoami', headers), 'insecure-transport')
    },
  },
  {
    id: 'framework/upgrade',
    title: 'an upgrade with a good pair is let in',
    level: 'MUST',
    source: 'docs/adapters.md#websocket',
    needs: ['https', 'upgrade'],
    async run({ serve }) {
      const service = await serve()
      const { answer, after } = await service.upgrade({})
      assertEqual(answer.status, 101, 'the upgrade is let in')
      service.expectRuns(1)
      assertEqual((JSON.parse(after) as { partner?: unknown }).partner, 'acme', 'the handler sees the partner')
    },
  },
  ...(
    [
      ['no-key', 'no key', { key: 'none' }, 'key-missing'],
      ['no-certificate', 'no certificate', { certificate: 'none' }, 'certificate-missing'],
      ['misplaced', 'a key in another header', { misplaced: true }, 'key-misplaced'],
      ['key-in-url', 'a key in its URL', { inUrl: true }, 'key-in-url'],
    ] as const
  ).map(
    ([name, what, options, reason]): Case => ({
      id: `framework/upgrade-${name}`,
      title: `an upgrade with ${what} is refused with an answer that can be read`,
      level: 'MUST',
      source: 'docs/adapters.md#websocket, docs/adapters.md#websocket',
      needs: ['https', 'upgrade'],
      async run({ serve }) {
        const service = await serve()
        const { key } = service.keys.acme
        const headers = 'misplaced' in options ? [['X-Api-Key', key] as const] : []
        const path = 'inUrl' in options ? `/socket?token=${key}` : '/socket'
        const { answer } = await service.upgrade({ ...options, headers, path })
        service.expectRefused(answer, reason)
      },
    }),
  ),
]
