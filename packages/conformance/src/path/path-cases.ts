/** What a validator of certification paths must accept and refuse (RFC 5280 §6), with certificates minted for each case. @module */
import {
  type Authority,
  type CertificateOptions,
  createAuthority,
  createSelfSigned,
  type IssuedCertificate,
  MALFORMATIONS,
  type Malformation,
  malformCertificate,
  malleateSignature,
} from '@countersign/testing'
import { acceptedPath, NOW, type PathCase, type PathMaterial, refusedPath } from './path-case.ts'

const DAY = 86_400_000
const CONSTRAINTS = 'RFC 5280 §4.2.1.10'

/** Wrong of a CA to write, and to be read by everybody (RFC 5280 §4.1.2.5). */
const TOLERABLE: readonly Malformation[] = ['generalized-time-before-2050']

const UNKNOWN_CRITICAL = { oid: '1.3.6.1.4.1.99999.1', critical: true, value: new Uint8Array([5, 0]) }

type Constraint = NonNullable<NonNullable<CertificateOptions['nameConstraints']>['permitted']>[number]

export const pathCases: readonly PathCase[] = [
  // Paths that hold
  acceptedPath({ id: 'direct', title: 'a leaf of an anchor is accepted', mint: ({ root }) => root.issueClient() }),
  acceptedPath({
    id: 'two-intermediates',
    title: 'a leaf below two intermediates is accepted',
    mint: async ({ root }) => (await below(root, 2)).issueClient(),
  }),
  acceptedPath({
    id: 'any-order',
    title: 'intermediates may come in any order, with the root, twice, and among others that help nobody',
    async mint({ root }) {
      const issuing = await below(root, 2)
      const leaf = await issuing.issueClient()
      const other = await createAuthority({ name: 'Other', clock: () => NOW })
      const chain = leaf.intermediates.map(({ der }) => der)
      return { leaf, intermediates: [other, root, ...chain.toReversed(), ...chain, leaf] }
    },
  }),
  acceptedPath({
    id: 'cross-certified',
    title: 'a leaf is accepted by the one road that leads to an anchor',
    async mint({ root }) {
      const other = await createAuthority({ name: 'Other root', clock: () => NOW })
      const issuing = await other.issueAuthority({ name: 'Issuing' })
      const crossed = await root.issueAuthority({ name: 'Issuing', keys: issuing.keys })
      return { leaf: await issuing.issueClient(), intermediates: [issuing, crossed] }
    },
  }),
  acceptedPath({
    id: 'loop',
    title: 'CAs that certify each other do not lead anybody in circles',
    async mint({ root }) {
      const a = await root.issueAuthority({ name: 'A' })
      const b = await a.issueAuthority({ name: 'B' })
      const back = await b.issueAuthority({ name: 'A', keys: a.keys })
      return { leaf: await b.issueClient(), intermediates: [back, b, a, back, b] }
    },
  }),
  acceptedPath({
    id: 'same-name-anchors',
    title: 'of several anchors of one name, the one whose key signed is found',
    source: 'RFC 5280 §6.1, docs/x509.md#what-it-may-cost',
    async mint({ root }) {
      const others = await Promise.all([1, 2, 3].map(() => createAuthority({ name: 'Root', clock: () => NOW })))
      return { leaf: await root.issueClient(), anchors: [...others, root] }
    },
  }),
  acceptedPath({
    id: 'self-signed-anchor',
    title: 'a self-signed certificate that is an anchor itself is accepted',
    source: 'docs/x509.md#what-must-hold',
    async mint() {
      const leaf = await createSelfSigned({ clock: () => NOW })
      return { leaf, anchors: [leaf] }
    },
  }),
  acceptedPath({
    id: 'no-key-identifiers',
    title: 'a path without key identifiers is accepted',
    async mint({ root }) {
      const omitExtensions = ['subjectKeyIdentifier', 'authorityKeyIdentifier'] as const
      return (await root.issueAuthority({ omitExtensions })).issueClient({ omitExtensions })
    },
  }),
  acceptedPath({
    id: 'malleated',
    title: 'a certificate with the other valid signature is accepted: it proves the same',
    source: 'SEC 1 §4.1, docs/x509.md#what-must-hold',
    mint: async ({ root }) => malleateSignature(await root.issueClient()),
  }),
  ...(
    [
      ['p-384', 'P-384', []],
      ['p-521', 'P-521', ['p-521']],
      ['rsa-2048', 'RSA-2048', []],
      ['rsa-pss', 'RSA-PSS-2048', ['rsa-pss']],
      ['ed25519', 'Ed25519', ['ed25519']],
    ] as const
  ).map(([id, algorithm, needs]) =>
    acceptedPath({
      id: `algorithm-${id}`,
      title: `certificates signed with ${algorithm} are accepted`,
      source: 'docs/x509.md#what-must-hold',
      needs,
      async mint() {
        const root = await createAuthority({ algorithm, clock: () => NOW })
        return { leaf: await (await root.issueAuthority({ algorithm })).issueClient({ algorithm }), anchors: [root] }
      },
    }),
  ),
  ...(
    [
      ['not-before', 'in its first second', { notBefore: NOW }],
      ['not-after', 'in its last second', { notAfter: NOW }],
      ['2050', 'that ends in 2050 or later', { notAfter: new Date('2050-01-01T00:00:00Z') }],
      ['9999', 'that never ends', { notAfter: new Date('9999-12-31T23:59:59Z') }],
    ] as readonly (readonly [string, string, CertificateOptions])[]
  ).map(([id, what, options]) =>
    acceptedPath({
      id: `validity-${id}`,
      title: `a certificate ${what} is accepted`,
      source: 'RFC 5280 §4.1.2.5',
      mint: ({ root }) => root.issueClient(options),
    }),
  ),
  acceptedPath({
    id: 'path-length-exact',
    title: 'as many CAs as a pathLenConstraint allows are accepted',
    source: 'RFC 5280 §4.2.1.9',
    mint: async ({ root }) =>
      (await (await root.issueAuthority({ name: 'A', pathLength: 1 })).issueAuthority({ name: 'B' })).issueClient(),
  }),
  acceptedPath({
    id: 'path-length-self-issued',
    title: 'a self-issued CA does not count against a pathLenConstraint',
    source: 'RFC 5280 §6.1.4 (l)',
    async mint({ root }) {
      const ca = await root.issueAuthority({ name: 'CA', pathLength: 0 })
      return (await ca.issueAuthority({ name: 'CA' })).issueClient()
    },
  }),
  ...(
    [
      ['dns', { kind: 'dns', value: 'example.test' }, { dns: ['a.example.test'] }],
      ['uri', { kind: 'uri', value: '.example.test' }, { uri: ['https://a.example.test/x'] }],
      ['email', { kind: 'email', value: 'example.test' }, { email: ['ops@example.test'] }],
      ['ip', { kind: 'ip', value: '192.0.2.0/24' }, { ip: ['192.0.2.7'] }],
      ['other-form', { kind: 'dns', value: 'example.test' }, { uri: ['spiffe://elsewhere.test/x'] }],
    ] as readonly (readonly [string, Constraint, CertificateOptions])[]
  ).map(([id, constraint, options]) =>
    acceptedPath({
      id: `permitted-${id}`,
      title: `a name within what its CA may name is accepted: ${id}`,
      source: CONSTRAINTS,
      mint: ({ root }) => constrained(root, { permitted: [constraint] }, options),
    }),
  ),
  acceptedPath({
    id: 'name-present',
    title: 'a name that is asked for and stands in the certificate is accepted',
    needs: ['names'],
    mint: async ({ root }) => ({
      leaf: await root.issueClient({ dns: ['a.test', 'b.test'] }),
      names: [{ kind: 'dns', value: 'b.test' }],
    }),
  }),

  // Issuers
  refusedPath({
    id: 'unknown-issuer',
    title: 'a leaf of a CA that is no anchor is refused',
    mint: async () => (await createAuthority({ clock: () => NOW })).issueClient(),
  }),
  refusedPath({
    id: 'intermediate-missing',
    title: 'a leaf whose intermediate is missing is refused',
    mint: async ({ root }) => ({ leaf: await (await root.issueAuthority()).issueClient(), intermediates: [] }),
  }),
  refusedPath({
    id: 'impostor',
    title: 'a leaf of a CA that bears the name of an anchor and has another key is refused',
    mint: async () => (await createAuthority({ name: 'Root', clock: () => NOW })).issueClient(),
  }),
  refusedPath({
    id: 'self-signed',
    title: 'a self-signed certificate that is no anchor is refused',
    mint: () => createSelfSigned({ clock: () => NOW }),
  }),
  refusedPath({
    id: 'sent-root',
    title: 'a root that was sent is no anchor',
    async mint() {
      const stranger = await createAuthority({ name: 'Stranger', clock: () => NOW })
      return { leaf: await stranger.issueClient(), intermediates: [stranger] }
    },
  }),
  refusedPath({
    id: 'leaf-as-issuer',
    title: 'a certificate that is no CA issues nothing',
    source: 'RFC 5280 §6.1.4 (k)',
    mint: async ({ root }) =>
      (await root.issueAuthority({ basicConstraints: { ca: false }, keyUsage: ['digitalSignature'] })).issueClient(),
  }),
  refusedPath({
    id: 'issuer-without-basic-constraints',
    title: 'a certificate that does not say that it is a CA issues nothing, whatever else it leaves out',
    source: 'RFC 5280 §6.1.4 (k), GHSA-2328-f5f3-gj25',
    mint: async ({ root }) => (await root.issueAuthority({ basicConstraints: 'none', keyUsage: 'none' })).issueClient(),
  }),
  refusedPath({
    id: 'issuer-without-cert-sign',
    title: 'a CA whose key may not sign certificates issues nothing',
    source: 'RFC 5280 §6.1.4 (n)',
    mint: async ({ root }) => (await root.issueAuthority({ keyUsage: ['cRLSign'] })).issueClient(),
  }),
  refusedPath({
    id: 'path-length',
    title: 'one CA more than a pathLenConstraint allows is refused',
    source: 'RFC 5280 §4.2.1.9',
    mint: async ({ root }) =>
      (await (await root.issueAuthority({ name: 'A', pathLength: 0 })).issueAuthority({ name: 'B' })).issueClient(),
  }),
  refusedPath({
    id: 'path-length-of-anchor',
    title: "an anchor's own pathLenConstraint binds",
    source: 'docs/x509.md#what-must-hold',
    async mint() {
      const root = await createAuthority({ name: 'Narrow root', pathLength: 0, clock: () => NOW })
      return { leaf: await (await root.issueAuthority()).issueClient(), anchors: [root] }
    },
  }),
  refusedPath({
    id: 'too-deep',
    title: 'a path of twenty intermediates is refused',
    source: 'docs/x509.md#what-it-may-cost',
    mint: async ({ root }) => (await below(root, 20)).issueClient(),
  }),

  // Dates
  ...(
    [
      ['expired', 'that has expired', { notBefore: ago(2), notAfter: ago(1) }],
      ['a-second-ago', 'that expired a second ago', { notAfter: new Date(NOW.getTime() - 1000) }],
      ['not-yet', 'whose time has not come', { notBefore: ago(-1), notAfter: ago(-2) }],
    ] as readonly (readonly [string, string, CertificateOptions])[]
  ).flatMap(([id, what, options]) => [
    refusedPath({
      id: `leaf-${id}`,
      title: `a leaf ${what} is refused`,
      source: 'RFC 5280 §6.1.3 (a)(2)',
      mint: ({ root }) => root.issueClient(options),
    }),
    refusedPath({
      id: `intermediate-${id}`,
      title: `a leaf of an intermediate ${what} is refused`,
      source: 'RFC 5280 §6.1.3 (a)(2)',
      mint: async ({ root }) => (await root.issueAuthority(options)).issueClient(),
    }),
  ]),
  refusedPath({
    id: 'anchor-expired',
    title: 'an anchor that has expired vouches for nobody',
    source: 'docs/x509.md#what-must-hold',
    async mint() {
      const root = await createAuthority({ notBefore: ago(2), notAfter: ago(1), clock: () => NOW })
      return { leaf: await root.issueClient(), anchors: [root] }
    },
  }),

  // Purposes
  ...(
    [
      ['server-auth', 'for servers', { extendedKeyUsage: ['serverAuth'] }],
      ['no-purpose', 'that does not say what it is for', { extendedKeyUsage: 'none' }],
      ['any-purpose', 'for any purpose', { extendedKeyUsage: ['any'] }],
      ['key-encipherment', 'whose key may not sign', { keyUsage: ['keyEncipherment'] }],
    ] as readonly (readonly [string, string, CertificateOptions])[]
  ).map(([id, what, options]) =>
    refusedPath({
      id,
      title: `a leaf ${what} is refused`,
      source: 'RFC 5280 §4.2.1.3, §4.2.1.12, docs/x509.md#what-must-hold',
      mint: ({ root }) => root.issueClient(options),
    }),
  ),

  // Extensions
  refusedPath({
    id: 'critical-extension-of-leaf',
    title: 'a critical extension that nobody understands is refused',
    source: 'RFC 5280 §4.2',
    mint: ({ root }) => root.issueClient({ extensions: [UNKNOWN_CRITICAL] }),
  }),
  refusedPath({
    id: 'critical-extension-of-intermediate',
    title: 'a critical extension that nobody understands is refused in an intermediate too',
    source: 'RFC 5280 §4.2',
    mint: async ({ root }) => (await root.issueAuthority({ extensions: [UNKNOWN_CRITICAL] })).issueClient(),
  }),
  acceptedPath({
    id: 'unknown-extension',
    title: 'an extension that nobody understands and that is not critical does not matter',
    source: 'RFC 5280 §4.2',
    mint: ({ root }) => root.issueClient({ extensions: [{ ...UNKNOWN_CRITICAL, critical: false }] }),
  }),

  // Names
  ...(
    [
      ['dns', { kind: 'dns', value: 'example.test' }, { dns: ['a.elsewhere.test'] }],
      ['dns-suffix', { kind: 'dns', value: 'example.test' }, { dns: ['notexample.test'] }],
      ['dns-wildcard', { kind: 'dns', value: 'a.example.test' }, { dns: ['*.example.test'] }],
      ['uri', { kind: 'uri', value: '.example.test' }, { uri: ['https://elsewhere.test/x'] }],
      ['email', { kind: 'email', value: 'example.test' }, { email: ['ops@elsewhere.test'] }],
      ['ip', { kind: 'ip', value: '192.0.2.0/24' }, { ip: ['198.51.100.7'] }],
      ['one-of-two', { kind: 'dns', value: 'example.test' }, { dns: ['a.example.test', 'elsewhere.test'] }],
    ] as readonly (readonly [string, Constraint, CertificateOptions])[]
  ).map(([id, constraint, options]) =>
    refusedPath({
      id: `not-permitted-${id}`,
      title: `a name outside what its CA may name is refused: ${id}`,
      source: CONSTRAINTS,
      mint: ({ root }) => constrained(root, { permitted: [constraint] }, options),
    }),
  ),
  ...(
    [
      ['dns', { kind: 'dns', value: 'example.test' }, { dns: ['a.example.test'] }],
      ['dns-itself', { kind: 'dns', value: 'example.test' }, { dns: ['example.test'] }],
      ['dns-case', { kind: 'dns', value: 'example.test' }, { dns: ['A.EXAMPLE.TEST'] }],
      ['dns-wildcard', { kind: 'dns', value: 'a.example.test' }, { dns: ['*.example.test'] }],
      ['email', { kind: 'email', value: 'ops@example.test' }, { email: ['ops@example.test'] }],
      ['ip', { kind: 'ip', value: '10.0.0.0/8' }, { ip: ['10.1.2.3'] }],
    ] as readonly (readonly [string, Constraint, CertificateOptions])[]
  ).map(([id, constraint, options]) =>
    refusedPath({
      id: `excluded-${id}`,
      title: `a name that its CA may not name is refused: ${id}`,
      source: CONSTRAINTS,
      mint: ({ root }) => constrained(root, { excluded: [constraint] }, options),
    }),
  ),
  refusedPath({
    id: 'constraints-of-anchor',
    title: "an anchor's own name constraints bind",
    source: 'docs/x509.md#what-must-hold',
    async mint() {
      const nameConstraints = { permitted: [{ kind: 'dns', value: 'example.test' }] } as const
      const root = await createAuthority({ nameConstraints, clock: () => NOW })
      return { leaf: await root.issueClient({ dns: ['elsewhere.test'] }), anchors: [root] }
    },
  }),
  refusedPath({
    id: 'constraints-inherited',
    title: 'what one CA may not name, no CA below it may',
    source: CONSTRAINTS,
    async mint({ root }) {
      const nameConstraints = { permitted: [{ kind: 'dns', value: 'example.test' }] } as const
      const narrow = await root.issueAuthority({ name: 'Narrow', nameConstraints })
      const wide = { permitted: [{ kind: 'dns', value: 'elsewhere.test' }] } as const
      const wider = await narrow.issueAuthority({ name: 'Wider', nameConstraints: wide })
      return wider.issueClient({ dns: ['a.elsewhere.test'] })
    },
  }),
  refusedPath({
    id: 'name-missing',
    title: 'a name that is asked for and does not stand in the certificate is refused',
    needs: ['names'],
    mint: async ({ root }) => ({
      leaf: await root.issueClient({ name: 'b.test', dns: ['a.test'] }),
      names: [{ kind: 'dns', value: 'b.test' }],
    }),
  }),

  // Algorithms
  refusedPath({
    id: 'rsa-1024',
    title: 'an RSA key of 1024 bits is refused in a leaf',
    source: 'NIST SP 800-131A, docs/x509.md#what-must-hold',
    mint: ({ root }) => root.issueClient({ algorithm: 'RSA-1024' }),
  }),
  refusedPath({
    id: 'rsa-1024-issuer',
    title: 'an RSA key of 1024 bits is refused in a CA',
    source: 'NIST SP 800-131A, docs/x509.md#what-must-hold',
    mint: async ({ root }) => (await root.issueAuthority({ algorithm: 'RSA-1024' })).issueClient(),
  }),
  refusedPath({
    id: 'sha-1',
    title: 'a signature with SHA-1 is refused',
    source: 'NIST SP 800-131A, docs/x509.md#what-must-hold',
    mint: async ({ root }) => (await root.issueAuthority({ signatureHash: 'SHA-1' })).issueClient(),
  }),

  // Octets
  ...MALFORMATIONS.filter((malformation) => !TOLERABLE.includes(malformation)).map((malformation) =>
    refusedPath({
      id: `malformed-${malformation}`,
      title: `a malformed certificate is refused: ${malformation.replaceAll('-', ' ')}`,
      source: 'X.690 §10, RFC 5280 §4.1',
      mint: async ({ root }) => malformCertificate(await root.issueClient({ dns: ['a.test'] }), malformation),
    }),
  ),

  // Work
  refusedPath({
    id: 'mesh',
    title: 'a mesh of CAs that certify each other and lead nowhere is refused within a second',
    source: 'docs/x509.md#what-it-may-cost',
    mint: () => mesh(6),
  }),
]

/** The last of so many CAs in a row. */
async function below(root: Authority, count: number): Promise<Authority> {
  let ca = root
  for (let at = 1; at <= count; at++) ca = await ca.issueAuthority({ name: `CA ${at}` })
  return ca
}

async function constrained(
  root: Authority,
  nameConstraints: NonNullable<CertificateOptions['nameConstraints']>,
  leaf: CertificateOptions,
): Promise<IssuedCertificate> {
  return (await root.issueAuthority({ name: 'Constrained', nameConstraints })).issueClient(leaf)
}

/** Each of some CAs certified by each other, and none by the root. */
async function mesh(size: number): Promise<PathMaterial> {
  const names = Array.from({ length: size }, (_, at) => `Mesh ${at}`)
  const authorities = await Promise.all(names.map((name) => createAuthority({ name, clock: () => NOW })))
  const intermediates = await Promise.all(
    authorities.flatMap((issuer) =>
      authorities.map((subject, at) => issuer.issueAuthority({ name: names[at] ?? '', keys: subject.keys })),
    ),
  )
  const [first] = authorities
  if (first === undefined) throw new RangeError('a mesh has CAs')
  return { leaf: await first.issueClient(), intermediates }
}

function ago(days: number): Date {
  return new Date(NOW.getTime() - days * DAY)
}
