/** Chains of usual parts in unusual company: drawn by fast-check, so that what is judged differently is made small. @module */

import fc from 'fast-check'
import { context, integer, objectIdentifier, sequence } from '../../packages/testing/src/der.ts'
import {
  type Authority,
  createAuthority,
  type GeneralName,
  type RawExtension,
} from '../../packages/testing/src/index.ts'

export const AT = new Date('2030-06-01T12:00:00Z')

export interface DrawnChain {
  /** From the anchor down. */
  readonly authorities: readonly DrawnAuthority[]
  readonly leaf: DrawnLeaf
  readonly rules: PolicySettings
}

interface DrawnAuthority extends DrawnPolicies {
  readonly organization: string
  /** Has its issuer's name. */
  readonly selfIssued: boolean
  readonly pathLength: number | undefined
  readonly fault: 'none' | 'expired' | 'no-basic-constraints' | 'not-a-ca' | 'no-cert-sign' | 'unknown-critical'
  readonly purposes: readonly string[]
  readonly permitted: readonly GeneralName[]
  readonly excluded: readonly GeneralName[]
}

interface DrawnLeaf extends DrawnPolicies {
  readonly subject: readonly (readonly [string, string])[]
  readonly names: readonly GeneralName[]
  readonly keyUsage: 'digitalSignature' | 'keyEncipherment' | 'none'
  readonly purposes: readonly string[]
}

interface DrawnPolicies {
  readonly policies: readonly string[]
  readonly mappings: readonly (readonly [string, string])[]
  readonly requireExplicitPolicy: number | undefined
  readonly inhibitPolicyMapping: number | undefined
  readonly inhibitAnyPolicy: number | undefined
}

export interface PolicySettings {
  readonly acceptable: readonly string[]
  readonly requireExplicit: boolean
  readonly inhibitAny: boolean
  readonly inhibitMapping: boolean
}

export interface MintedChain {
  readonly root: Uint8Array
  readonly leaf: Uint8Array
  readonly intermediates: readonly Uint8Array[]
}

const POLICIES = ['1.3.6.1.4.1.9999.1', '1.3.6.1.4.1.9999.2', '1.3.6.1.4.1.9999.3']
export const ANY_POLICY = '2.5.29.32.0'

const directory = (...rdns: readonly (readonly [string, string])[]): GeneralName => ({
  kind: 'directory',
  value: rdns.map(([type, value]) => ({ type, value })),
})
const named = (kind: 'dns' | 'email' | 'uri' | 'ip', ...values: readonly string[]): GeneralName[] =>
  values.map((value) => ({ kind, value }))

/** Near each other on purpose: whether one lies within another is what is asked. */
const CONSTRAINTS: readonly GeneralName[] = [
  ...named('dns', 'example.com', 'a.example.com', 'com', 'other.org'),
  ...named('email', 'example.com', 'alice@example.com', '.example.com', 'other.org'),
  ...named('uri', 'example.com', '.example.com', 'host.example.com'),
  ...named('ip', '10.0.0.0/8', '10.1.0.0/16', '192.168.0.0/24'),
  directory(['O', 'Acme']),
  directory(['O', 'Other']),
  directory(['O', 'Acme'], ['OU', 'East']),
]

const NAMES: readonly GeneralName[] = [
  ...named('dns', 'example.com', 'a.example.com', 'x.a.example.com', 'b.EXAMPLE.com', 'aexample.com', 'www.other.org'),
  ...named('email', 'alice@example.com', 'bob@EXAMPLE.com', 'alice@sub.example.com', 'x@other.org'),
  ...named('uri', 'https://example.com/a', 'https://host.example.com/x', 'https://a.host.example.com:8443/q'),
  ...named('ip', '10.0.0.1', '10.1.2.3', '192.168.0.7'),
  directory(['O', 'Acme'], ['CN', 'z']),
  directory(['O', 'acme '], ['OU', 'EAST'], ['CN', 'z']),
  directory(['O', 'Other'], ['CN', 'z']),
]

const rarely = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })
const seldom = fc.integer({ min: 0, max: 6 }).map((drawn) => drawn === 6)
const count = fc.integer({ min: 0, max: 2 })
const purposes = fc.oneof(
  { weight: 9, arbitrary: fc.constant<string[]>([]) },
  { weight: 1, arbitrary: fc.subarray(['clientAuth', 'serverAuth', 'emailProtection'], { minLength: 1 }) },
)
const few = (names: readonly GeneralName[], maxLength: number): fc.Arbitrary<GeneralName[]> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant<GeneralName[]>([]) },
    {
      weight: 1,
      arbitrary: fc.subarray([...names], { maxLength }),
    },
  )

const drawnPolicies = {
  policies: fc.subarray([...POLICIES, ANY_POLICY]),
  mappings: fc.constant<[string, string][]>([]),
  requireExplicitPolicy: rarely(count),
  inhibitPolicyMapping: rarely(count),
  inhibitAnyPolicy: fc.constant(undefined),
}

const authority: fc.Arbitrary<DrawnAuthority> = fc.record({
  ...drawnPolicies,
  mappings: fc.oneof(
    { weight: 3, arbitrary: fc.constant<[string, string][]>([]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.tuple(fc.constantFrom(...POLICIES), fc.constantFrom(...POLICIES)), {
        minLength: 1,
        maxLength: 2,
      }),
    },
  ),
  inhibitAnyPolicy: rarely(count),
  organization: fc.constantFrom('Acme', 'Other'),
  selfIssued: seldom,
  pathLength: rarely(count),
  fault: fc.oneof(
    { weight: 30, arbitrary: fc.constant('none' as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<DrawnAuthority['fault']>(
        'expired',
        'no-basic-constraints',
        'not-a-ca',
        'no-cert-sign',
        'unknown-critical',
      ),
    },
  ),
  purposes,
  permitted: few(CONSTRAINTS, 6),
  excluded: few(CONSTRAINTS, 2),
})

export const chains: fc.Arbitrary<DrawnChain> = fc.record({
  authorities: fc.array(authority, { minLength: 1, maxLength: 3 }),
  leaf: fc.record({
    ...drawnPolicies,
    subject: fc.constantFrom<readonly (readonly [string, string])[]>(
      [
        ['O', 'Acme'],
        ['CN', 'leaf'],
      ],
      [
        ['O', 'ACME'],
        ['OU', 'East'],
        ['CN', 'leaf'],
      ],
      [
        ['O', 'Other'],
        ['CN', 'leaf'],
      ],
    ),
    names: few(NAMES, 3),
    keyUsage: fc.oneof(
      { weight: 20, arbitrary: fc.constant('digitalSignature' as const) },
      { weight: 1, arbitrary: fc.constantFrom('keyEncipherment' as const, 'none' as const) },
    ),
    purposes,
  }),
  rules: fc.record({
    acceptable: fc.oneof(fc.constant<string[]>([]), fc.subarray([...POLICIES], { minLength: 1 })),
    requireExplicit: seldom,
    inhibitAny: seldom,
    inhibitMapping: seldom,
  }),
})

const clock = (): Date => AT
/** Keys cost more to make than all the rest; which certificate has which makes no difference. */
const root = await createAuthority({ name: 'Root', clock })
const keys = await Promise.all([1, 2, 3, 4].map(async () => (await createAuthority({ clock })).keys))

export async function mint({ authorities, leaf }: DrawnChain): Promise<MintedChain> {
  let issuer: Authority = root
  const intermediates: Uint8Array[] = []
  for (const [index, drawn] of authorities.entries()) {
    issuer = await issuer.issueAuthority({
      keys: keys[index] as (typeof keys)[number],
      subject: drawn.selfIssued
        ? issuer.subject
        : subjectOf([
            ['O', drawn.organization],
            ['CN', `CA ${index}`],
          ]),
      extensions: [...policyExtensions(drawn), ...(drawn.fault === 'unknown-critical' ? [UNKNOWN_CRITICAL] : [])],
      ...(drawn.pathLength === undefined ? {} : { pathLength: drawn.pathLength }),
      ...(drawn.purposes.length === 0 ? {} : { extendedKeyUsage: drawn.purposes }),
      ...nameConstraints(drawn),
      ...FAULTS[drawn.fault],
    })
    intermediates.unshift(issuer.certificate.der)
  }
  const { certificate } = await issuer.issueClient({
    keys: keys[3] as (typeof keys)[number],
    subject: subjectOf(leaf.subject),
    alternativeNames: leaf.names,
    keyUsage: leaf.keyUsage === 'none' ? 'none' : [leaf.keyUsage],
    extendedKeyUsage: leaf.purposes.length === 0 ? 'none' : leaf.purposes,
    extensions: policyExtensions(leaf),
  })
  return { root: root.certificate.der, leaf: certificate.der, intermediates }
}

const UNKNOWN_CRITICAL: RawExtension = { oid: '1.3.6.1.4.1.9999.99', critical: true, value: sequence() }

const FAULTS = {
  none: {},
  expired: { notBefore: new Date('2029-01-01T00:00:00Z'), notAfter: new Date('2030-06-01T11:59:59Z') },
  'no-basic-constraints': { basicConstraints: 'none' },
  'not-a-ca': { basicConstraints: { ca: false } },
  'no-cert-sign': { keyUsage: ['digitalSignature', 'cRLSign'] },
  'unknown-critical': {},
} as const

function subjectOf(rdns: readonly (readonly [string, string])[]): { type: string; value: string }[] {
  return rdns.map(([type, value]) => ({ type, value }))
}

function nameConstraints({ permitted, excluded }: DrawnAuthority): { nameConstraints?: object } {
  if (permitted.length + excluded.length === 0) return {}
  return {
    nameConstraints: {
      ...(permitted.length === 0 ? {} : { permitted }),
      ...(excluded.length === 0 ? {} : { excluded }),
    },
  }
}

/** RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14. */
function policyExtensions(drawn: DrawnPolicies): RawExtension[] {
  const { policies, mappings, requireExplicitPolicy, inhibitPolicyMapping, inhibitAnyPolicy } = drawn
  const extensions: RawExtension[] = []
  const add = (oid: string, value: Uint8Array): unknown =>
    extensions.push({ oid, critical: oid !== '2.5.29.32', value })
  if (policies.length > 0) add('2.5.29.32', sequence(...policies.map((policy) => sequence(objectIdentifier(policy)))))
  if (mappings.length > 0)
    add('2.5.29.33', sequence(...mappings.map((pair) => sequence(...pair.map((policy) => objectIdentifier(policy))))))
  const skips = [requireExplicitPolicy, inhibitPolicyMapping].flatMap((skip, tag) =>
    skip === undefined ? [] : [context(tag, 'primitive', integer(skip).subarray(2))],
  )
  if (skips.length > 0) add('2.5.29.36', sequence(...skips))
  if (inhibitAnyPolicy !== undefined) add('2.5.29.54', integer(inhibitAnyPolicy))
  return extensions
}
