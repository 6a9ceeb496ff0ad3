/** Certificate policies: asked for, mapped, inhibited. @module */
import * as der from '../../../packages/testing/src/der.ts'
import type { AuthorityOptions, RawExtension } from '../../../packages/testing/src/index.ts'
import { ca, client, type PathCase, root } from './drawing.ts'

const A = '1.3.6.1.4.1.55555.2.1'
const B = '1.3.6.1.4.1.55555.2.2'
const ANY = '2.5.29.32.0'

const mapping = (...pairs: [string, string][]): RawExtension => ({
  oid: '2.5.29.33',
  critical: true,
  value: der.sequence(...pairs.map(([from, to]) => der.sequence(der.objectIdentifier(from), der.objectIdentifier(to)))),
})

const small = (tag: number, value: number): Uint8Array => der.context(tag, 'primitive', Uint8Array.of(value))

const policyConstraints = (explicit?: number, mappings?: number): RawExtension => ({
  oid: '2.5.29.36',
  critical: true,
  value: der.sequence(
    ...(explicit === undefined ? [] : [small(0, explicit)]),
    ...(mappings === undefined ? [] : [small(1, mappings)]),
  ),
})

const inhibitAny = (count: number): RawExtension => ({ oid: '2.5.29.54', critical: true, value: der.integer(count) })

export async function policyCases(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const requiring = await root('Root, requires a policy at once', { extensions: [policyConstraints(0)] })
  const unacceptable = { code: 'policy-unacceptable' }
  const one = async (
    id: string,
    title: string,
    clause: string,
    [text, options]: [string, AuthorityOptions],
    policies: readonly string[] | undefined,
    rules: Record<string, unknown>,
    expected: PathCase['expected'],
  ): Promise<PathCase> => {
    const issuing = await ca(`CA, ${text}`, anchor, options)
    const leaf = await client(
      `Client, ${policies === undefined ? 'no policies' : policies.join(', ')}`,
      issuing,
      policies === undefined ? {} : { policies },
    )
    return {
      id: `policy/${id}`,
      title,
      clause: `RFC 5280 ${clause}`,
      leaf,
      intermediates: [issuing],
      anchors: [anchor],
      options: { policies: rules },
      expected,
    }
  }
  const explicit = { requireExplicit: true }
  const twice = await ca('CA, policy A', requiring, { policies: [A] })
  const bare = await ca('CA, no policies', requiring)
  return [
    await one(
      'none-asked',
      'Without a wish policies do not matter.',
      '§6.1.1 (c)',
      ['policy A', { policies: [A] }],
      [B],
      {},
      'accepted',
    ),
    await one(
      'explicit',
      'One policy throughout.',
      '§6.1.5 (g)',
      ['policy A', { policies: [A] }],
      [A],
      explicit,
      'accepted',
    ),
    await one(
      'explicit-none',
      'No policies where one is required.',
      '§6.1.5 (g)',
      ['no policies', {}],
      [A],
      explicit,
      unacceptable,
    ),
    await one(
      'explicit-leaf-none',
      'A leaf without policies.',
      '§6.1.3 (e)',
      ['policy A', { policies: [A] }],
      undefined,
      explicit,
      unacceptable,
    ),
    await one(
      'explicit-differ',
      'Different policies leave none.',
      '§6.1.3 (d)',
      ['policy A', { policies: [A] }],
      [B],
      explicit,
      unacceptable,
    ),
    await one(
      'acceptable',
      'The policy that the caller accepts.',
      '§6.1.5 (g)',
      ['policies A, B', { policies: [A, B] }],
      [B],
      { ...explicit, acceptable: [B] },
      'accepted',
    ),
    await one(
      'not-acceptable',
      'Another one.',
      '§6.1.5 (g)',
      ['policies A, B', { policies: [A, B] }],
      [A],
      { ...explicit, acceptable: [B] },
      unacceptable,
    ),
    await one(
      'any-ca',
      'anyPolicy of a CA lets any follow.',
      '§6.1.3 (d)',
      ['anyPolicy', { policies: [ANY] }],
      [A],
      { ...explicit, acceptable: [A] },
      'accepted',
    ),
    await one(
      'any-leaf',
      'anyPolicy of a leaf is what stands above it.',
      '§6.1.3 (d)(2)',
      ['policy A', { policies: [A] }],
      [ANY],
      { ...explicit, acceptable: [A] },
      'accepted',
    ),
    await one(
      'any-inhibited',
      'Unless the caller inhibits it.',
      '§6.1.1 (g)',
      ['policy A', { policies: [A] }],
      [ANY],
      { ...explicit, inhibitAny: true },
      unacceptable,
    ),
    await one(
      'any-inhibited-by-ca',
      'Or the CA does.',
      '§4.2.1.14',
      ['policy A, inhibits anyPolicy', { policies: [A], extensions: [inhibitAny(0)] }],
      [ANY],
      explicit,
      unacceptable,
    ),
    await one(
      'mapped',
      'A policy mapped to the partner’s.',
      '§6.1.4 (b)',
      ['policy A, mapped to B', { policies: [A], extensions: [mapping([A, B])] }],
      [B],
      { ...explicit, acceptable: [A] },
      'accepted',
    ),
    await one(
      'mapped-away',
      'What was mapped away does not follow.',
      '§6.1.4 (b)',
      ['policy A, mapped to B', { policies: [A], extensions: [mapping([A, B])] }],
      [A],
      explicit,
      unacceptable,
    ),
    await one(
      'mapped-not-acceptable',
      'Acceptable is what the anchor’s domain calls it.',
      '§6.1.5 (g)',
      ['policy A, mapped to B', { policies: [A], extensions: [mapping([A, B])] }],
      [B],
      { ...explicit, acceptable: [B] },
      unacceptable,
    ),
    await one(
      'mapping-inhibited',
      'Mapping forbidden by the caller.',
      '§6.1.1 (e)',
      ['policy A, mapped to B', { policies: [A], extensions: [mapping([A, B])] }],
      [B],
      { ...explicit, inhibitMapping: true },
      unacceptable,
    ),
    await one(
      'mapping-of-any',
      'anyPolicy is never mapped.',
      '§6.1.4 (a)',
      ['anyPolicy, mapped to B', { policies: [ANY], extensions: [mapping([ANY, B])] }],
      [B],
      {},
      { code: 'policy-mapping-invalid', index: 1 },
    ),
    await one(
      'mapping-to-any',
      'Nor is anything mapped to it.',
      '§6.1.4 (a)',
      ['policy A, mapped to anyPolicy', { policies: [A], extensions: [mapping([A, ANY])] }],
      [A],
      {},
      { code: 'policy-mapping-invalid', index: 1 },
    ),
    await one(
      'required-by-ca',
      'A CA that requires a policy below.',
      '§4.2.1.11',
      ['policy A, requires one', { policies: [A], extensions: [policyConstraints(0)] }],
      undefined,
      {},
      unacceptable,
    ),
    await one(
      'required-by-ca-met',
      'And gets it.',
      '§4.2.1.11',
      ['policy A, requires one', { policies: [A], extensions: [policyConstraints(0)] }],
      [A],
      {},
      'accepted',
    ),
    await one(
      'required-later',
      'Required after two more certificates: not here.',
      '§4.2.1.11',
      ['policy A, requires one later', { policies: [A], extensions: [policyConstraints(2)] }],
      undefined,
      {},
      'accepted',
    ),
    {
      id: 'policy/required-by-anchor',
      title: 'What the anchor’s certificate requires binds.',
      clause: 'RFC 5937 §3.2',
      leaf: await client('Client', bare),
      intermediates: [bare],
      anchors: [requiring],
      expected: unacceptable,
    },
    {
      id: 'policy/required-by-anchor-met',
      title: 'And can be met.',
      clause: 'RFC 5937 §3.2',
      leaf: await client('Client, policy A', twice, { policies: [A] }),
      intermediates: [twice],
      anchors: [requiring],
      expected: 'accepted',
    },
    {
      id: 'policy/doubling',
      title: 'Thirty levels of two policies, each mapped to both: a tree would have a thousand million leaves.',
      clause: 'RFC 9618 §3, CVE-2023-0464',
      ...(await doubling()),
      options: { budget: { depth: 40, work: 200 }, policies: explicit },
      expected: 'accepted',
    },
  ]
}

async function doubling(): Promise<Pick<PathCase, 'leaf' | 'intermediates' | 'anchors'>> {
  const anchor = await root('Root')
  const options = { policies: [A, B], extensions: [mapping([A, A], [A, B], [B, A], [B, B])] }
  const chain: Awaited<ReturnType<typeof ca>>[] = []
  for (let level = 1; level <= 30; level++)
    chain.push(
      await ca(`CA ${level}, A and B each mapped to both`, chain.at(-1) ?? anchor, { name: `CA ${level}`, ...options }),
    )
  const leaf = await client('Client, policy A', chain.at(-1) as (typeof chain)[number], { policies: [A] })
  return { leaf, intermediates: chain.toReversed(), anchors: [anchor] }
}
