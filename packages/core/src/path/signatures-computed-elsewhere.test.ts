import { createAuthority, type KeyAlgorithm } from '@countersign/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { createNodePrimitives } from '../primitives/node.ts'
import type { Primitives, SignatureCheck, SignatureVerdict } from '../primitives/primitives.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { verifyPath } from './verify-path.ts'

const AT = new Date('2030-01-01T00:00:00Z')

interface Chain {
  readonly leaf: Certificate
  readonly intermediates: readonly [Certificate]
  readonly anchors: readonly [Certificate]
}

let usual: Chain
/** Its intermediate has a key that costs thirty times as much. */
let dear: Chain

beforeAll(async () => {
  const root = await createAuthority({ name: 'Root', clock: () => AT })
  const chainUnder = async (algorithm: KeyAlgorithm): Promise<Chain> => {
    const issuing = await root.issueAuthority({ name: 'Issuing', algorithm })
    const client = await issuing.issueClient({ name: 'Client' })
    return {
      leaf: parseCertificate(client.certificate.der),
      intermediates: [parseCertificate(issuing.certificate.der)],
      anchors: [parseCertificate(root.certificate.der)],
    }
  }
  usual = await chainUnder('P-256')
  dear = await chainUnder('P-521')
})

interface Asked {
  readonly check: SignatureCheck
  answer(verdict: SignatureVerdict): void
  fail(error: Error): void
}

/** Primitives that answer when they are told to. */
function elsewhere(): { primitives: Primitives; asked: Asked[] } {
  const asked: Asked[] = []
  const verifySignature = (check: SignatureCheck): Promise<SignatureVerdict> =>
    new Promise((answer, fail) => asked.push({ check, answer, fail }))
  return { primitives: { ...createNodePrimitives(), verifySignature }, asked }
}

const turn = (): Promise<void> => new Promise((done) => setImmediate(done))

describe('signatures that are computed elsewhere', () => {
  it('are on their way together, the anchor’s first', async () => {
    const { primitives, asked } = elsewhere()
    const result = verifyPath({ ...usual, at: AT, primitives })
    expect(asked.map(({ check }) => check.data)).toEqual([usual.intermediates[0].tbs, usual.leaf.tbs])
    for (const { answer } of asked) answer('valid')
    expect(await result).toMatchObject({ ok: true })
    expect(asked).toHaveLength(2)
  })

  it('wait, where a stranger’s key is dear to compute with, until what stands above it holds', async () => {
    const { primitives, asked } = elsewhere()
    const result = verifyPath({ ...dear, at: AT, primitives })
    await turn()
    expect(asked).toHaveLength(1)
    asked[0]?.answer('valid')
    await turn()
    expect(asked).toHaveLength(2)
    asked[1]?.answer('valid')
    expect(await result).toMatchObject({ ok: true })
  })

  it('are paid for when their turn comes', async () => {
    const { primitives, asked } = elsewhere()
    const result = verifyPath({ ...usual, at: AT, primitives, budget: { work: 1 } })
    for (const { answer } of asked) answer('valid')
    expect(await result).toMatchObject({ ok: false, reason: { code: 'budget-exhausted', limit: 'work' } })
  })

  it('are let go when one above them does not hold, however they end', async () => {
    const { primitives, asked } = elsewhere()
    const result = verifyPath({ ...usual, at: AT, primitives })
    asked[0]?.answer('invalid')
    asked[1]?.fail(new Error('the back end is gone'))
    expect(await result).toMatchObject({ ok: false, reason: { code: 'signature-invalid', index: 1 } })
    await turn()
  })

  it('fail the verification when their turn comes and the back end is gone', async () => {
    const { primitives, asked } = elsewhere()
    const result = verifyPath({ ...usual, at: AT, primitives })
    asked[1]?.fail(new Error('the back end is gone'))
    await turn()
    asked[0]?.answer('valid')
    await expect(result).rejects.toThrow('the back end is gone')
  })
})
