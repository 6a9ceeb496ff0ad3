/** Critical extensions, and extensions where they do not belong. @module */
import * as der from '../../../packages/testing/src/der.ts'
import { ca, client, type PathCase, root } from './drawing.ts'

const CRITICAL = 'RFC 5280 §6.1.4 (o)'
const UNKNOWN = '1.3.6.1.4.1.55555.9'

export async function extensionCases(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const issuing = await ca('Issuing CA', anchor)
  const unknown = { oid: UNKNOWN, critical: true, value: der.nullValue() }
  const unknownCa = await ca('CA with an unknown critical extension', anchor, { extensions: [unknown] })
  const unknownRoot = await root('Root with an unknown critical extension', { extensions: [unknown] })
  const again = await ca('CA with an unknown critical extension, without it', anchor, {
    name: 'CA with an unknown critical extension',
    keys: unknownCa.keys,
  })
  const underUnknown = await client('Client', unknownCa)
  const identifier = der.octetString(new Uint8Array(20).fill(7))
  const authority = der.sequence(der.context(0, 'primitive', anchor.keyIdentifier))
  const access = der.sequence(
    der.sequence(
      der.objectIdentifier('1.3.6.1.5.5.7.48.2'),
      der.context(6, 'primitive', new TextEncoder().encode('http://ca.example/ca.cer')),
    ),
  )
  const chain = { intermediates: [issuing], anchors: [anchor] }
  const leafWith = (text: string, oid: string, critical: boolean, value: Uint8Array) =>
    client(text, issuing, { extensions: [{ oid, critical, value }] })
  const empty = { subject: [], dns: ['client.partner.example'] } as const
  return [
    {
      id: 'extension/unknown-critical-leaf',
      title: 'An unknown critical extension in the leaf.',
      clause: 'RFC 5280 §6.1.5 (f)',
      leaf: await leafWith('Client', UNKNOWN, true, der.nullValue()),
      ...chain,
      expected: { code: 'extension-critical-unknown', index: 0, extension: UNKNOWN },
    },
    {
      id: 'extension/unknown-noncritical-leaf',
      title: 'One that is not critical is passed over.',
      clause: 'RFC 5280 §4.2',
      leaf: await leafWith('Client', UNKNOWN, false, der.nullValue()),
      ...chain,
      expected: 'accepted',
    },
    {
      id: 'extension/unknown-not-der',
      title: 'Passed over unread, whatever is in it.',
      clause: 'RFC 5280 §4.2',
      leaf: await leafWith('Client', UNKNOWN, false, new TextEncoder().encode('plain text')),
      ...chain,
      expected: 'accepted',
    },
    {
      id: 'extension/unknown-critical-intermediate',
      title: 'An unknown critical extension in an intermediate.',
      clause: CRITICAL,
      leaf: underUnknown,
      intermediates: [unknownCa],
      anchors: [anchor],
      expected: { code: 'extension-critical-unknown', index: 1 },
    },
    {
      id: 'extension/unknown-critical-other-way',
      title: 'Another certificate of the same CA carries the path.',
      clause: CRITICAL,
      leaf: underUnknown,
      intermediates: [unknownCa, again],
      anchors: [anchor],
      path: [underUnknown, again, anchor],
      expected: 'accepted',
    },
    {
      id: 'extension/unknown-critical-anchor',
      title: 'An unknown critical extension in the anchor.',
      clause: CRITICAL,
      leaf: await client('Client', unknownRoot),
      anchors: [unknownRoot],
      expected: { code: 'extension-critical-unknown', index: 1 },
    },
    {
      id: 'extension/critical-subject-key-identifier',
      title: 'subjectKeyIdentifier is never critical.',
      clause: 'RFC 5280 §4.2.1.2',
      leaf: await leafWith('Client', '2.5.29.14', true, identifier),
      ...chain,
      expected: { code: 'extension-critical-forbidden', index: 0 },
    },
    {
      id: 'extension/critical-authority-key-identifier',
      title: 'authorityKeyIdentifier is never critical.',
      clause: 'RFC 5280 §4.2.1.1',
      leaf: await leafWith('Client', '2.5.29.35', true, authority),
      ...chain,
      expected: { code: 'extension-critical-forbidden', index: 0 },
    },
    {
      id: 'extension/critical-authority-info-access',
      title: 'authorityInfoAccess is never critical.',
      clause: 'RFC 5280 §4.2.2.1',
      leaf: await leafWith('Client', '1.3.6.1.5.5.7.1.1', true, access),
      ...chain,
      expected: { code: 'extension-critical-forbidden', index: 0 },
    },
    {
      id: 'extension/name-constraints-in-leaf',
      title: 'Only a CA constrains names.',
      clause: 'RFC 5280 §4.2.1.10',
      leaf: await client('Client', issuing, {
        nameConstraints: { permitted: [{ kind: 'dns', value: 'partner.example' }] },
      }),
      ...chain,
      expected: { code: 'extension-misplaced', index: 0 },
    },
    {
      id: 'extension/empty-subject',
      title: 'An empty subject with a critical alternative name.',
      clause: 'RFC 5280 §4.2.1.6',
      leaf: await client('Client', issuing, empty),
      ...chain,
      expected: 'accepted',
    },
    {
      id: 'extension/empty-subject-noncritical',
      title: 'With one that is not critical, nothing must be read.',
      clause: 'RFC 5280 §4.2.1.6',
      leaf: await client('Client', issuing, { ...empty, alternativeNamesCritical: false }),
      ...chain,
      expected: { code: 'extension-critical-required', index: 0 },
    },
    {
      id: 'extension/nobody',
      title: 'An empty subject and no alternative name: nobody.',
      clause: 'RFC 5280 §4.1.2.6',
      leaf: await client('Client', issuing, { subject: [] }),
      ...chain,
      expected: { code: 'extension-missing', index: 0 },
    },
    {
      id: 'extension/key-identifier-dangles',
      title: 'A leaf that names its issuer’s key, which has no identifier.',
      clause: 'RFC 5280 §4.2.1.2',
      ...(await dangling()),
      expected: { code: 'extension-missing', index: 1 },
    },
    {
      id: 'extension/no-revocation',
      title: 'noRevAvail.',
      clause: 'RFC 9608 §2',
      leaf: await client('Client', issuing, { noRevAvail: true }),
      ...chain,
      expected: 'accepted',
    },
    {
      id: 'extension/critical-distribution-points',
      title: 'Critical distribution points are understood.',
      clause: 'RFC 5280 §4.2.1.13',
      leaf: await leafWith(
        'Client',
        '2.5.29.31',
        true,
        der.sequence(
          der.sequence(
            der.context(
              0,
              'constructed',
              der.context(
                0,
                'constructed',
                der.context(6, 'primitive', new TextEncoder().encode('http://ca.example/ca.crl')),
              ),
            ),
          ),
        ),
      ),
      ...chain,
      expected: 'accepted',
    },
  ]
}

async function dangling(): Promise<Pick<PathCase, 'leaf' | 'intermediates' | 'anchors'>> {
  const anchor = await root('Root')
  const silent = await ca('CA without subjectKeyIdentifier', anchor, { omitExtensions: ['subjectKeyIdentifier'] })
  return { leaf: await client('Client', silent), intermediates: [silent], anchors: [anchor] }
}
