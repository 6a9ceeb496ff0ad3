/** Encodings: hostile ones that must not parse, unusual ones that must. @module */
import * as der from '../../../packages/testing/src/der.ts'
import { type Malformation, malformCertificate, mutateCertificate } from '../../../packages/testing/src/index.ts'
import { ca, caption, client, type PathCase, root } from './drawing.ts'

const MALFORMED: readonly (readonly [Malformation, string, string, string])[] = [
  ['trailing-bytes', 'Octets after the certificate.', 'X.690 §10.1', 'der-trailing-data'],
  ['trailing-bytes-in-signed-part', 'Octets at the end of the signed part.', 'RFC 5280 §4.1', 'der-trailing-data'],
  ['two-certificates', 'Two certificates in one.', 'RFC 5280 §4.1', 'der-trailing-data'],
  ['truncated', 'The last octets are missing.', 'X.690 §8.1', 'der-truncated'],
  ['non-minimal-length', 'A length with more octets than it needs.', 'X.690 §10.1', 'der-length-not-minimal'],
  ['indefinite-length', 'The indefinite length of BER.', 'X.690 §10.1', 'der-length-indefinite'],
  ['non-minimal-integer', 'An integer with a leading zero too many.', 'X.690 §8.3.2', 'der-integer-invalid'],
  ['boolean-not-ff', 'A true that is not 0xff.', 'X.690 §11.1', 'der-boolean-invalid'],
  ['default-encoded', 'A default value that is written.', 'X.690 §11.5', 'extension-malformed'],
  ['unused-signature-bits', 'A signature that is no number of octets.', 'RFC 5280 §4.1.1.3', 'der-bit-string-invalid'],
  ['deep-nesting', 'An extension nested 15,000 deep.', 'CVE-2025-66031', 'extension-malformed'],
  ['version-absent-with-extensions', 'Version 1 with extensions.', 'RFC 5280 §4.1.2.9', 'extensions-unexpected'],
  ['version-2-with-extensions', 'Version 2 with extensions.', 'RFC 5280 §4.1.2.9', 'extensions-unexpected'],
  ['version-5', 'Version 5.', 'RFC 5280 §4.1.2.1', 'version-unsupported'],
  ['negative-serial', 'A negative serial number.', 'RFC 5280 §4.1.2.2', 'serial-number-invalid'],
  ['forty-octet-serial', 'A serial number of forty octets.', 'RFC 5280 §4.1.2.2', 'serial-number-invalid'],
  ['empty-issuer', 'Nobody issued it.', 'RFC 5280 §4.1.2.4', 'issuer-empty'],
  ['empty-extensions', 'A list of no extensions.', 'RFC 5280 §4.1', 'der-truncated'],
  ['extension-with-trailing-bytes', 'Octets after an extension’s value.', 'X.690 §10.1', 'extension-malformed'],
  ['undecodable-extension', 'A known extension that cannot be read.', 'RFC 5280 §4.2', 'extension-malformed'],
  ['empty-alternative-names', 'An alternative name without a name.', 'RFC 5280 §4.2.1.6', 'extension-malformed'],
  ['five-octet-address', 'An address of five octets.', 'RFC 5280 §4.2.1.6', 'extension-malformed'],
  ['unique-identifier-after-extensions', 'Fields out of order.', 'RFC 5280 §4.1', 'der-trailing-data'],
]

export async function encodingCases(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const issuing = await ca('Issuing CA', anchor)
  const leaf = await client('Client', issuing, { spiffe: 'spiffe://partner.example/a' })
  const chain = { intermediates: [issuing], anchors: [anchor] }
  const hostile: PathCase[] = []
  for (const [kind, title, clause, error] of MALFORMED)
    hostile.push({
      id: `encoding/${kind}`,
      title,
      clause,
      leaf: caption(`Client, ${kind}`, await malformCertificate(leaf, kind)),
      ...chain,
      expected: { code: 'certificate-malformed', index: 0, error },
    })
  hostile.push({
    id: 'encoding/zero-serial',
    title: 'A serial number of zero.',
    clause: 'RFC 5280 §4.1.2.2',
    leaf: caption('Client, serial number 0', await malformCertificate(leaf, 'zero-serial')),
    ...chain,
    expected: { code: 'serial-number-invalid', index: 0 },
  })
  return [...hostile, ...(await hostileNames(chain)), ...(await unusual())]
}

async function hostileNames(chain: Pick<PathCase, 'intermediates' | 'anchors'>): Promise<PathCase[]> {
  const issuing = (chain.intermediates as Awaited<ReturnType<typeof ca>>[])[0] as Awaited<ReturnType<typeof ca>>
  const plain = await client('Client', issuing)
  const one = async (
    id: string,
    title: string,
    clause: string,
    subject: Uint8Array,
    error: string,
  ): Promise<PathCase> => ({
    id: `encoding/${id}`,
    title,
    clause,
    leaf: caption(`Client, ${id}`, await mutateCertificate(plain, { parts: () => ({ subject }) })),
    ...chain,
    expected: { code: 'certificate-malformed', index: 0, error },
  })
  const attribute = (tag: number, octets: number[]): Uint8Array =>
    der.sequence(der.objectIdentifier('2.5.4.3'), der.element(tag, Uint8Array.from(octets)))
  const name = (...attributes: Uint8Array[]): Uint8Array => der.sequence(der.element(0x31, ...attributes))
  const long = der.sequence(...Array.from({ length: 300 }, () => der.element(0x31, attribute(0x0c, [0x61]))))
  return [
    await one(
      'utf8-invalid',
      'A name that is no UTF-8.',
      'RFC 5280 §4.1.2.4',
      name(attribute(0x0c, [0xc0, 0x80])),
      'der-string-invalid',
    ),
    await one(
      'bmp-odd',
      'A BMPString with half a character.',
      'X.690 §8.23.9',
      name(attribute(0x1e, [0, 0x61, 0])),
      'der-string-invalid',
    ),
    await one(
      'bmp-surrogate',
      'A BMPString with a surrogate.',
      'X.690 §8.23.9',
      name(attribute(0x1e, [0xd8, 0x35])),
      'der-string-invalid',
    ),
    await one(
      'printable-control',
      'A PrintableString with a control character.',
      'X.680 §41.4',
      name(attribute(0x13, [0x61, 0x07])),
      'der-string-invalid',
    ),
    await one('empty-rdn', 'A relative name without an attribute.', 'RFC 5280 §4.1.2.4', name(), 'der-truncated'),
    await one(
      'unordered-rdn',
      'Attributes out of order.',
      'X.690 §11.6',
      name(attribute(0x0c, [0x62]), attribute(0x0c, [0x61])),
      'der-set-unordered',
    ),
    await one('long-name', 'Three hundred relative names.', 'RFC 5280 §4.1.2.4', long, 'name-too-long'),
  ]
}

async function unusual(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const one = async (
    id: string,
    title: string,
    clause: string,
    options: Parameters<typeof client>[2],
  ): Promise<PathCase> => ({
    id: `encoding/${id}`,
    title,
    clause,
    leaf: await client(`Client, ${id}`, anchor, options),
    anchors: [anchor],
    expected: 'accepted',
  })
  const plain = await client('Client, unique identifiers', anchor)
  const identifiers = caption(
    'Client, unique identifiers',
    await mutateCertificate(plain, {
      signedPart: (tbs) => insertUniqueIdentifiers(tbs),
    }),
  )
  return [
    await one('serial-20-octets', 'A serial number of twenty octets with the top bit set.', 'RFC 5280 §4.1.2.2', {
      serialNumber: 'f'.repeat(40),
    }),
    await one('serial-1', 'Serial number 1.', 'RFC 5280 §4.1.2.2', { serialNumber: '1' }),
    await one('teletex', 'A TeletexString.', 'RFC 5280 §4.1.2.4', {
      subject: [{ type: 'CN', value: 'Größe', as: 'teletex' }],
    }),
    await one('universal', 'A UniversalString.', 'RFC 5280 §4.1.2.4', {
      subject: [{ type: 'CN', value: 'Größe 𝒳', as: 'universal' }],
    }),
    await one('bmp', 'A BMPString.', 'RFC 5280 §4.1.2.4', { subject: [{ type: 'CN', value: 'Größe', as: 'bmp' }] }),
    await one('printable-at', 'An at sign in a PrintableString, as many CAs write it.', 'X.680 §41.4', {
      subject: [{ type: 'CN', value: 'ops@partner', as: 'printable' }],
    }),
    await one('multi-valued', 'A relative name with two attributes.', 'RFC 5280 §4.1.2.4', {
      subject: [
        [
          { type: 'CN', value: 'Client' },
          { type: 'UID', value: '7' },
        ],
      ],
    }),
    await one('unknown-attribute', 'An attribute that nobody knows, of no string type.', 'RFC 5280 §4.1.2.4', {
      subject: der.sequence(
        der.element(0x31, der.sequence(der.objectIdentifier('1.3.6.1.4.1.55555.3'), der.integer(7))),
      ),
    }),
    await one('many-names', 'A hundred alternative names.', 'RFC 5280 §4.2.1.6', {
      dns: Array.from({ length: 100 }, (_, index) => `h${index}.partner.example`),
    }),
    await one('other-name', 'A user principal name.', 'RFC 5280 §4.2.1.6', {
      alternativeNames: [
        { kind: 'other', oid: '1.3.6.1.4.1.311.20.2.3', value: der.utf8String('user@partner.example') },
      ],
    }),
    await one('registered-id', 'A registered identifier.', 'RFC 5280 §4.2.1.6', {
      alternativeNames: [{ kind: 'oid', value: '1.3.6.1.4.1.55555.4' }],
    }),
    {
      id: 'encoding/unique-identifiers',
      title: 'Unique identifiers, which nobody uses.',
      clause: 'RFC 5280 §4.1.2.8',
      leaf: identifiers,
      anchors: [anchor],
      expected: 'accepted',
    },
  ]
}

/** Before the extensions, which are the last element of the signed part. */
function insertUniqueIdentifiers(tbs: Uint8Array): Uint8Array {
  const start = tbs[1] === 0x82 ? 4 : tbs[1] === 0x81 ? 3 : 2
  const offset = findExtensions(tbs)
  const identifiers = [
    der.context(1, 'primitive', Uint8Array.of(0, 1)),
    der.context(2, 'primitive', Uint8Array.of(0, 2)),
  ]
  return der.sequence(tbs.slice(start, offset), ...identifiers, tbs.slice(offset))
}

/** `[3]` whose contents reach to the end. */
function findExtensions(tbs: Uint8Array): number {
  for (let offset = 0; offset < tbs.length - 4; offset++) {
    if (tbs[offset] !== 0xa3) continue
    const [length, size] =
      tbs[offset + 1] === 0x82
        ? [(tbs[offset + 2] as number) * 256 + (tbs[offset + 3] as number), 4]
        : tbs[offset + 1] === 0x81
          ? [tbs[offset + 2] as number, 3]
          : [tbs[offset + 1] as number, 2]
    if (offset + size + length === tbs.length) return offset
  }
  throw new Error('no extensions')
}
