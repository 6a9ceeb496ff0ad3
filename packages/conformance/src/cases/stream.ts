/** `principal.signal`: a stream that runs ends when its certificate or key does, and for no other reason. @module */
import { setTimeout as delay } from 'node:timers/promises'
import { denialFor } from '@countersign/core/registry'
import { parseCertificate } from '@countersign/core/x509'
import { assertEqual, assertTrue } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import type { Answer } from '../world/answer.ts'
import { STREAM_GREETING } from '../world/application.ts'
import type { Service } from '../world/service.ts'
import { eventually } from './setups.ts'

const SOURCE = 'docs/adapters.md#streams'

export const streamCases: readonly Case[] = [
  ...(
    [
      ['certificate-revoked', 'its certificate is revoked', ({ revocation, pki }) => revocation.revoke(pki.acme)],
      ['key-revoked', 'its key is revoked', ({ registry, keys }) => registry.revokeKey(keys.acme.record.id)],
      ['partner-suspended', 'its partner is suspended', ({ registry }) => registry.suspendPartner('acme')],
      [
        'rule-removed',
        'its certificate no longer meets a rule',
        ({ registry }) => registry.updatePartner('acme', { rules: [] }),
      ],
      [
        'anchor-removed',
        'its CA is no longer trusted',
        ({ authenticator, pki }) => authenticator.update({ anchors: pki.otherCa.certificate.pem }),
      ],
      [
        'denied',
        'its certificate is denied',
        async ({ registry, pki }) =>
          registry.denyCertificate(await denialFor(parseCertificate(pki.acme.certificate.der), 'serial')),
      ],
      [
        'denied-locally',
        'its certificate is denied in this process',
        async ({ authenticator, pki }) =>
          authenticator.denyLocally(await denialFor(parseCertificate(pki.acme.certificate.der), 'serial')),
      ],
      ['expired', 'its certificate expires', ({ clock }) => clock.advance({ days: 91 })],
    ] as readonly (readonly [string, string, (service: Service) => unknown])[]
  ).map(
    ([name, what, end]): Case => ({
      id: `stream/ended-${name}`,
      title: `a stream that runs ends once ${what}`,
      level: 'MUST',
      source: SOURCE,
      needs: ['https', 'streaming'],
      async run({ serve }) {
        const service = await serve()
        const streaming = await startStream(service)
        await end(service)
        await expectEnd(service, streaming)
      },
    }),
  ),
  {
    id: 'stream/http2',
    title: 'a stream over HTTP/2 ends once its key is revoked, and the connection lives on',
    level: 'MUST',
    source: SOURCE,
    needs: ['http2', 'streaming'],
    async run({ serve, pki }) {
      const service = await serve({ transport: 'http2' })
      const other = await service.issue({ partnerId: 'acme' })
      const connection = await service.connect({ certificate: pki.acme })
      const streaming = service.on(connection, { path: '/stream' })
      service.expectRuns(1)
      await eventually(() => service.authenticator.health().liveStreams === 1, 'the stream runs')
      await service.registry.revokeKey(service.keys.acme.record.id)
      await expectEnd(service, streaming)
      service.expectAccepted(await service.on(connection, { key: other.key }), { partner: 'acme' })
    },
  },
  {
    id: 'stream/not-ended',
    title: 'a stream goes on whatever happens to others',
    level: 'MUST',
    source: SOURCE,
    needs: ['https', 'streaming'],
    async run({ serve, pki }) {
      const service = await serve()
      const other = await service.issue({ partnerId: 'acme' })
      const streaming = await startStream(service)
      service.revocation.revoke(pki.globex)
      await service.registry.revokeKey(service.keys.globex.record.id)
      await service.registry.revokeKey(other.record.id)
      await service.registry.suspendPartner('globex')
      await delay(100)
      assertEqual(service.application.endedStreams, 0, 'the stream goes on')
      await service.registry.revokeKey(service.keys.acme.record.id)
      await expectEnd(service, streaming)
    },
  },
  {
    id: 'stream/client-gone',
    title: 'a stream whose client has gone is forgotten',
    level: 'MUST',
    source: SOURCE,
    needs: ['https', 'streaming'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connectHttp1()
      service.on(connection, { path: '/stream' }).catch(() => {})
      service.expectRuns(1)
      await eventually(() => service.authenticator.health().liveStreams === 1, 'the stream runs')
      connection.close()
      await eventually(() => service.authenticator.health().liveStreams === 0, 'nobody watches over it any more')
    },
  },
  {
    id: 'stream/told',
    title: 'that streams were ended is told as an event',
    level: 'MUST',
    source: 'docs/events.md',
    needs: ['https', 'streaming'],
    async run({ serve, pki }) {
      const service = await serve()
      const streaming = await startStream(service)
      service.revocation.revoke(pki.acme)
      await expectEnd(service, streaming)
      assertEqual((await service.events.next('revocation')).ended, 1, 'one stream was ended')
    },
  },
  {
    id: 'stream/not-asked-for',
    title: 'a request whose handler does not ask for the signal is not watched over',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connect()
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
      assertEqual(service.authenticator.health().liveStreams, 0, 'nothing is watched over')
    },
  },
]

/** Resolves to the answer that is still coming, once the handler waits for its signal. */
async function startStream(service: Service): Promise<{ readonly answer: Promise<Answer> }> {
  const connection = await service.connect()
  const answer = service.on(connection, { path: '/stream' })
  answer.catch(() => {})
  service.expectRuns(1)
  await eventually(() => service.authenticator.health().liveStreams === 1, 'the stream runs')
  return { answer }
}

async function expectEnd(
  service: Service,
  streaming: { readonly answer: Promise<Answer> } | Promise<Answer>,
): Promise<void> {
  const answer = await ('answer' in streaming ? streaming.answer : streaming)
  assertEqual(answer.status, 200, 'the stream had begun')
  assertTrue(answer.text.startsWith(STREAM_GREETING), 'the stream had begun', answer.text)
  assertTrue(answer.text.endsWith('data: over\n\n'), 'the stream ended in its own way', answer.text)
  assertEqual(service.application.endedStreams, 1, 'the signal aborted')
}
