/** Chains of every length, anchors of every kind, and what is missing. @module */
import { ca, client, clientUnder, NOW, type PathCase, root, selfSigned } from './drawing.ts'

export async function basicCases(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const issuing = await ca('Issuing CA', anchor)
  const upper = await ca('Policy CA', anchor)
  const middle = await ca('Regional CA', upper)
  const lower = await ca('Partner CA', middle)
  const direct = await client('Client of the root', anchor)
  const ordinary = await client('Client', issuing)
  const deep = await client('Client of the partner CA', lower)
  const stranger = await root('Other root')
  const strangerCa = await ca('Other CA', stranger)
  const impostor = await root('Root, with another key', { name: 'Root' })
  const impostorClient = await client('Client of the impostor', impostor)
  const partner = await selfSigned('Self-signed client')
  const unconstrained = await selfSigned('Self-signed client, no basicConstraints', {
    basicConstraints: 'none',
    name: 'Self',
  })
  const minted = await clientUnder('Client signed with a client’s key', partner)
  const bare = await root('Root without key identifiers', {
    omitExtensions: ['subjectKeyIdentifier', 'authorityKeyIdentifier'],
  })
  const omitted = { omitExtensions: ['subjectKeyIdentifier', 'authorityKeyIdentifier'] } as const
  const bareCa = await ca('CA without key identifiers', bare, omitted)
  const bareClient = await client('Client without key identifiers', bareCa, omitted)
  const basic = 'RFC 5280 §6.1'
  const unknown = 'RFC 5280 §6.1.3 (a)(4)'
  return [
    {
      id: 'basics/direct',
      title: 'A leaf issued by the anchor.',
      clause: basic,
      leaf: direct,
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'basics/one-intermediate',
      title: 'The ordinary chain.',
      clause: basic,
      leaf: ordinary,
      intermediates: [issuing],
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'basics/three-intermediates',
      title: 'A longer chain, in order.',
      clause: basic,
      leaf: deep,
      intermediates: [lower, middle, upper],
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'basics/out-of-order',
      title: 'Intermediates in any order.',
      clause: basic,
      leaf: deep,
      intermediates: [upper, lower, middle],
      anchors: [anchor],
      path: [deep, lower, middle, upper, anchor],
      expected: 'accepted',
    },
    {
      id: 'basics/useless-intermediates',
      title: 'Unrelated certificates beside the chain change nothing.',
      clause: basic,
      leaf: ordinary,
      intermediates: [stranger, strangerCa, issuing, lower, upper],
      anchors: [anchor],
      path: [ordinary, issuing, anchor],
      expected: 'accepted',
    },
    {
      id: 'basics/duplicates',
      title: 'The same intermediate three times.',
      clause: basic,
      leaf: ordinary,
      intermediates: [issuing, issuing, issuing],
      anchors: [anchor],
      path: [ordinary, issuing, anchor],
      expected: 'accepted',
    },
    {
      id: 'basics/root-sent-along',
      title: 'The anchor among the intermediates.',
      clause: basic,
      leaf: ordinary,
      intermediates: [anchor, issuing],
      anchors: [anchor],
      path: [ordinary, issuing, anchor],
      expected: 'accepted',
    },
    {
      id: 'basics/leaf-sent-along',
      title: 'The leaf among the intermediates.',
      clause: basic,
      leaf: ordinary,
      intermediates: [ordinary, issuing],
      anchors: [anchor],
      path: [ordinary, issuing, anchor],
      expected: 'accepted',
    },
    {
      id: 'basics/anchor-is-intermediate',
      title: 'An intermediate made an anchor ends the path.',
      clause: 'RFC 5280 §6.1.1 (d)',
      leaf: ordinary,
      anchors: [issuing],
      expected: 'accepted',
    },
    {
      id: 'basics/one-of-many-anchors',
      title: 'Anchors that do not matter beside the one that does.',
      clause: basic,
      leaf: ordinary,
      intermediates: [issuing],
      anchors: [anchor, stranger, impostor],
      expected: 'accepted',
    },
    {
      id: 'basics/anchor-by-name-and-key',
      title: 'An anchor without a certificate.',
      clause: 'RFC 5280 §6.1.1 (d)',
      leaf: ordinary,
      intermediates: [issuing],
      anchors: [{ of: anchor }],
      expected: 'accepted',
    },
    {
      id: 'basics/anchor-by-name-wrong-key',
      title: 'An anchor of the right name with another key.',
      clause: 'RFC 5280 §6.1.3 (a)(1)',
      leaf: ordinary,
      intermediates: [issuing],
      anchors: [{ of: anchor, keyOf: stranger }],
      expected: { code: 'signature-invalid', index: 1 },
    },
    {
      id: 'basics/same-name-other-key',
      title: 'A CA of the anchor’s name that is not the anchor.',
      clause: 'RFC 5280 §6.1.3 (a)(1)',
      leaf: impostorClient,
      anchors: [anchor],
      expected: { code: 'signature-invalid', index: 0 },
    },
    {
      id: 'basics/two-anchors-of-one-name',
      title: 'Two anchors of one name: the one whose key fits counts.',
      clause: 'RFC 5280 §6.1.3 (a)(1)',
      leaf: impostorClient,
      anchors: [anchor, impostor],
      path: [impostorClient, impostor],
      expected: 'accepted',
    },
    {
      id: 'basics/intermediate-missing',
      title: 'The issuing CA was not sent.',
      clause: unknown,
      leaf: ordinary,
      anchors: [anchor],
      path: [ordinary],
      expected: { code: 'issuer-unknown', index: 0 },
    },
    {
      id: 'basics/upper-intermediate-missing',
      title: 'The chain has a gap further up.',
      clause: unknown,
      leaf: deep,
      intermediates: [lower, middle],
      anchors: [anchor],
      path: [deep, lower, middle],
      expected: { code: 'issuer-unknown', index: 2 },
    },
    {
      id: 'basics/unknown-root',
      title: 'A complete chain to a root that is not an anchor.',
      clause: unknown,
      leaf: await client('Client of the other CA', strangerCa),
      intermediates: [strangerCa, stranger],
      anchors: [anchor],
      expected: { code: 'issuer-unknown' },
    },
    {
      id: 'basics/self-signed-unknown',
      title: 'A self-signed leaf that nobody trusts.',
      clause: unknown,
      leaf: partner,
      anchors: [anchor],
      path: [partner],
      expected: { code: 'issuer-unknown', index: 0 },
    },
    {
      id: 'basics/self-signed-sent-twice',
      title: 'A self-signed leaf that also presents itself as its issuer.',
      clause: unknown,
      leaf: partner,
      intermediates: [partner],
      anchors: [anchor],
      path: [partner],
      expected: { code: 'issuer-unknown', index: 0 },
    },
    {
      id: 'basics/self-signed-anchor',
      title: 'A self-signed leaf onboarded as an anchor: a path of length zero.',
      clause: 'RFC 5280 §6.1.1 (d)',
      leaf: partner,
      anchors: [partner],
      expected: 'accepted',
    },
    {
      id: 'basics/self-signed-anchor-issues',
      title: 'Who was onboarded as a leaf does not issue.',
      clause: 'RFC 5280 §4.2.1.9',
      leaf: minted,
      anchors: [partner],
      expected: { code: 'basic-constraints-missing', index: 1 },
    },
    {
      id: 'basics/self-signed-anchor-expired',
      title: 'A self-signed anchor that has expired.',
      clause: 'RFC 5280 §6.1.3 (a)(2)',
      leaf: unconstrained,
      anchors: [unconstrained],
      at: new Date(NOW.getTime() + 400 * 86_400_000),
      expected: { code: 'certificate-expired', index: 0 },
    },
    {
      id: 'basics/no-key-identifiers',
      title: 'A chain that does without key identifiers throughout.',
      clause: 'RFC 5280 §4.2.1.1',
      leaf: bareClient,
      intermediates: [bareCa],
      anchors: [bare],
      expected: 'accepted',
    },
  ]
}
