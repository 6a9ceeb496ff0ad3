import { describe, expect, it } from 'vitest'
import type { PathReason } from '../path/path-reason.ts'
import type { VerifiedPath } from '../path/verified-path.ts'
import { PathMemory, type Proof } from './path-memory.ts'

const proof = { notBefore: 0, notAfter: 1_000_000_000 } as Proof
/** Valid between two instants, in milliseconds since 1970. */
const pathOf = (notBefore: number, notAfter: number) =>
  ({ certificates: [{ notBefore: new Date(notBefore) }], notAfter: new Date(notAfter) }) as unknown as VerifiedPath
const reason = { code: 'signature-invalid' } as PathReason

describe('PathMemory', () => {
  it('remembers a proof for its age, its dates and its epoch', () => {
    const memory = new PathMemory(60)
    memory.remember('leaf', 1, 1_000, proof)
    expect(memory.proof('leaf', 1, 2_000)).toBe(proof)
    expect(memory.proof('other', 1, 2_000)).toBeUndefined()
    expect(memory.proof('leaf', 1, 61_000)).toBeUndefined()
  })

  it('ends with the certificates, to the millisecond', () => {
    const memory = new PathMemory(3600)
    const short = { notBefore: 1_000, notAfter: 2_000 } as Proof
    memory.remember('leaf', 1, 1_500, short)
    expect(memory.proof('leaf', 1, 2_000)).toBe(short)
    expect(memory.proof('leaf', 1, 2_001)).toBeUndefined()
  })

  it('does not believe a clock that was set back', () => {
    const memory = new PathMemory(60)
    memory.remember('leaf', 1, 100_000, proof)
    expect(memory.proof('leaf', 1, 99_999)).toBeUndefined()
  })

  it('forgets everything with a change of trust, and takes nothing from before it', () => {
    const memory = new PathMemory(60)
    memory.remember('leaf', 1, 0, proof)
    memory.rememberRefusal('chain', 1, 0, reason)
    expect(memory.proof('leaf', 2, 1)).toBeUndefined()
    expect(memory.refusal('chain', 2, 1)).toBeUndefined()
    memory.remember('leaf', 1, 1, proof)
    expect(memory.proof('leaf', 2, 1)).toBeUndefined()
    expect(memory.proof('leaf', 1, 1)).toBeUndefined()
  })

  it('remembers a refusal for ten seconds', () => {
    const memory = new PathMemory(60)
    memory.rememberRefusal('chain', 1, 0, reason)
    expect(memory.refusal('chain', 1, 9_999)).toBe(reason)
    expect(memory.refusal('chain', 1, 10_000)).toBeUndefined()
  })

  it('loses no proof to refusals made up by the thousand', () => {
    const memory = new PathMemory(60)
    memory.remember('leaf', 1, 0, proof)
    for (let chain = 0; chain < 50_000; chain++) memory.rememberRefusal(`chain${chain}`, 1, 0, reason)
    expect(memory.proof('leaf', 1, 1)).toBe(proof)
  })

  it('remembers for ten seconds which paths revocation is in doubt about, with the chain that they were found with', () => {
    const memory = new PathMemory(60)
    const paths = [pathOf(0, 1_000_000), pathOf(0, 1_000_000)]
    memory.rememberDoubt('leaf', 'chain', 1, 0, paths)
    expect(memory.doubted('leaf', 'chain', 1, 9_999)).toBe(paths)
    expect(memory.doubted('leaf', 'chain', 1, 10_000)).toBeUndefined()
    memory.rememberDoubt('leaf', 'chain', 1, 0, paths)
    expect(memory.doubted('leaf', 'another chain', 1, 1)).toBeUndefined()
    memory.rememberDoubt('leaf', 'chain', 1, 0, paths)
    expect(memory.doubted('leaf', 'chain', 2, 1)).toBeUndefined()
    memory.rememberDoubt('leaf', 'chain', 1, 2, paths)
    expect(memory.doubted('leaf', 'chain', 2, 3)).toBeUndefined()
  })

  it('forgets paths in doubt as soon as one of them has ended, or has not begun', () => {
    const memory = new PathMemory(60)
    for (const ended of [pathOf(0, 2_000), pathOf(2_002, 9_000)]) {
      memory.rememberDoubt('leaf', 'chain', 1, 1_500, [pathOf(0, 9_000), ended])
      expect(memory.doubted('leaf', 'chain', 1, 2_001)).toBeUndefined()
    }
    memory.rememberDoubt('leaf', 'chain', 1, 1_500, [pathOf(2_000, 2_000)])
    expect(memory.doubted('leaf', 'chain', 1, 2_000)).toHaveLength(1)
  })
})
