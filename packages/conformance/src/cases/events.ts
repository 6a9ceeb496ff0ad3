/** What is told about each request: everything an operator needs, nothing secret, and no listener decides anything. @module */
import { inspect } from 'node:util'
import type { CountersignEvent } from '@countersign/core'
import { assertEqual, assertMatch, assertTrue } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import { captureOutput } from '../world/capture-output.ts'
import type { ServiceOptions } from '../world/service.ts'
import { refusalCase } from './one-request.ts'

const SOURCE = 'docs/events.md'

export const eventCases: readonly Case[] = [
  {
    id: 'events/accepted',
    title: 'an accepted request is told once, with whose it was',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      service.expectAccepted(await service.call({ path: '/whoami?page=2' }), { partner: 'acme' })
      const [event] = service.events.of('accepted')
      assertTrue(event !== undefined && service.events.all.length === 1, 'one event', service.events.all.length)
      const { method, path, partnerId, keyId, certificate, scopes } = event
      assertEqual(
        { method, path, partnerId, keyId, certificate, scopes: [...scopes].sort() },
        {
          method: 'GET',
          path: '/whoami',
          partnerId: 'acme',
          keyId: service.keys.acme.record.id,
          certificate: pki.acme.fingerprint,
          scopes: ['orders:read', 'orders:write'],
        },
        'the event says who did what',
      )
    },
  },
  {
    id: 'events/refused',
    title: 'a refused request is told once, with whose key and certificate it was',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      const event = service.expectRefused(await service.call({ certificate: pki.globex }), 'binding-missing')
      assertEqual(service.events.all.length, 1, 'one event')
      assertEqual(event.keyId, service.keys.acme.record.id, 'the event names the key')
      assertEqual(event.certificate, pki.globex.fingerprint, 'the event names the certificate')
      assertMatch(event.peer, /^(?:::ffff:)?127\.0\.0\.1$/, 'the event names the peer')
      assertTrue(event.durationMilliseconds >= 0, 'the event says how long it took', event.durationMilliseconds)
    },
  },
  {
    id: 'events/frozen',
    title: 'a listener cannot change what others are told',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      service.expectAccepted(await service.call(), { partner: 'acme' })
      service.expectRefused(await service.call({ key: 'none' }), 'key-missing')
      for (const event of service.events.all) assertTrue(Object.isFrozen(event), `the event ${event.type} is frozen`)
    },
  },
  ...(
    [
      [
        'throws',
        'throws',
        () => {
          throw new Error('canary-of-a-listener')
        },
      ],
      ['rejects', 'rejects', () => Promise.reject(new Error('canary-of-a-listener'))],
      ['returns-true', 'returns true', () => true],
    ] as const
  ).map(
    ([name, what, listener]): Case => ({
      id: `events/listener-${name}`,
      title: `a listener that ${what} changes no decision`,
      level: 'MUST',
      source: SOURCE,
      needs: ['https'],
      async run({ serve, addSecret }) {
        addSecret('canary-of-a-listener')
        const on = { accepted: listener, refused: listener, handlerFailed: listener } as ServiceOptions['on'] & object
        const service = await serve({ on })
        service.expectAccepted(await service.call(), { partner: 'acme' })
        service.expectRefused(await service.call({ key: 'none' }), 'key-missing')
        service.expectRefused(await service.call({ key: service.keys.globex.key }), 'binding-missing')
        if (name !== 'returns-true') await service.events.next('handlerFailed', 2)
      },
    }),
  ),
  refusalCase({
    id: 'events/hostile-path',
    title: 'control characters and endless paths do not get into the log',
    source: 'docs/events.md',
    call: () => ({ path: `/whoami?${'x'.repeat(5_000)}%0d%0a%1b[31m`, key: 'none' }),
    reason: 'key-missing',
  }),
  {
    id: 'events/no-secrets',
    title: 'no key, no part of one and no private key is in any answer, event or line of output',
    level: 'MUST',
    source: 'docs/events.md, 55',
    needs: ['https'],
    async run({ serve, pki, addSecret }) {
      for (const { privateKeyPem } of [pki.acme, pki.globex, pki.server]) {
        const [line] = privateKeyPem.split('\n').slice(1)
        if (line !== undefined) addSecret(line)
      }
      const output = captureOutput()
      const seen: CountersignEvent[] = []
      try {
        const service = await serve({ key: { onExposed: 'suspend' } })
        for (const type of ['accepted', 'refused', 'exposed'] as const) {
          service.authenticator.on(type, (event) => void seen.push(event))
        }
        const { acme, globex } = service.keys
        service.expectAccepted(await service.call(), { partner: 'acme' })
        for (const options of [
          { key: globex.key },
          { key: `${acme.key}x` },
          { key: acme.key.slice(0, -1) },
          { headers: [['X-Api-Key', acme.key]] },
          { headers: [['Authorization', `Bearer ${globex.key}`]] },
          { path: `/whoami?k=${acme.key}` },
          { certificate: 'none' },
        ] as const) {
          await service.call(options)
        }
        await service.events.next('exposed')
        const secrets = [acme, globex].map(({ key }) => key.slice(-49, -6))
        const told = `${output.text}\n${inspect(seen, { depth: 8 })}`
        assertEqual(
          secrets.filter((secret) => told.includes(secret)),
          [],
          'no output tells a secret',
        )
      } finally {
        output.restore()
      }
    },
  },
]
