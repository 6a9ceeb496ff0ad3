/** Every way in which a certificate can be wrong although TLS proved possession of its key. @module */

import { denialFor } from '@countersign/core/registry'
import { parseCertificate } from '@countersign/core/x509'
import {
  createAuthority,
  createSelfSigned,
  type IssuedCertificate,
  MALFORMATIONS,
  type Malformation,
  malformCertificate,
  malleateSignature,
  type NameAttribute,
  type StringType,
  type Subject,
} from '@countersign/testing'
import { assertTrue } from '../case/assert.ts'
import type { Case } from '../case/case.ts'
import type { Service } from '../world/service.ts'
import { refusalCase } from './one-request.ts'
import { behindHop } from './setups.ts'

const SOURCE = 'docs/problems.md#credentials-invalid'
const DAY = 86_400_000

type Pki = Service['pki']

export const certificateCases: readonly Case[] = [
  ...(
    [
      [
        'unknown-ca',
        'of a CA that is not trusted',
        ({ strangerCa, acme }) => strangerCa.issueClient({ name: 'acme', keys: acme.keys }),
        'issuer-unknown',
      ],
      ['self-signed', 'that signed itself', () => createSelfSigned({ name: 'acme' }), 'issuer-unknown'],
      [
        'impostor-ca',
        'of a CA that bears the name of a trusted one',
        async ({ acme }) =>
          (await createAuthority({ name: 'Partners CA' })).issueClient({ name: 'acme', keys: acme.keys }),
        'signature-invalid',
      ],
      [
        'intermediate-unknown',
        'whose intermediate nobody knows',
        ({ issuing }) => issuing.issueClient({ name: 'acme' }).then(leafAlone),
        'issuer-unknown',
      ],
      [
        'expired',
        'that has expired',
        ({ ca }) => ca.issueClient({ notBefore: ago(2), notAfter: ago(1) }),
        'certificate-expired',
      ],
      [
        'not-yet-valid',
        'whose time has not come',
        ({ ca }) => ca.issueClient({ notBefore: ago(-1), notAfter: ago(-2) }),
        'certificate-not-yet-valid',
      ],
      [
        'server-auth',
        'for servers',
        ({ ca }) => ca.issueClient({ extendedKeyUsage: ['serverAuth'] }),
        'extended-key-usage-missing',
      ],
      [
        'email-protection',
        'for e-mail',
        ({ ca }) => ca.issueClient({ extendedKeyUsage: ['emailProtection'] }),
        'extended-key-usage-missing',
      ],
      [
        'no-usage',
        'that does not say what it is for',
        ({ ca }) => ca.issueClient({ extendedKeyUsage: 'none' }),
        'extended-key-usage-missing',
      ],
      [
        'any-usage',
        'for any purpose',
        ({ ca }) => ca.issueClient({ extendedKeyUsage: ['any'] }),
        'extended-key-usage-missing',
      ],
      [
        'key-encipherment',
        'whose key may not sign',
        ({ ca }) => ca.issueClient({ keyUsage: ['keyEncipherment'] }),
        'key-usage-missing',
      ],
      [
        'critical-extension',
        'with a critical extension that nobody understands',
        ({ ca }) =>
          ca.issueClient({
            extensions: [{ oid: '1.3.6.1.4.1.99999.1', critical: true, value: new Uint8Array([5, 0]) }],
          }),
        'extension-critical-unknown',
      ],
      [
        'two-spiffe-ids',
        'with two SPIFFE IDs',
        ({ ca }) => ca.issueClient({ spiffe: ['spiffe://a.test/x', 'spiffe://b.test/y'] }),
        'spiffe-id-ambiguous',
      ],
    ] as readonly (readonly [string, string, (pki: Pki) => Promise<IssuedCertificate>, RefusalCode])[]
  ).map(([name, what, issue, reason]) =>
    refusalCase({
      id: `certificate/${name}`,
      title: `a certificate ${what} is refused`,
      source: `RFC 5280 §6.1, ${SOURCE}`,
      async call(service) {
        const certificate = await issue(service.pki)
        await ownedByAcme(service, certificate)
        return { certificate }
      },
      reason,
    }),
  ),
  refusalCase({
    id: 'certificate/issued-by-leaf',
    title: 'a certificate that a partner issued with its own is refused',
    source: `RFC 5280 §6.1.4 (k), ${SOURCE}`,
    needs: ['http'],
    serve: () => behindHop(),
    async call({ pki }) {
      const leaf = await pki.ca.issueAuthority({
        name: 'acme',
        basicConstraints: { ca: false },
        keyUsage: ['digitalSignature'],
      })
      return { forwarded: await leaf.issueClient({ name: 'acme' }) }
    },
    reason: 'basic-constraints-missing',
  }),
  refusalCase({
    id: 'certificate/path-length',
    title: 'a CA below one that may have none below it is refused',
    source: `RFC 5280 §4.2.1.9, ${SOURCE}`,
    needs: ['http'],
    serve: () => behindHop(),
    async call({ pki }) {
      const last = await pki.ca.issueAuthority({ name: 'Last CA', pathLength: 0 })
      const tooMany = await last.issueAuthority({ name: 'One too many' })
      return { forwarded: await tooMany.issueClient({ name: 'acme' }) }
    },
    reason: 'path-length-exceeded',
  }),
  refusalCase({
    id: 'certificate/name-constraints',
    title: 'a name outside what its CA may name is refused',
    source: `RFC 5280 §4.2.1.10, ${SOURCE}`,
    needs: ['http'],
    serve: () => behindHop(),
    async call({ pki }) {
      const narrow = await pki.ca.issueAuthority({
        name: 'Narrow CA',
        nameConstraints: { permitted: [{ kind: 'dns', value: 'narrow.example.test' }] },
      })
      return { forwarded: await narrow.issueClient({ name: 'acme', dns: ['acme.example.test'] }) }
    },
    reason: 'name-constraint-violated',
  }),
  refusalCase({
    id: 'certificate/rsa-1024',
    title: 'an RSA key of 1024 bits is refused',
    source: 'NIST SP 800-131A, docs/x509.md#what-must-hold',
    needs: ['http'],
    serve: () => behindHop(),
    call: async ({ pki }) => ({ forwarded: await pki.ca.issueClient({ name: 'acme', algorithm: 'RSA-1024' }) }),
    reason: 'key-refused',
  }),
  refusalCase({
    id: 'certificate/sha-1',
    title: 'a signature with SHA-1 is refused',
    source: 'NIST SP 800-131A, docs/x509.md#what-must-hold',
    needs: ['http'],
    async serve() {
      return behindHop()
    },
    async call(service) {
      const weak = await createAuthority({ name: 'Weak CA', signatureHash: 'SHA-1' })
      service.authenticator.update({ anchors: weak.certificate.pem })
      return { forwarded: await weak.issueClient({ name: 'acme' }) }
    },
    reason: 'algorithm-refused',
  }),
  refusalCase({
    id: 'certificate/oversized',
    title: 'a certificate of more than sixteen kibibytes is refused before it is looked at',
    source: 'docs/x509.md#what-must-hold, docs/x509.md#what-it-may-cost',
    call: async ({ pki }) => ({
      certificate: await pki.ca.issueClient({ dns: Array.from({ length: 1_000 }, (_, at) => `n${at}.example.test`) }),
    }),
    reason: 'certificates-oversized',
  }),
  refusalCase({
    id: 'certificate/deep-nesting',
    title: 'a certificate of fifteen thousand levels is refused before it is looked at',
    source: 'docs/conformance-coverage.md#certificates (C70)',
    call: async ({ pki }) => ({ certificate: await malformCertificate(pki.acme, 'deep-nesting') }),
    reason: 'certificates-oversized',
  }),
  ...(
    [
      ['line-break', 'has a line break in it', [cn('acme\nCN=admin')]],
      ['nul', 'goes on behind a NUL', [cn('acme\0.evil')]],
      ['two-names', 'has a second common name', [cn('acme'), cn('admin')]],
      ['teletex', 'is written as T61String', [cn('acme', 'teletex')]],
      ['bmp', 'is written as BMPString', [cn('acme', 'bmp')]],
      [
        'invalid-utf-8',
        'is no UTF-8',
        [{ type: 'CN', value: Uint8Array.of(0x61, 0xc3, 0x28) }],
        'certificate-malformed',
      ],
      ['right-to-left', 'turns the direction of writing', [cn('acme\u202e')]],
      ['separator', 'only looks like it when it is written out', [cn('acme,CN=admin/O=x')]],
    ] as readonly (readonly [string, string, Subject, RefusalCode?])[]
  ).map(([name, what, subject, reason = 'binding-missing']) =>
    refusalCase({
      id: `certificate/subject-${name}`,
      title: `a subject that ${what} is not the subject that a rule names`,
      source: 'docs/conformance-coverage.md#certificates (C73)',
      needs: ['http'],
      serve: () => behindHop(),
      async call({ pki, registry }) {
        const named = await pki.ca.issueClient({ name: 'acme' })
        const value = Buffer.from(named.subject).toString('hex')
        await registry.updatePartner('acme', { rules: [{ kind: 'subject-dn', value }] })
        return { forwarded: await pki.ca.issueClient({ subject }) }
      },
      reason,
    }),
  ),
  ...(
    [
      ['nul', 'goes on behind a NUL', 'acme.example.test\0.evil.test', 'certificate-malformed'],
      ['line-break', 'has a line break in it', 'acme.example.test\nDNS:x', 'certificate-malformed'],
      ['comma', 'has a comma in it', 'x.test, DNS:acme.example.test', 'name-malformed'],
      ['quote', 'has a quotation mark in it', 'x.test", DNS:"acme.example.test', 'name-malformed'],
    ] as const
  ).map(([name, what, dns, reason]) =>
    refusalCase({
      id: `certificate/alternative-name-${name}`,
      title: `an alternative name that ${what} is not the name that a rule asks for`,
      source: 'CVE-2021-44532, docs/conformance-coverage.md#certificates (C74)',
      needs: ['http'],
      serve: () => behindHop(),
      async call({ pki, registry }) {
        await registry.updatePartner('acme', { rules: [{ kind: 'san-dns', value: 'acme.example.test' }] })
        return { forwarded: await pki.ca.issueClient({ dns: [dns] }) }
      },
      reason,
    }),
  ),
  refusalCase({
    id: 'certificate/nameless',
    title: 'a certificate without a subject whose alternative names are not critical is refused',
    source: 'RFC 5280 §4.1.2.6, docs/conformance-coverage.md#certificates (C77)',
    async call(service) {
      const certificate = await service.pki.ca.issueClient({
        name: '',
        dns: ['acme.example.test'],
        alternativeNamesCritical: false,
      })
      await ownedByAcme(service, certificate)
      return { certificate }
    },
    reason: 'extension-critical-required',
  }),
  {
    id: 'certificate/malformed',
    title: 'every malformed certificate of the catalogue is refused, and the next good one is let in',
    level: 'MUST',
    source: 'X.690 §10, RFC 5280 §4.1',
    needs: ['http'],
    async run({ serve, pki }) {
      const service = await serve(behindHop())
      const connection = await service.connect()
      for (const malformation of MALFORMATIONS) {
        const forwarded = await malformCertificate(pki.acme, malformation)
        // Nesting of fifteen thousand levels does not fit into a header section.
        if (forwarded.certificate.der.length > 10_000 || TOLERABLE.includes(malformation)) continue
        const answer = await service.on(connection, { forwarded })
        assertTrue(answer.status === 401 || answer.status === 400, `${malformation} is refused`, answer.status)
        service.expectProblem(answer, answer.status === 401 ? 'credentials-invalid' : 'credentials-malformed')
      }
      service.expectAccepted(await service.on(connection, { forwarded: pki.acme }), { partner: 'acme' })
    },
  },
  refusalCase({
    id: 'certificate/name-of-another-ca',
    title: 'a name counts only under the anchor that its rule names: the CA of one partner cannot name another',
    source: 'docs/registries.md#rules',
    serve: (pki) => ({ certificate: { anchors: twoAnchors(pki) } }),
    async call({ pki, registry }) {
      const name = 'spiffe://example.test/acme'
      await registry.updatePartner('acme', { rules: [{ kind: 'san-uri', value: name, anchor: 'partners' }] })
      return { certificate: await pki.otherCa.issueClient({ name: 'acme', spiffe: name }) }
    },
    reason: 'binding-missing',
  }),
  refusalCase({
    id: 'certificate/name-without-anchor',
    title: 'with two anchors, a rule for a name that names no anchor is met by nobody',
    source: 'docs/registries.md#rules',
    serve: (pki) => ({ certificate: { anchors: twoAnchors(pki) } }),
    async call({ registry }) {
      await registry.updatePartner('acme', { rules: [{ kind: 'san-uri', value: 'spiffe://example.test/acme' }] })
      return {}
    },
    reason: 'binding-missing',
  }),
  refusalCase({
    id: 'certificate/wildcard',
    title: 'a wildcard in a certificate meets no rule',
    source: 'docs/registries.md#rules',
    async call({ pki, registry }) {
      await registry.updatePartner('acme', { rules: [{ kind: 'san-dns', value: 'api.acme.example.test' }] })
      return { certificate: await pki.ca.issueClient({ dns: ['*.acme.example.test'] }) }
    },
    reason: 'binding-missing',
  }),
  refusalCase({
    id: 'certificate/name-case',
    title: 'names are compared to the letter',
    source: 'docs/registries.md#rules',
    async call({ pki, registry }) {
      await registry.updatePartner('acme', { rules: [{ kind: 'san-uri', value: 'spiffe://example.test/acme' }] })
      return { certificate: await pki.ca.issueClient({ spiffe: 'spiffe://example.test/ACME' }) }
    },
    reason: 'binding-missing',
  }),
  refusalCase({
    id: 'certificate/common-name',
    title: 'the common name is no name that a rule is met by',
    source: 'RFC 9525 §2, docs/x509.md#what-must-hold',
    async call({ pki, registry }) {
      await registry.updatePartner('acme', { rules: [{ kind: 'san-dns', value: 'acme.example.test' }] })
      return { certificate: await pki.ca.issueClient({ name: 'acme.example.test' }) }
    },
    reason: 'binding-missing',
  }),
  refusalCase({
    id: 'certificate/partner-unknown',
    title: 'where a certificate may stand alone, one that names no partner is refused',
    source: SOURCE,
    serve: () => ({ require: 'certificate' }),
    call: async ({ pki }) => ({ key: 'none', certificate: await pki.ca.issueClient({ name: 'nobody' }) }),
    reason: 'partner-unknown',
  }),
  refusalCase({
    id: 'certificate/partner-ambiguous',
    title: 'where a certificate may stand alone, one that meets rules of two partners is refused',
    source: 'docs/registries.md#rules',
    serve: () => ({ require: 'certificate' }),
    async call({ pki, registry }) {
      await registry.updatePartner('globex', { rules: [{ kind: 'certificate', value: pki.acme.fingerprint }] })
      return { key: 'none' }
    },
    reason: 'partner-ambiguous',
  }),
  refusalCase({
    id: 'certificate/denied-by-registry',
    title: 'a certificate that an operator denied is refused',
    source: 'docs/x509.md#what-must-hold',
    async call({ pki, registry }) {
      await registry.denyCertificate(await denialFor(parseCertificate(pki.acme.certificate.der), 'serial'))
      return {}
    },
    reason: 'certificate-denied',
  }),
  refusalCase({
    id: 'certificate/denied-by-key',
    title: 'a denied public key is denied in every certificate for it',
    source: 'docs/x509.md#what-must-hold',
    async call({ pki, registry }) {
      await registry.denyCertificate(await denialFor(parseCertificate(pki.acme.certificate.der), 'public-key'))
      return { certificate: await pki.ca.issueClient({ name: 'acme, renewed', keys: pki.acme.keys }) }
    },
    reason: 'certificate-denied',
  }),
  refusalCase({
    id: 'certificate/denied-locally',
    title: 'a certificate that this process alone denies is refused',
    source: 'docs/revocation.md#until-the-ca-publishes',
    async call({ pki, authenticator }) {
      authenticator.denyLocally(await denialFor(parseCertificate(pki.acme.certificate.der), 'serial'))
      return {}
    },
    reason: 'certificate-denied',
  }),
  refusalCase({
    id: 'certificate/denied-malleated',
    title: 'a denied certificate stays denied under another signature that verifies',
    source: 'CVE-2026-25793, docs/x509.md#what-must-hold',
    needs: ['http'],
    serve: () => behindHop(),
    async call({ pki, registry }) {
      await registry.denyCertificate(await denialFor(parseCertificate(pki.acme.certificate.der), 'serial'))
      return { forwarded: await malleateSignature(pki.acme) }
    },
    reason: 'certificate-denied',
  }),
]

/** Wrong of a CA to write, and to be read by everybody (RFC 5280 §4.1.2.5). */
const TOLERABLE: readonly Malformation[] = ['generalized-time-before-2050']

type RefusalCode = Parameters<typeof refusalCase>[0]['reason']

/** Nothing but its path is in the way of such a certificate. */
async function ownedByAcme(service: Service, certificate: IssuedCertificate): Promise<void> {
  await service.registry.updatePartner('acme', {
    rules: [{ kind: 'public-key', value: certificate.publicKeyHash }],
  })
}

function leafAlone(certificate: IssuedCertificate): IssuedCertificate {
  return { ...certificate, tls: { cert: certificate.certificate.pem, key: certificate.privateKeyPem } }
}

function twoAnchors({ ca, otherCa }: Pki) {
  return [
    { label: 'partners', certificates: ca.certificate.pem },
    { label: 'others', certificates: otherCa.certificate.pem },
  ]
}

function cn(value: string, as?: StringType): NameAttribute {
  return { type: 'CN', value, ...(as === undefined ? {} : { as }) }
}

function ago(days: number): Date {
  return new Date(Date.now() - days * DAY)
}
