/** The search: cross-certificates, roll-overs, loops, and sets that are built to explode. @module */
import type { Authority } from '../../../packages/testing/src/index.ts'
import { ca, client, clientUnder, later, type PathCase, root } from './drawing.ts'

const BUILD = 'RFC 4158 §2'

export async function buildingCases(): Promise<PathCase[]> {
  const oldRoot = await root('Old root')
  const newRoot = await root('New root')
  const issuing = await ca('Issuing CA', oldRoot)
  const crossed = await ca('Issuing CA, cross-certified by the new root', newRoot, {
    name: 'Issuing CA',
    keys: issuing.keys,
  })
  const leaf = await client('Client', issuing)
  const rekeyed = await ca('Issuing CA, with a new key', oldRoot, { name: 'Issuing CA' })
  const underNewKey = await client('Client of the new key', rekeyed)
  const expiredCross = await ca('Issuing CA, cross-certified and expired', newRoot, {
    name: 'Issuing CA',
    keys: issuing.keys,
    notBefore: later(-100),
    notAfter: later(-1),
  })
  const newUnderOld = await ca('New root, certified by the old', oldRoot, { name: 'New root', keys: newRoot.keys })
  const underNew = await ca('CA of the new root', newRoot)
  const leafOfNew = await client('Client of the new root’s CA', underNew)
  const shortCross = await ca('Regional CA, pathLen 0', oldRoot, { name: 'Regional CA', pathLength: 0 })
  const longCross = await ca('Regional CA', newRoot, { name: 'Regional CA', keys: shortCross.keys })
  const belowRegional = await ca('Local CA', shortCross)
  const leafOfLocal = await client('Client of the local CA', belowRegional)
  return [
    {
      id: 'building/cross-certified',
      title: 'The old root is gone; the cross-certificate leads to the new one.',
      clause: BUILD,
      leaf,
      intermediates: [issuing, crossed],
      anchors: [newRoot],
      path: [leaf, crossed, newRoot],
      expected: 'accepted',
    },
    {
      id: 'building/both-roots',
      title: 'Both roots, both certificates.',
      clause: BUILD,
      leaf,
      intermediates: [crossed, issuing],
      anchors: [oldRoot, newRoot],
      path: [leaf, issuing, oldRoot],
      expected: 'accepted',
    },
    {
      id: 'building/cross-certificate-expired',
      title: 'An expired cross-certificate does not stand in the way.',
      clause: BUILD,
      leaf,
      intermediates: [expiredCross, issuing],
      anchors: [newRoot, oldRoot],
      path: [leaf, issuing, oldRoot],
      expected: 'accepted',
    },
    {
      id: 'building/re-keyed',
      title: 'Two CAs of one name: the key identifier points to the right one.',
      clause: 'RFC 5280 §4.2.1.1',
      leaf: underNewKey,
      intermediates: [issuing, rekeyed],
      anchors: [oldRoot],
      path: [underNewKey, rekeyed, oldRoot],
      expected: 'accepted',
    },
    {
      id: 'building/re-keyed-unsaid',
      title: 'Without key identifiers the signature decides.',
      clause: BUILD,
      ...(await unsaidRollover()),
      expected: 'accepted',
    },
    {
      id: 'building/wrong-key-identifier',
      title: 'A wrong authority key identifier is a hint, and wrong.',
      clause: 'RFC 5280 §4.2.1.1',
      ...(await misleading()),
      expected: 'accepted',
    },
    {
      id: 'building/new-under-old',
      title: 'The new root, certified by the old: through either.',
      clause: BUILD,
      leaf: leafOfNew,
      intermediates: [underNew, newUnderOld],
      anchors: [oldRoot],
      expected: 'accepted',
    },
    {
      id: 'building/path-length-other-way',
      title: 'One way is too long for its pathLen; the other is not.',
      clause: BUILD,
      leaf: leafOfLocal,
      intermediates: [belowRegional, shortCross, longCross],
      anchors: [oldRoot, newRoot],
      path: [leafOfLocal, belowRegional, longCross, newRoot],
      expected: 'accepted',
    },
    {
      id: 'building/loop',
      title: 'Two CAs that certify each other, and no anchor.',
      clause: 'RFC 4158 §2.4.2',
      ...(await loop('none')),
      expected: { code: 'issuer-unknown' },
    },
    {
      id: 'building/loop-with-exit',
      title: 'The same with a way out.',
      clause: 'RFC 4158 §2.4.2',
      ...(await loop('exit')),
      expected: 'accepted',
    },
    {
      id: 'building/self-issued-chain',
      title: 'Three keys of one name, each certified by the one before.',
      clause: 'RFC 5280 §6.1',
      ...(await rollovers()),
      expected: 'accepted',
    },
    {
      id: 'building/as-deep-as-allowed',
      title: 'Ten intermediates.',
      clause: 'Budget',
      ...(await deep(10)),
      expected: 'accepted',
    },
    {
      id: 'building/too-deep',
      title: 'Eleven.',
      clause: 'Budget',
      ...(await deep(11)),
      expected: { code: 'depth-exceeded' },
    },
    {
      id: 'building/work',
      title: 'Two signatures with work for one.',
      clause: 'Budget',
      leaf,
      intermediates: [issuing],
      anchors: [oldRoot],
      options: { budget: { work: 1 } },
      expected: { code: 'budget-exhausted', index: 0, limit: 'work' },
    },
    {
      id: 'building/work-enough',
      title: 'Two signatures with work for two.',
      clause: 'Budget',
      leaf,
      intermediates: [issuing],
      anchors: [oldRoot],
      options: { budget: { work: 2 } },
      expected: 'accepted',
    },
    {
      id: 'building/work-p384',
      title: 'A P-384 signature counts ten.',
      clause: 'Budget',
      ...(await heavy()),
      options: { budget: { work: 10 } },
      expected: { code: 'budget-exhausted', index: 0, limit: 'work' },
    },
    {
      id: 'building/bytes',
      title: 'More octets than allowed.',
      clause: 'Budget',
      leaf,
      intermediates: [issuing],
      anchors: [oldRoot],
      options: { budget: { bytes: 500 } },
      expected: { code: 'budget-exhausted', index: 0, limit: 'bytes' },
    },
    {
      id: 'building/mesh',
      title: 'Eight CAs of one name, each certified by all others, and no anchor.',
      clause: 'CVE-2026-32280',
      ...(await mesh('unknown')),
      expected: { code: 'issuer-unknown' },
    },
    {
      id: 'building/mesh-same-name',
      title: 'The same, named like the anchor.',
      clause: 'CVE-2026-32280',
      ...(await mesh('impostor')),
      expected: { code: 'signature-invalid' },
    },
    {
      id: 'building/mesh-anchored',
      title: 'The same, one of them certified by the anchor.',
      clause: 'CVE-2026-32280',
      ...(await mesh('anchored')),
      expected: 'accepted',
    },
  ]
}

type Chain = Pick<PathCase, 'leaf' | 'intermediates' | 'anchors' | 'path'>

const BARE = { omitExtensions: ['subjectKeyIdentifier', 'authorityKeyIdentifier'] } as const

async function unsaidRollover(): Promise<Chain> {
  const anchor = await root('Root')
  const first = await ca('CA, old key', anchor, { name: 'CA', ...BARE })
  const second = await ca('CA, new key', anchor, { name: 'CA', ...BARE })
  const leaf = await client('Client', second, BARE)
  return { leaf, intermediates: [first, second], anchors: [anchor], path: [leaf, second, anchor] }
}

async function misleading(): Promise<Chain> {
  const anchor = await root('Root')
  const first = await ca('CA, the key that is named', anchor, { name: 'CA' })
  const second = await ca('CA, the key that signed', anchor, { name: 'CA' })
  const leaf = await clientUnder('Client', { ...second, keyIdentifier: first.keyIdentifier })
  return { leaf, intermediates: [first, second], anchors: [anchor], path: [leaf, second, anchor] }
}

async function loop(way: 'none' | 'exit'): Promise<Chain> {
  const anchor = await root('Root')
  const stranger = await root('Somebody')
  const a = await ca('CA a', way === 'exit' ? anchor : stranger)
  const b = await ca('CA b', a)
  const aByB = await ca('CA a, certified by b', b, { name: 'CA a', keys: a.keys })
  const leaf = await client('Client', b)
  return way === 'exit'
    ? { leaf, intermediates: [aByB, b, a], anchors: [anchor], path: [leaf, b, a, anchor] }
    : { leaf, intermediates: [aByB, b], anchors: [anchor], path: [leaf, b, aByB] }
}

async function rollovers(): Promise<Chain> {
  const anchor = await root('Root')
  const first = await ca('CA, first key', anchor, { name: 'CA' })
  const second = await ca('CA, second key', first, { name: 'CA' })
  const third = await ca('CA, third key', second, { name: 'CA' })
  return { leaf: await client('Client', third), intermediates: [third, second, first], anchors: [anchor] }
}

async function deep(count: number): Promise<Chain> {
  const anchor = await root('Root')
  const chain: Authority[] = []
  for (let level = 1; level <= count; level++) chain.push(await ca(`CA ${level}`, chain.at(-1) ?? anchor))
  return {
    leaf: await client('Client', chain.at(-1) as Authority),
    intermediates: chain.toReversed(),
    anchors: [anchor],
  }
}

async function heavy(): Promise<Chain> {
  const anchor = await root('P-384 root', { algorithm: 'P-384' })
  const issuing = await ca('P-256 CA', anchor)
  return { leaf: await client('Client', issuing), intermediates: [issuing], anchors: [anchor] }
}

async function mesh(kind: 'unknown' | 'impostor' | 'anchored'): Promise<Chain> {
  const anchor = await root('Root')
  const name = kind === 'impostor' ? 'Root' : 'Mesh CA'
  const members: Authority[] = []
  for (let index = 0; index < 8; index++) members.push(await root(`${name}, member ${index}`, { name }))
  const edges: Authority[] = []
  for (const [i, subject] of members.entries())
    for (const [j, issuer] of members.entries())
      if (i !== j)
        edges.push(await ca(`${name}, member ${i} by member ${j}`, issuer, { name, keys: subject.keys, ...BARE }))
  const first = members[0] as Authority
  const leaf = await client('Client', first, BARE)
  if (kind !== 'anchored') return { leaf, intermediates: edges, anchors: [anchor], path: [leaf] }
  const exit = await ca(`${name}, member 5 by the anchor`, anchor, {
    name,
    keys: (members[5] as Authority).keys,
    ...BARE,
  })
  const bridge = edges.find(
    (edge) => edge.publicKeyHash === first.publicKeyHash && edge.issuer?.publicKeyHash === members[5]?.publicKeyHash,
  ) as Authority
  return { leaf, intermediates: [...edges, exit], anchors: [anchor], path: [leaf, bridge, exit, anchor] }
}
