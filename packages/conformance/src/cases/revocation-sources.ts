/** Real sources of revocation, from the file, the server or the responder to the answer that a partner gets. @module */
import { rename, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { crlFiles, crlUrls, ocsp } from '@countersign/core/node'
import { createOcspResponder } from '@countersign/testing'
import { assertEqual, assertTrue } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import type { Answer } from '../world/answer.ts'
import type { Connection } from '../world/connection.ts'
import type { Service } from '../world/service.ts'

/** What an operator is promised, from the file to the refusal. */
const IN_FORCE_MILLISECONDS = 1_000

const PROMISE = 'docs/concepts.md#what-is-remembered-and-what-is-not, docs/revocation.md#crls-from-urls'

export const revocationSourceCases: readonly Case[] = [
  ...(
    [
      ['http1', 'https', 'the open HTTP/1.1 connection', (service) => requestOver(service, service.connectHttp1())],
      ['http2', 'http2', 'the open HTTP/2 connection', (service) => requestOver(service, service.connect())],
      ['resumed', 'https', 'a resumed TLS session', requestResumed],
    ] as readonly (readonly [string, 'https' | 'http2', string, (service: Service) => Promise<Asking>])[]
  ).map(
    ([name, transport, what, begin]): Case => ({
      id: `revocation/within-a-second-${name}`,
      title: `a CRL file that changes refuses the certificate on ${what} within a second`,
      level: 'MUST',
      source: PROMISE,
      needs: [transport],
      async run(context) {
        const { pki } = context
        const list = join(await context.folder(), 'ca.crl')
        await writeFile(list, (await pki.ca.crl()).der)
        const service = await context.serve({ transport, certificate: { revocation: crlFiles(list) } })
        const asking = await begin(service)
        service.expectAccepted(await asking.ask(), { partner: 'acme' })
        // By the service's clock, which stands still.
        const next = (await pki.ca.crl({ revoked: [pki.acme], thisUpdate: service.clock() })).der
        await writeFile(`${list}.new`, next)
        await rename(`${list}.new`, list)
        const changed = performance.now()
        for (;;) {
          const answer = await asking.ask()
          const elapsed = performance.now() - changed
          if (answer.status !== 200) {
            service.expectRefused(answer, 'certificate-revoked')
            assertTrue(elapsed <= IN_FORCE_MILLISECONDS, `it takes effect within ${IN_FORCE_MILLISECONDS} ms`, elapsed)
            return
          }
          service.expectAccepted(answer, { partner: 'acme' })
          assertTrue(elapsed <= 3 * IN_FORCE_MILLISECONDS, 'it takes effect at all', elapsed)
          await delay(20)
        }
      },
    }),
  ),
  {
    id: 'revocation/crl-url',
    title: 'requests wait for a list that is fetched for the first time, and go on with it when its server is gone',
    level: 'MUST',
    source: PROMISE,
    needs: ['https'],
    async run({ serve, pki }) {
      const { der } = await pki.ca.crl({ revoked: [pki.globex] })
      const source = await startServer((_, response) => void setTimeout(() => response.end(der), 50))
      try {
        const service = await serve({ certificate: { revocation: crlUrls([`${source.origin}/ca.crl`]) } })
        service.expectAccepted(await service.call(), { partner: 'acme' })
        source.close()
        const revoked = await service.call({ certificate: pki.globex, key: service.keys.globex.key })
        service.expectRefused(revoked, 'certificate-revoked')
        service.expectAccepted(await service.call(), { partner: 'acme' })
      } finally {
        source.close()
      }
    },
  },
  {
    id: 'revocation/crl-url-down',
    title: 'a server of lists that is down denies for the time being, and is told',
    level: 'MUST',
    source: PROMISE,
    needs: ['https'],
    async run({ serve }) {
      const source = await startServer((_, response) => void response.writeHead(503).end())
      try {
        const service = await serve({ certificate: { revocation: crlUrls([`${source.origin}/ca.crl`]) } })
        service.expectRefused(await service.call(), 'revocation-unavailable')
        assertEqual((await service.events.next('degraded')).source, `${source.origin}/ca.crl`, 'the event names it')
        assertEqual(service.authenticator.health().ready, false, 'nobody can be let in')
      } finally {
        source.close()
      }
    },
  },
  {
    id: 'revocation/ocsp',
    title: 'what an OCSP responder says decides, also when it is gone; what it never said denies',
    level: 'MUST',
    source: 'RFC 6960 §2.2',
    needs: ['https'],
    async run({ serve, pki }) {
      const respond = createOcspResponder(pki.ca, {
        statusOf: (serialNumber) => (serialNumber === pki.globex.serialNumber ? 'revoked' : 'good'),
      })
      const source = await startServer(async (request, response) => {
        const parts: Buffer[] = []
        for await (const part of request) parts.push(part)
        const answer = await respond(Buffer.concat(parts))
        response.writeHead(200, { 'content-type': 'application/ocsp-response' }).end(answer)
      })
      try {
        const service = await serve({ certificate: { revocation: ocsp({ responders: [source.origin] }) } })
        service.expectAccepted(await service.call(), { partner: 'acme' })
        const revoked = await service.call({ certificate: pki.globex, key: service.keys.globex.key })
        service.expectRefused(revoked, 'certificate-revoked')
        source.close()
        service.expectAccepted(await service.call(), { partner: 'acme' })
        const another = await pki.ca.issueClient({ name: 'acme', spiffe: 'spiffe://example.test/acme' })
        service.expectRefused(await service.call({ certificate: another }), 'revocation-unavailable')
      } finally {
        source.close()
      }
    },
  },
]

/** One way of asking again and again. */
interface Asking {
  ask(): Promise<Answer>
}

async function requestOver(service: Service, connecting: Promise<Connection>): Promise<Asking> {
  const connection = await connecting
  return { ask: () => service.on(connection) }
}

/** Each time over a connection of its own, with the session of the first. */
async function requestResumed(service: Service): Promise<Asking> {
  const first = await service.connectHttp1({ maxVersion: 'TLSv1.2' })
  service.expectAccepted(await service.on(first), { partner: 'acme' })
  const session = await first.offeredSession()
  first.close()
  return {
    async ask() {
      const connection = await service.connectHttp1({ maxVersion: 'TLSv1.2', session })
      assertEqual(connection.resumed, true, 'the session is resumed')
      const answer = await service.on(connection)
      connection.close()
      return answer
    },
  }
}

interface Source {
  readonly origin: string
  close(): void
}

async function startServer(listener: RequestListener): Promise<Source> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
