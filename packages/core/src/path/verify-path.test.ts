import { createAuthority, createSelfSigned, type RawExtension } from '@countersign/testing'
import { context, sequence } from '@countersign/testing/der'
import { beforeAll, describe, expect, it } from 'vitest'
import { createNodePrimitives } from '../primitives/node.ts'
import type { Primitives, SignatureCheck } from '../primitives/primitives.ts'
import { DEFAULT_ALGORITHMS } from '../x509/algorithm-policy.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { createTrustAnchor } from './trust-anchor.ts'
import { type VerifyPathOptions, verifyPath } from './verify-path.ts'

const AT = new Date('2030-01-01T00:00:00Z')
const clock = (): Date => AT

let root: Certificate
let crossRoot: Certificate
let issuing: Certificate
let crossed: Certificate
let leaf: Certificate
let second: Certificate
let lone: Certificate

beforeAll(async () => {
  const authority = await createAuthority({ name: 'Root', clock, days: 100 })
  const cross = await createAuthority({ name: 'Cross', clock })
  const sub = await authority.issueAuthority({ name: 'Issuing', days: 50 })
  const crossSub = await cross.issueAuthority({ name: 'Issuing', keys: sub.keys })
  root = parseCertificate(authority.certificate.der)
  crossRoot = parseCertificate(cross.certificate.der)
  issuing = parseCertificate(sub.certificate.der)
  crossed = parseCertificate(crossSub.certificate.der)
  leaf = parseCertificate((await sub.issueClient({ name: 'One', days: 200 })).certificate.der)
  second = parseCertificate((await sub.issueClient({ name: 'Two' })).certificate.der)
  lone = parseCertificate((await createSelfSigned({ name: 'Lone', clock })).certificate.der)
})

/** Native primitives that keep what they were asked. */
function watched(): { primitives: Primitives; checks: SignatureCheck[] } {
  const native = createNodePrimitives()
  const checks: SignatureCheck[] = []
  const primitives: Primitives = {
    ...native,
    verifySignature(check) {
      checks.push(check)
      return native.verifySignature(check)
    },
  }
  return { primitives, checks }
}

const chain = (): VerifyPathOptions => ({ leaf, intermediates: [issuing], anchors: [root], at: AT })

function mustHold(result: ReturnType<typeof verifyPath<{ code: string }>>) {
  if (!('ok' in result)) throw new Error('a promise')
  if (!result.ok) throw new Error(result.reason.code)
  return result.path
}

describe('verifyPath', () => {
  it('answers at once where the primitives do, and later where they do not', async () => {
    expect(verifyPath(chain())).toMatchObject({ ok: true })
    const native = createNodePrimitives()
    const later = { ...native, verifySignature: async (check: SignatureCheck) => native.verifySignature(check) }
    const result = verifyPath({ ...chain(), primitives: later })
    expect(result).toBeInstanceOf(Promise)
    expect(await result).toMatchObject({ ok: true })
  })

  it('gives the path leaf first, its anchor and its end', () => {
    const path = mustHold(verifyPath(chain()))
    expect(path.certificates).toEqual([leaf, issuing])
    expect(path.leaf).toBe(leaf)
    expect(path.anchor).toMatchObject({ certificate: root, publicKey: root.publicKey, subject: root.subject.der })
    expect(path.notAfter).toEqual(issuing.notAfter)
    expect(path.policies).toEqual([])
    expect(() => (path.certificates as unknown as Certificate[]).push(root)).toThrow(TypeError)
  })

  it('counts the anchor’s end unless its expiry is waived', () => {
    const at = new Date(AT.getTime() + 1000)
    const anchored = { leaf: lone, anchors: [lone], at }
    expect(mustHold(verifyPath(anchored)).notAfter).toEqual(lone.notAfter)
    const named = { subject: root.subject.der, publicKey: root.publicKey }
    expect(mustHold(verifyPath({ ...chain(), anchors: [named] })).notAfter).toEqual(issuing.notAfter)
  })

  it('hands back the anchor as it was given, with its label', () => {
    const labelled = createTrustAnchor(root, 'partners')
    expect(mustHold(verifyPath({ ...chain(), anchors: [crossRoot, labelled] })).anchor).toBe(labelled)
    expect(createTrustAnchor(root)).not.toHaveProperty('label')
  })

  it('ends with its budget, also where that is too small for the leaf', () => {
    expect(verifyPath({ ...chain(), budget: { bytes: 1 } })).toMatchObject({
      ok: false,
      reason: { code: 'budget-exhausted', limit: 'bytes' },
    })
  })

  it.each([
    ['no leaf', { leaf: undefined }, /^leaf/],
    ['octets for a leaf', { leaf: new Uint8Array() }, /^leaf/],
    ['no anchors', { anchors: [] }, /^anchors/],
    ['anchors left out', { anchors: undefined }, /^anchors/],
    [
      'an anchor that is no name',
      { anchors: [{ subject: Uint8Array.of(1), publicKey: new Uint8Array() }] },
      /^anchors/,
    ],
    [
      'constraints that are none',
      {
        anchors: [
          { subject: Uint8Array.of(0x30, 0), publicKey: new Uint8Array(), nameConstraints: Uint8Array.of(5, 0) },
        ],
      },
      /^anchors/,
    ],
    ['no time', { at: new Date('never') }, /^at/],
    ['a number for a time', { at: 0 }, /^at/],
    ['something like a time', { at: { getTime: (): number => 0 } }, /^at/],
    ['an unknown usage', { usage: 'mail' }, /^usage/],
    ['no purposes', { usage: [] }, /^usage/],
    ['an unknown word', { expiredAnchors: 'ignore' }, /^expiredAnchors/],
    ['another unknown word', { extendedKeyUsage: { absent: true } }, /^extendedKeyUsage\.absent/],
    ['a negative limit', { maxIntermediates: -1 }, /^maxIntermediates/],
    ['a limit that is no number', { budget: { work: Number.NaN } }, /^budget\.work/],
  ])('throws TypeError for %s', (_, wrong, message) => {
    expect(() => verifyPath({ ...chain(), ...wrong } as VerifyPathOptions)).toThrow(message)
    expect(() => verifyPath({ ...chain(), ...wrong } as VerifyPathOptions)).toThrow(TypeError)
  })
})

describe('of several issuers of one name', () => {
  it('the one whose key the certificate names is asked first', async () => {
    const top = await createAuthority({ name: 'Top', clock })
    const [right, ...others] = await Promise.all([1, 2, 3].map(() => top.issueAuthority({ name: 'Issuing' })))
    if (right === undefined) throw new Error('no issuer')
    const client = parseCertificate((await right.issueClient()).certificate.der)
    for (const sent of [
      [right, ...others],
      [...others, right],
    ]) {
      const { primitives, checks } = watched()
      const anchors = [parseCertificate(top.certificate.der)]
      const intermediates = sent.map(({ certificate }) => parseCertificate(certificate.der))
      mustHold(verifyPath({ leaf: client, intermediates, anchors, at: AT, primitives }))
      expect(checks).toHaveLength(2)
    }
  })
})

describe('a circle of issuers', () => {
  it('is walked once: the reason names the last of them', async () => {
    const one = await createAuthority({ name: 'One', clock })
    const two = await one.issueAuthority({ name: 'Two' })
    const crossed = await two.issueAuthority({ name: 'One', keys: one.keys })
    const client = parseCertificate((await one.issueClient()).certificate.der)
    const intermediates = [two, crossed].map(({ certificate }) => parseCertificate(certificate.der))
    expect(verifyPath({ leaf: client, intermediates, anchors: [root], at: AT })).toMatchObject({
      ok: false,
      reason: { code: 'issuer-unknown', index: 2, issuer: 'CN=One' },
    })
  })
})

describe('policies', () => {
  it('are asked of a leaf that requires one itself (RFC 5280 §6.1.5 (b))', async () => {
    const top = await createAuthority({ name: 'Top', clock })
    const requiring = (skip: number, critical = true) => ({
      oid: '2.5.29.36',
      critical,
      value: sequence(context(0, 'primitive', Uint8Array.of(skip))),
    })
    const verdictOn = async (extensions: readonly RawExtension[], policies?: readonly string[]) => {
      const client = await top.issueClient({ extensions, ...(policies === undefined ? {} : { policies }) })
      const anchors = [parseCertificate(top.certificate.der)]
      const result = verifyPath({ leaf: parseCertificate(client.certificate.der), anchors, at: AT })
      return 'ok' in result && (result.ok ? 'held' : result.reason.code)
    }
    expect(await verdictOn([requiring(1)])).toBe('held')
    expect(await verdictOn([requiring(0)])).toBe('policy-unacceptable')
    expect(await verdictOn([requiring(0)], ['1.3.6.1.4.1.55555.1'])).toBe('held')
    expect(await verdictOn([requiring(1, false)])).toBe('extension-critical-required')
    expect(await verdictOn([requiring(1, false)], ['1.3.6.1.4.1.55555.1'])).toBe('held')
  })
})

describe('name constraints', () => {
  it('let a name pass that lies in one of several subtrees, and none that lies in an excluded one', async () => {
    const dns = (value: string) => ({ kind: 'dns', value }) as const
    const top = await createAuthority({ name: 'Top', clock })
    const bound = await top.issueAuthority({
      name: 'Bound',
      nameConstraints: {
        permitted: [dns('one.example'), dns('two.example')],
        excluded: [dns('out.one.example'), dns('out.two.example')],
      },
    })
    const verdictOn = async (...names: string[]) => {
      const client = parseCertificate((await bound.issueClient({ dns: names })).certificate.der)
      const intermediates = [parseCertificate(bound.certificate.der)]
      const result = verifyPath({
        leaf: client,
        intermediates,
        anchors: [parseCertificate(top.certificate.der)],
        at: AT,
      })
      return 'ok' in result && (result.ok ? 'held' : result.reason.code)
    }
    expect(await verdictOn('a.one.example', 'two.example')).toBe('held')
    expect(await verdictOn('a.one.example', 'three.example')).toBe('name-constraint-violated')
    expect(await verdictOn('a.out.two.example')).toBe('name-constraint-violated')
  })
})

describe('accept', () => {
  const two = (): VerifyPathOptions<{ code: string }> => ({
    ...chain(),
    intermediates: [issuing, crossed],
    anchors: [root, crossRoot],
  })

  it('is asked for each path that holds, and refuses that one alone', () => {
    const asked: string[] = []
    const result = verifyPath({
      ...two(),
      accept: ({ certificates }) => {
        asked.push(String(certificates[1]?.issuer))
        return asked.length === 1 ? { code: 'unknown' } : undefined
      },
    })
    expect(asked).toHaveLength(2)
    expect(new Set(asked)).toEqual(new Set(['CN=Root', 'CN=Cross']))
    expect(mustHold(result).certificates).toHaveLength(2)
  })

  it('has the last word', () => {
    let turn = 0
    const result = verifyPath({ ...two(), accept: () => ({ code: turn++ === 0 ? 'unknown' : 'revoked' }) })
    expect(result).toEqual({ ok: false, reason: { code: 'revoked' } })
  })

  it('may answer later', async () => {
    const result = verifyPath({ ...chain(), accept: async () => ({ code: 'revoked' }) })
    expect(result).toBeInstanceOf(Promise)
    expect(await result).toEqual({ ok: false, reason: { code: 'revoked' } })
    expect(await verifyPath({ ...chain(), accept: async () => undefined })).toMatchObject({ ok: true })
  })

  it('is asked for a leaf that is an anchor, too', () => {
    const result = verifyPath({ leaf: lone, anchors: [lone], at: AT, accept: () => ({ code: 'revoked' }) })
    expect(result).toEqual({ ok: false, reason: { code: 'revoked' } })
  })

  it('is not asked about a path that does not hold', () => {
    const never = { ...chain(), anchors: [crossRoot], accept: () => expect.unreachable() }
    expect(verifyPath(never)).toMatchObject({ ok: false, reason: { code: 'issuer-unknown' } })
  })

  it('is a defect where it throws', () => {
    const broken = () => {
      throw new Error('defect')
    }
    expect(() => verifyPath({ ...chain(), accept: broken })).toThrow('defect')
  })
})

describe('verified intermediates', () => {
  it('are remembered: the second partner costs one signature', () => {
    const { primitives, checks } = watched()
    const anchors = [parseCertificate(root.der)]
    mustHold(verifyPath({ ...chain(), anchors, primitives }))
    expect(checks).toHaveLength(2)
    mustHold(verifyPath({ ...chain(), anchors, primitives, leaf: second }))
    expect(checks).toHaveLength(3)
    expect(checks[2]?.data).toBe(second.tbs)
  })

  it('are remembered each for itself, however many stand in a path', async () => {
    const top = await createAuthority({ name: 'Top', clock })
    const upper = await top.issueAuthority({ name: 'Upper' })
    const lower = await upper.issueAuthority({ name: 'Lower' })
    const anchors = [parseCertificate(top.certificate.der)]
    const intermediates = [upper, lower].map(({ certificate }) => parseCertificate(certificate.der))
    const { primitives, checks } = watched()
    for (const name of ['One', 'Two']) {
      const client = parseCertificate((await lower.issueClient({ name })).certificate.der)
      mustHold(verifyPath({ leaf: client, intermediates, anchors, at: AT, primitives }))
    }
    expect(checks).toHaveLength(4)
  })

  it('are remembered by their octets, not by the object', () => {
    const { primitives, checks } = watched()
    const anchors = [parseCertificate(root.der)]
    for (let turn = 0; turn < 3; turn++)
      mustHold(verifyPath({ ...chain(), anchors, primitives, intermediates: [parseCertificate(issuing.der)] }))
    expect(checks).toHaveLength(4)
  })

  it('are remembered for anchors without a certificate, too', () => {
    const { primitives, checks } = watched()
    const anchors = [{ subject: root.subject.der, publicKey: root.publicKey }]
    for (let turn = 0; turn < 3; turn++) mustHold(verifyPath({ ...chain(), anchors, primitives }))
    expect(checks).toHaveLength(4)
  })

  it('are forgotten with the anchors', () => {
    const { primitives, checks } = watched()
    for (let turn = 0; turn < 2; turn++)
      mustHold(verifyPath({ ...chain(), anchors: [parseCertificate(root.der)], primitives }))
    expect(checks).toHaveLength(4)
  })

  it('are not believed by other primitives', () => {
    const anchors = [parseCertificate(root.der)]
    const gullible: Primitives = { ...createNodePrimitives(), verifySignature: () => 'valid' }
    mustHold(verifyPath({ ...chain(), anchors, primitives: gullible }))
    const { primitives, checks } = watched()
    mustHold(verifyPath({ ...chain(), anchors, primitives }))
    expect(checks).toHaveLength(2)
  })

  it('are judged by the policy of the day', () => {
    const anchors = [parseCertificate(root.der)]
    const { primitives } = watched()
    mustHold(verifyPath({ ...chain(), anchors, primitives }))
    const algorithms = { ...DEFAULT_ALGORITHMS, signatures: ['ecdsa-p256-sha384'] as const }
    expect(verifyPath({ ...chain(), anchors, primitives, algorithms })).toMatchObject({
      ok: false,
      reason: { code: 'algorithm-refused', index: 1 },
    })
    const later = new Date(issuing.notAfter.getTime() + 1000)
    expect(verifyPath({ ...chain(), anchors, primitives, at: later })).toMatchObject({
      ok: false,
      reason: { code: 'certificate-expired', index: 1 },
    })
  })

  it('are not remembered from a path that was refused', () => {
    const { primitives, checks } = watched()
    const anchors = [parseCertificate(root.der)]
    verifyPath({ ...chain(), anchors, primitives, accept: () => ({ code: 'revoked' }) })
    mustHold(verifyPath({ ...chain(), anchors, primitives }))
    expect(checks).toHaveLength(4)
  })
})
