/** What changes while a connection stays open, or is resumed: proof is remembered, permission is not. @module */
import { randomBytes } from 'node:crypto'
import type { Reason } from '@countersign/core'
import { denialFor } from '@countersign/core/registry'
import { parseCertificate } from '@countersign/core/x509'
import { assertEqual, assertTypeError } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import type { Service } from '../world/service.ts'

const SOURCE = 'docs/concepts.md#what-is-remembered-and-what-is-not'

interface Change {
  readonly name: string
  readonly what: string
  readonly reason: Reason['code']
  readonly apply: (service: Service) => unknown
}

const CHANGES: readonly Change[] = [
  {
    name: 'key-revoked',
    what: 'its key is revoked',
    reason: 'key-revoked',
    apply: ({ registry, keys }) => registry.revokeKey(keys.acme.record.id),
  },
  {
    name: 'key-suspended',
    what: 'its key is suspended',
    reason: 'key-suspended',
    apply: ({ registry, keys }) => registry.suspendKey(keys.acme.record.id),
  },
  {
    name: 'partner-suspended',
    what: 'the partner is suspended',
    reason: 'partner-suspended',
    apply: ({ registry }) => registry.suspendPartner('acme'),
  },
  {
    name: 'rule-removed',
    what: 'the rule that its certificate meets is taken away',
    reason: 'binding-missing',
    apply: ({ registry }) => registry.updatePartner('acme', { rules: [] }),
  },
  {
    name: 'certificate-denied',
    what: 'its certificate is denied in the registry',
    reason: 'certificate-denied',
    apply: async ({ registry, pki }) =>
      registry.denyCertificate(await denialFor(parseCertificate(pki.acme.certificate.der), 'serial')),
  },
  {
    name: 'certificate-denied-locally',
    what: 'its certificate is denied in this process',
    reason: 'certificate-denied',
    apply: async ({ authenticator, pki }) =>
      authenticator.denyLocally(await denialFor(parseCertificate(pki.acme.certificate.der), 'public-key')),
  },
  {
    name: 'anchor-removed',
    what: 'its CA is no longer trusted',
    reason: 'issuer-unknown',
    apply: ({ authenticator, pki }) => authenticator.update({ anchors: pki.otherCa.certificate.pem }),
  },
  {
    name: 'certificate-expired',
    what: 'its certificate expires',
    reason: 'certificate-expired',
    apply: ({ clock }) => clock.advance({ days: 91 }),
  },
]

export const connectionCases: readonly Case[] = [
  ...CHANGES.map(
    ({ name, what, reason, apply }): Case => ({
      id: `connection/${name}`,
      title: `on an open connection the next request is refused once ${what}`,
      level: 'MUST',
      source: SOURCE,
      needs: ['https'],
      async run({ serve }) {
        const service = await serve()
        const connection = await service.connect()
        service.expectAccepted(await service.on(connection), { partner: 'acme' })
        await apply(service)
        service.expectRefused(await service.on(connection), reason)
      },
    }),
  ),
  ...CHANGES.filter(({ name }) => /^(?:key-revoked|anchor-removed|certificate-expired)$/.test(name)).map(
    ({ name, what, reason, apply }): Case => ({
      id: `connection/http2-${name}`,
      title: `on an open HTTP/2 connection the next stream is refused once ${what}`,
      level: 'MUST',
      source: SOURCE,
      needs: ['http2'],
      async run({ serve }) {
        const service = await serve({ transport: 'http2' })
        const connection = await service.connect()
        service.expectAccepted(await service.on(connection), { partner: 'acme' })
        await apply(service)
        service.expectRefused(await service.on(connection), reason)
      },
    }),
  ),
  ...CHANGES.filter(({ name }) => /^(?:anchor-removed|certificate-expired)$/.test(name)).map(
    ({ name, what, reason, apply }): Case => ({
      id: `connection/resumed-${name}`,
      title: `a resumed session is refused once ${what}`,
      level: 'MUST',
      source: 'docs/concepts.md#what-is-remembered-and-what-is-not, docs/threat-model.md#what-is-defended, 5',
      needs: ['https'],
      async run({ serve }) {
        const service = await serve()
        const first = await service.connectHttp1()
        service.expectAccepted(await service.on(first), { partner: 'acme' })
        const session = await first.offeredSession()
        first.close()
        await apply(service)
        const resumed = await service.connectHttp1({ session })
        assertEqual(resumed.resumed, true, 'the session is resumed')
        service.expectRefused(await service.on(resumed), reason)
      },
    }),
  ),
  {
    id: 'connection/foreign-ticket',
    title: 'a session that another listener with the same ticket keys and another CA granted opens nothing',
    level: 'MUST',
    source: 'docs/concepts.md#what-is-remembered-and-what-is-not, CVE-2025-23419',
    needs: ['https'],
    async run({ serve, pki }) {
      const ticketKeys = randomBytes(48)
      const lax = await serve({ certificate: { anchors: pki.otherCa.certificate.pem }, tls: { ticketKeys } })
      const strict = await serve({ tls: { ticketKeys } })
      const certificate = await pki.otherCa.issueClient({ name: 'acme' })
      await lax.registry.updatePartner('acme', { rules: [{ kind: 'public-key', value: certificate.publicKeyHash }] })
      const first = await lax.connectHttp1({ certificate })
      lax.expectAccepted(await lax.on(first), { partner: 'acme' })
      const resumed = await strict.connectHttp1({ certificate, session: await first.offeredSession() })
      strict.expectRefused(await strict.on(resumed), 'issuer-unknown')
    },
  },
  {
    id: 'connection/ticket-without-certificate',
    title: 'a session that a listener granted without asking for a certificate opens nothing',
    level: 'MUST',
    source: 'docs/concepts.md#what-is-remembered-and-what-is-not',
    needs: ['https'],
    async run({ serve }) {
      const ticketKeys = randomBytes(48)
      const open = await serve({ tls: { ticketKeys, requestCert: false } })
      const strict = await serve({ tls: { ticketKeys } })
      const first = await open.connectHttp1()
      open.expectRefused(await open.on(first), 'certificate-missing')
      const resumed = await strict.connectHttp1({ certificate: 'none', session: await first.offeredSession() })
      strict.expectRefused(await strict.on(resumed), 'certificate-missing')
    },
  },
  {
    id: 'connection/comes-into-force',
    title: 'on an open connection what is put right counts from the next request on',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve }) {
      const service = await serve()
      const connection = await service.connect()
      await service.registry.suspendPartner('acme')
      service.expectRefused(await service.on(connection), 'partner-suspended')
      await service.registry.restorePartner('acme')
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
    },
  },
  {
    id: 'connection/anchor-added',
    title: 'a CA that is trusted from now on is trusted on open connections',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      const certificate = await pki.otherCa.issueClient({ name: 'acme' })
      await service.registry.updatePartner('acme', {
        rules: [{ kind: 'public-key', value: certificate.publicKeyHash }],
      })
      const connection = await service.connect({ certificate })
      service.expectRefused(await service.on(connection), 'issuer-unknown')
      service.authenticator.update({
        anchors: [
          { label: 'partners', certificates: pki.ca.certificate.pem },
          { label: 'others', certificates: pki.otherCa.certificate.pem },
        ],
      })
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
    },
  },
  {
    id: 'connection/broken-update',
    title: 'an update that cannot be read throws and leaves everything as it was',
    level: 'MUST',
    source: 'docs/operations.md#anchors-and-crls-in-files',
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      const connection = await service.connect()
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
      const broken = pki.ca.certificate.pem + pki.otherCa.certificate.pem.replace(/\n.{8}/, '\n########')
      assertTypeError(() => service.authenticator.update({ anchors: broken }), 'anchors', 'a broken bundle is refused')
      service.expectAccepted(await service.on(connection), { partner: 'acme' })
    },
  },
  {
    id: 'connection/other-partner-unharmed',
    title: 'what happens to one partner does not touch another on its own open connection',
    level: 'MUST',
    source: SOURCE,
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      const connection = await service.connect({ certificate: pki.globex })
      const { key } = service.keys.globex
      service.expectAccepted(await service.on(connection, { key }), { partner: 'globex' })
      await service.registry.revokeKey(service.keys.acme.record.id)
      service.revocation.revoke(pki.acme)
      service.expectAccepted(await service.on(connection, { key }), { partner: 'globex' })
    },
  },
]
