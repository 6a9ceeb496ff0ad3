/** Revoked is refused, unknown is not good, and both take effect on the next request. @module */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crlFiles } from '@countersign/core/node'
import type { RevocationStatus } from '@countersign/core/revocation'
import { malleateSignature } from '@countersign/testing'
import { assertEqual } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import type { Answer } from '../world/answer.ts'
import { hastenTimers } from '../world/hasten-timers.ts'
import { acceptanceCase, refusalCase } from './one-request.ts'
import { behindHop, eventually, thenable } from './setups.ts'

const REVOKED = 'docs/problems.md#credentials-invalid'
const UNAVAILABLE = 'docs/problems.md#verification-unavailable'

export const revocationCases: readonly Case[] = [
  refusalCase({
    id: 'revocation/leaf',
    title: 'a revoked certificate is refused',
    source: REVOKED,
    call({ pki, revocation }) {
      revocation.revoke(pki.acme)
      return {}
    },
    reason: 'certificate-revoked',
  }),
  refusalCase({
    id: 'revocation/intermediate',
    title: 'a certificate of a revoked CA is refused',
    source: 'RFC 5280 §6.3',
    needs: ['http'],
    serve: () => behindHop(),
    async call({ pki, revocation }) {
      revocation.revoke(pki.issuing)
      return { forwarded: await pki.issuing.issueClient({ name: 'acme' }) }
    },
    reason: 'certificate-revoked',
  }),
  refusalCase({
    id: 'revocation/malleated',
    title: 'a revoked certificate stays revoked under another signature that verifies',
    source: 'CVE-2026-25793',
    needs: ['http'],
    serve: () => behindHop(),
    async call({ pki, revocation }) {
      revocation.revoke(pki.acme)
      return { forwarded: await malleateSignature(pki.acme) }
    },
    reason: 'certificate-revoked',
  }),
  acceptanceCase({
    id: 'revocation/unchecked',
    title: "with revocation: 'unchecked' nothing is asked",
    source: 'docs/revocation.md',
    serve: () => ({ certificate: { revocation: 'unchecked' } }),
    call({ pki, revocation }) {
      revocation.revoke(pki.acme)
      return {}
    },
  }),
  refusalCase({
    id: 'revocation/responder-unknown',
    title: 'a certificate that its own responder does not know is refused',
    source: 'RFC 6960 §2.2, docs/problems.md#credentials-invalid',
    call({ revocation }) {
      revocation.answer(() => ({ status: 'unknown', by: 'switch', cause: 'responder-unknown' }))
      return {}
    },
    reason: 'certificate-status-unknown',
  }),
  ...(
    [
      ['source-failed', 'that could not be reached', () => ({ status: 'unknown', cause: 'source-failed' })],
      ['expired', 'whose list is out of date', () => ({ status: 'unknown', cause: 'crl-expired' })],
      ['no-source', 'that has nothing for the issuer', () => ({ status: 'unknown', cause: 'no-source' })],
      [
        'throws',
        'that throws',
        () => {
          throw new Error('canary-of-the-provider')
        },
      ],
      ['rejects', 'that rejects', () => Promise.reject(new Error('canary-of-the-provider'))],
      ['undefined', 'that answers nothing', () => undefined as never],
      ['true', 'that answers true', () => true as never],
      ['other-word', 'that answers with a word of its own', () => ({ status: 'fine', by: 'switch' }) as never],
      ['thenable', 'whose answer is a thenable of false', () => thenable(false) as never],
    ] as readonly (readonly [string, string, () => RevocationStatus | Promise<RevocationStatus>])[]
  ).map(
    ([name, what, answer]): Case => ({
      id: `revocation/unknown-${name}`,
      title: `a source of revocation ${what} denies, for the time being`,
      level: 'MUST',
      source: UNAVAILABLE,
      needs: ['https'],
      async run({ serve, addSecret }) {
        addSecret('canary-of-the-provider')
        const service = await serve()
        service.revocation.answer(answer)
        service.expectRefused(await service.call(), 'revocation-unavailable')
        service.revocation.answer(undefined)
        service.expectAccepted(await service.call(), { partner: 'acme' })
      },
    }),
  ),
  {
    id: 'revocation/unknown-never',
    title: 'a source of revocation that never answers denies, for the time being',
    level: 'MUST',
    source: UNAVAILABLE,
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connect()
      service.revocation.answer(() => new Promise(() => {}))
      const timers = hastenTimers()
      try {
        service.expectRefused(await service.on(connection), 'revocation-unavailable')
      } finally {
        timers.restore()
      }
      service.revocation.answer(undefined)
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
    },
  },
  refusalCase({
    id: 'revocation/unknown-and-wrong-key',
    title: 'while revocation is unknown, a wrong key is still a wrong key',
    source: 'docs/problems.md',
    call({ revocation, keys }) {
      revocation.answer(() => ({ status: 'unknown', cause: 'source-failed' }))
      return { key: keys.acme.key.slice(0, -1) }
    },
    reason: 'key-malformed',
  }),
  {
    id: 'revocation/keep-alive',
    title: 'a revocation takes effect on the next request of an open connection',
    level: 'MUST',
    source: 'docs/concepts.md#what-is-remembered-and-what-is-not, docs/concepts.md#what-is-remembered-and-what-is-not',
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      const connection = await service.connect()
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
      service.revocation.revoke(pki.acme)
      service.expectRefused(await service.on(connection), 'certificate-revoked')
    },
  },
  {
    id: 'revocation/http2',
    title: 'a revocation takes effect on the next stream of an open HTTP/2 connection',
    level: 'MUST',
    source: 'docs/concepts.md#what-is-remembered-and-what-is-not, docs/concepts.md#what-is-remembered-and-what-is-not',
    needs: ['http2'],
    async run({ serve, pki }) {
      const service = await serve({ transport: 'http2' })
      const connection = await service.connect()
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
      service.revocation.revoke(pki.acme)
      service.expectRefused(await service.on(connection), 'certificate-revoked')
    },
  },
  {
    id: 'revocation/forwarded',
    title: 'a revocation takes effect on the next request that a hop forwards over its open connection',
    level: 'MUST',
    source: 'docs/concepts.md#what-is-remembered-and-what-is-not',
    needs: ['http'],
    async run({ serve, pki }) {
      const service = await serve(behindHop())
      const connection = await service.connect()
      service.expectAccepted(await service.on(connection, { forwarded: pki.acme }), { partner: 'acme' })
      service.revocation.revoke(pki.acme)
      service.expectRefused(await service.on(connection, { forwarded: pki.acme }), 'certificate-revoked')
    },
  },
  ...(['TLSv1.2', 'TLSv1.3'] as const).map(
    (version): Case => ({
      id: `revocation/resumed-${version === 'TLSv1.2' ? 'tls-1.2' : 'tls-1.3'}`,
      title: `a revocation takes effect on a resumed ${version} session`,
      level: 'MUST',
      source: 'docs/concepts.md#what-is-remembered-and-what-is-not',
      needs: ['https'],
      async run({ serve, pki }) {
        const service = await serve()
        const first = await service.connectHttp1({ maxVersion: version })
        service.expectAccepted(await service.on(first), { partner: 'acme' })
        const session = await first.offeredSession()
        first.close()
        service.revocation.revoke(pki.acme)
        const resumed = await service.connectHttp1({ maxVersion: version, session })
        assertEqual(resumed.resumed, true, 'the session is resumed')
        service.expectRefused(await service.on(resumed), 'certificate-revoked')
      },
    }),
  ),
  {
    id: 'revocation/crl-replaced',
    title: 'a CRL file that is replaced takes effect on an open connection, without a restart',
    level: 'MUST',
    source: 'docs/revocation.md#crl-files',
    needs: ['https'],
    async run({ serve, pki, folder }) {
      const crls = join(await folder(), 'crls')
      await mkdir(crls)
      await writeFile(join(crls, 'ca.crl'), (await pki.ca.crl()).pem)
      const service = await serve({ certificate: { revocation: crlFiles(crls) } })
      const connection = await service.connect()
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
      const next = await pki.ca.crl({ revoked: [pki.acme], thisUpdate: service.clock() })
      await replaceFile(join(crls, 'ca.crl'), next.pem)
      await eventually(() => service.events.of('reloaded').length > 0, 'the new list is read', 5_000)
      service.expectRefused(await service.on(connection), 'certificate-revoked')
      const other = await service.call({ certificate: pki.globex, key: service.keys.globex.key })
      service.expectAccepted(other, { partner: 'globex' })
    },
  },
  {
    id: 'revocation/crl-broken',
    title: 'a CRL file that is replaced by nonsense leaves the last good list in force, and says so',
    level: 'MUST',
    source: 'docs/revocation.md#crl-files',
    needs: ['https'],
    async run({ serve, pki, folder }) {
      const crls = join(await folder(), 'crls')
      await mkdir(crls)
      await writeFile(join(crls, 'ca.crl'), (await pki.ca.crl({ revoked: [pki.globex] })).pem)
      const service = await serve({ certificate: { revocation: crlFiles(crls) } })
      await replaceFile(join(crls, 'ca.crl'), '<html>502 Bad Gateway</html>')
      await eventually(() => service.events.of('degraded').length > 0, 'the failure is told', 5_000)
      service.expectAccepted(await service.call(), { partner: 'acme' })
      const revoked = await service.call({ certificate: pki.globex, key: service.keys.globex.key })
      service.expectRefused(revoked, 'certificate-revoked')
    },
  },
  {
    id: 'revocation/crl-expired',
    title: 'a CRL that has passed its nextUpdate denies, in the middle of a connection',
    level: 'MUST',
    source: 'RFC 5280 §5.1.2.5, docs/revocation.md#crl-files',
    needs: ['https'],
    async run({ serve, pki, folder }) {
      const crls = join(await folder(), 'crls')
      await mkdir(crls)
      await writeFile(join(crls, 'ca.crl'), (await pki.ca.crl({ days: 1 })).pem)
      const service = await serve({ certificate: { revocation: crlFiles(crls) } })
      const connection = await service.connect()
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
      service.clock.advance({ days: 1, seconds: 1 })
      service.expectRefused(await service.on(connection), 'revocation-unavailable')
    },
  },
  {
    id: 'revocation/retry-after',
    title: 'the answer says when to try again, as it was configured',
    level: 'MUST',
    source: 'RFC 9110 §10.2.3',
    needs: ['https'],
    async run({ serve }) {
      const service = await serve({ retryAfterSeconds: 17 })
      service.revocation.answer(() => ({ status: 'unknown', cause: 'source-failed' }))
      const answer: Answer = await service.call()
      service.expectRefused(answer, 'revocation-unavailable')
      assertEqual(answer.header('retry-after'), '17', 'Retry-After is what was configured')
    },
  },
]

/** In one step, as an operator should: whoever reads meanwhile sees the old file or the new one. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}
