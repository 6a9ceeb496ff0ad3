/** Which certificates must be let in, and whose they are. @module */
import type { CertificateRuleKind } from '@countersign/core/registry'
import { createSelfSigned, type IssuedCertificate } from '@countersign/testing'
import type { Case } from '../case/case.ts'
import { acceptanceCase } from './one-request.ts'
import { issuedFor } from './setups.ts'

export const acceptedCertificateCases: readonly Case[] = [
  acceptanceCase({
    id: 'accept/intermediate-configured',
    title: 'a certificate of a configured intermediate is let in, whether the client sends that intermediate or not',
    source: 'RFC 5280 §6.1',
    serve: (pki) => ({ certificate: { intermediates: pki.issuing.certificate.pem } }),
    async call(service) {
      const certificate = await issuedFor(service, (pki) => pki.issuing.issueClient({ name: 'acme' }))
      return {
        certificate: { ...certificate, tls: { cert: certificate.certificate.pem, key: certificate.privateKeyPem } },
      }
    },
  }),
  ...(['P-384', 'RSA-2048', 'RSA-PSS-2048', 'Ed25519'] as const).map((algorithm) =>
    acceptanceCase({
      id: `accept/algorithm-${algorithm.toLowerCase()}`,
      title: `a certificate with a key of ${algorithm} is let in`,
      source: 'docs/x509.md#what-must-hold',
      call: async (service) => ({ certificate: await issuedFor(service, (pki) => pki.ca.issueClient({ algorithm })) }),
    }),
  ),
  ...ruleCases(),
  {
    id: 'accept/rule-subject-dn-multi-valued',
    title: 'a subject with several values in one part, and several parts of one kind, meets a rule for all of it',
    level: 'MUST',
    source: 'RFC 5280 §7.1, docs/conformance-coverage.md#faults-of-other-packages (P10)',
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      const ou = (value: string) => ({ type: 'OU', value })
      const certificate = await pki.ca.issueClient({
        subject: [[ou('a'), ou('b')], ou('c'), { type: 'CN', value: 'd' }],
      })
      const rules = [{ kind: 'subject-dn' as const, value: Buffer.from(certificate.subject).toString('hex') }]
      await service.registry.updatePartner('acme', { rules })
      service.expectAccepted(await service.call({ certificate }), { partner: 'acme' })
    },
  },
  acceptanceCase({
    id: 'accept/renewed-same-key',
    title: 'a certificate that was renewed with its key meets a public-key rule',
    source: 'docs/registries.md#rules',
    call: async ({ pki }) => ({
      certificate: await pki.ca.issueClient({ name: 'acme, renewed', keys: pki.acme.keys }),
    }),
  }),
  {
    id: 'accept/rotating-certificates',
    title: 'while two rules are live, the old certificate and the new one are both let in',
    level: 'MUST',
    source: 'docs/registries.md#rotation',
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      const next = await pki.ca.issueClient({ name: 'acme 2' })
      const rules = [pki.acme, next].map(({ publicKeyHash: value }) => ({ kind: 'public-key' as const, value }))
      await service.registry.updatePartner('acme', { rules })
      for (const certificate of [pki.acme, next]) {
        const answer = await service.call({ certificate })
        service.expectAccepted(answer, { partner: 'acme', fingerprint: certificate.fingerprint })
      }
    },
  },
  {
    id: 'accept/rotating-keys',
    title: 'in the overlap of a rotation the old key and the new one are both let in',
    level: 'MUST',
    source: 'docs/registries.md#rotation',
    needs: ['https'],
    async run({ serve, addSecret }) {
      const service = await serve()
      const { key, record } = service.keys.acme
      const overlapUntil = new Date(service.clock().getTime() + 3_600_000)
      const next = await service.registry.rotateKey(record.id, { overlapUntil })
      addSecret(next.key.slice(-49, -6))
      service.expectAccepted(await service.call({ key }), { partner: 'acme', key: record.id })
      service.expectAccepted(await service.call({ key: next.key }), { partner: 'acme', key: next.record.id })
    },
  },
  {
    id: 'accept/self-signed-anchor',
    title: 'a self-signed certificate that was onboarded as an anchor, with a public-key rule, is let in',
    level: 'MUST',
    source: 'RFC 8705 §2.2',
    needs: ['https'],
    async run({ serve, pki }) {
      const lone = await createSelfSigned({ name: 'Initech' })
      const service = await serve({
        certificate: {
          anchors: [
            { label: 'partners', certificates: pki.ca.certificate.pem },
            { label: 'initech', certificates: lone.certificate.pem },
          ],
        },
      })
      await service.registry.createPartner({
        id: 'initech',
        rules: [{ kind: 'public-key', value: lone.publicKeyHash }],
        scopes: [],
      })
      const { key } = await service.issue({ partnerId: 'initech' })
      service.expectAccepted(await service.call({ certificate: lone, key }), { partner: 'initech' })
    },
  },
]

/** One kind of rule each, met by a certificate of its own. */
function ruleCases(): readonly Case[] {
  const kinds: readonly [CertificateRuleKind, (certificate: IssuedCertificate) => string][] = [
    ['subject-dn', ({ subject }) => Buffer.from(subject).toString('hex')],
    ['san-dns', () => 'hooli.example.test'],
    ['san-uri', () => 'spiffe://example.test/hooli'],
    ['san-ip', () => '192.0.2.7'],
    ['san-email', () => 'ops@hooli.example.test'],
    ['certificate', ({ fingerprint }) => fingerprint],
  ]
  return kinds.map(([kind, nameOf]) => ({
    id: `accept/rule-${kind}`,
    title: `a certificate that meets a rule of kind ${kind} is its partner's`,
    level: 'MUST',
    source: 'RFC 8705 §2.1.2',
    needs: ['https'],
    async run({ serve, pki }) {
      const service = await serve()
      const certificate = await pki.ca.issueClient({
        name: 'hooli',
        dns: ['hooli.example.test'],
        spiffe: 'spiffe://example.test/hooli',
        ip: ['192.0.2.7'],
        email: ['ops@hooli.example.test'],
      })
      const rules = [{ kind, value: nameOf(certificate) }]
      await service.registry.createPartner({ id: 'hooli', rules, scopes: [] })
      const { key } = await service.issue({ partnerId: 'hooli' })
      service.expectAccepted(await service.call({ certificate, key }), { partner: 'hooli' })
    },
  }))
}
