/** Did it come securely? Decided from the connection and from the word of a trusted hop alone. @module */
import { rfc9440 } from '@countersign/core/sources'
import { assertEqual } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import { type Answer, comparable } from '../world/answer.ts'
import { forwardedFields } from '../world/service.ts'
import { refusalCase } from './one-request.ts'
import { behindHop } from './setups.ts'

const BCP = 'draft-ietf-httpapi-privacy-06'

export const transportCases: readonly Case[] = [
  refusalCase({
    id: 'transport/plain',
    title: 'a request over plain HTTP is refused, whatever it carries',
    source: BCP,
    needs: ['http'],
    serve: () => ({ transport: 'http' }),
    call: () => ({ key: 'none' }),
    reason: 'transport-insecure',
  }),
  {
    id: 'transport/plain-uniform',
    title: 'over plain HTTP a good key, a wrong one and none are answered alike',
    level: 'MUST',
    source: BCP,
    needs: ['http'],
    async run({ serve }) {
      const service = await serve({ transport: 'http' })
      const keys = [service.keys.acme.key, `${service.keys.acme.key.slice(0, -1)}!`, 'none', 'garbage']
      const answers: Answer[] = []
      for (const key of keys) {
        const answer = await service.call({ key })
        service.expectRefused(answer, 'transport-insecure')
        answers.push(answer)
      }
      const [first, ...others] = answers.map(comparable)
      for (const other of others) assertEqual(other, first, 'the answers differ in nothing but the correlation id')
    },
  },
  {
    id: 'transport/plain-exposes',
    title: 'a key that came over plain HTTP is reported as exposed, once it was found to be a whole key of ours',
    level: 'MUST',
    source: `${BCP}, docs/keys.md#when-one-was-exposed`,
    needs: ['http'],
    async run({ serve }) {
      const service = await serve({ transport: 'http' })
      service.expectRefused(await service.call(), 'transport-insecure')
      const { keyId, by, confirmed, action } = await service.events.next('exposed')
      assertEqual(
        { keyId, by, confirmed, action },
        { keyId: service.keys.acme.record.id, by: 'plaintext', confirmed: true, action: 'reported' },
        'the exposed key is reported',
      )
    },
  },
  refusalCase({
    id: 'transport/plain-optional',
    title: 'the optional guard lets nobody pass over plain HTTP, not even without credentials',
    source: 'docs/adapters.md#optional',
    needs: ['http'],
    serve: () => ({ transport: 'http' }),
    call: () => ({ path: '/optional', key: 'none' }),
    reason: 'transport-insecure',
  }),
  ...(
    [
      ['forwarded-proto', [['X-Forwarded-Proto', 'https']]],
      ['forwarded-ssl', [['X-Forwarded-Ssl', 'on']]],
      ['front-end-https', [['Front-End-Https', 'on']]],
      ['forwarded', [['Forwarded', 'for=10.0.0.1;proto=https;by=10.0.0.2']]],
      ['url-scheme', [['X-Url-Scheme', 'https']]],
    ] as const
  ).map(([name, headers]) =>
    refusalCase({
      id: `transport/spoofed-${name}`,
      title: `a client's own ${headers[0][0]} does not make plain HTTP secure, even where the framework believes it`,
      source: 'docs/sources.md#did-it-come-securely',
      needs: ['http'],
      serve: () => ({ transport: 'http', trustProxy: true }),
      call: () => ({ headers }),
      reason: 'transport-insecure',
    }),
  ),
  refusalCase({
    id: 'transport/spoofed-absolute-target',
    title: 'an https scheme in the request target does not make plain HTTP secure',
    source: 'RFC 9112 §3.2.2',
    needs: ['http'],
    serve: () => ({ transport: 'http', trustProxy: true }),
    call: () => ({ path: 'https://api.example.test/whoami' }),
    reason: 'transport-insecure',
  }),
  refusalCase({
    id: 'transport/hop-silent',
    title: 'a trusted hop that says nothing about the client did not say that it came securely',
    source: 'docs/sources.md#did-it-come-securely',
    needs: ['http'],
    serve: () => behindHop(),
    reason: 'transport-insecure',
  }),
  refusalCase({
    id: 'transport/hop-over-tls-silent',
    title: 'that a hop itself came over TLS says nothing about its client',
    source: 'docs/sources.md#did-it-come-securely',
    serve: () => ({ certificate: { source: rfc9440({ from: ['127.0.0.1'] }) } }),
    reason: 'transport-insecure',
  }),
  ...(
    [
      ['http', ['http']],
      ['upper-case', ['HTTPS']],
      ['list', ['https, http']],
      ['reversed-list', ['http, https']],
      ['twice', ['https', 'https']],
      ['contradicting', ['https', 'http']],
      ['empty', ['']],
      ['wss', ['wss']],
    ] as const
  ).map(([name, values]) =>
    refusalCase({
      id: `transport/hop-proto-${name}`,
      title: `a trusted hop's X-Forwarded-Proto must be exactly one "https": ${values.map((value) => `"${value}"`).join(' and ')} is not`,
      source: 'docs/sources.md#did-it-come-securely',
      needs: ['http'],
      serve: () => behindHop(),
      call: ({ pki }) => ({
        forwarded: pki.acme,
        headers: values.map((value) => ['X-Forwarded-Proto', value] as const),
      }),
      reason: 'transport-insecure',
    }),
  ),
  refusalCase({
    id: 'transport/unix-not-a-hop',
    title: 'a Unix socket that was not named as a hop is not secure',
    source: 'docs/sources.md#who-may-say-so',
    needs: ['unix'],
    serve: () => ({ transport: 'unix' }),
    reason: 'transport-insecure',
  }),
  refusalCase({
    id: 'transport/unix-range-hop',
    title: 'a range of addresses does not cover a Unix socket',
    source: 'docs/sources.md#who-may-say-so',
    needs: ['unix'],
    serve: () => ({ ...behindHop(['127.0.0.0/8', '::/1', '8000::/1', '128.0.0.0/1', '0.0.0.0/1']), transport: 'unix' }),
    call: () => ({ headers: [['X-Forwarded-Proto', 'https']] }),
    reason: 'transport-insecure',
  }),
  {
    id: 'transport/exposed-then-secure',
    title: 'a key that was suspended for coming over plaintext is refused securely too, and its holder learns why',
    level: 'MUST',
    source: `${BCP}, docs/keys.md#when-one-was-exposed`,
    needs: ['http'],
    async run({ serve, pki }) {
      const service = await serve({ ...behindHop(), key: { onExposed: 'suspend' } })
      service.expectAccepted(await service.call({ forwarded: pki.acme }), { partner: 'acme' })
      service.expectRefused(await service.call({ headers: [['X-Forwarded-Proto', 'http']] }), 'transport-insecure')
      assertEqual((await service.events.next('exposed')).action, 'suspended', 'the exposed key is suspended')
      service.expectRefused(await service.call({ forwarded: pki.acme }), 'key-exposed')
      const stranger = await service.call({ headers: forwardedFields(pki.globex) })
      service.expectProblem(stranger, 'credentials-invalid')
    },
  },
]
