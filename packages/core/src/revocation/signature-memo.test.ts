import { describe, expect, it, vi } from 'vitest'
import { DEFAULT_ALGORITHMS } from '../x509/algorithm-policy.ts'
import { SignatureMemo } from './signature-memo.ts'

const key = Uint8Array.of(1)

describe('SignatureMemo', () => {
  it('checks once for each key and policy', () => {
    const memo = new SignatureMemo<string>()
    const check = vi.fn(() => 'valid')
    for (let times = 0; times < 3; times++) expect(memo.find(Uint8Array.of(1), DEFAULT_ALGORITHMS, check)).toBe('valid')
    expect(check).toHaveBeenCalledTimes(1)
    memo.find(Uint8Array.of(2), DEFAULT_ALGORITHMS, check)
    expect(check).toHaveBeenCalledTimes(2)
    memo.find(key, { ...DEFAULT_ALGORITHMS }, check)
    expect(check).toHaveBeenCalledTimes(3)
    expect([memo.has('valid'), memo.has('broken')]).toEqual([true, false])
  })

  it('waits for a check that is under way, and repeats one that failed', async () => {
    const memo = new SignatureMemo<string>()
    const check = vi.fn(async () => 'valid')
    const both = [memo.find(key, DEFAULT_ALGORITHMS, check), memo.find(key, DEFAULT_ALGORITHMS, check)]
    expect(await Promise.all(both)).toEqual(['valid', 'valid'])
    expect(check).toHaveBeenCalledTimes(1)
    expect(memo.has('valid')).toBe(true)
    const failing = new SignatureMemo<string>()
    await expect(failing.find(key, DEFAULT_ALGORITHMS, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(failing.find(key, DEFAULT_ALGORITHMS, () => 'valid')).toBe('valid')
  })

  it('forgets the oldest of many', () => {
    const memo = new SignatureMemo<number>()
    for (let index = 0; index < 9; index++) memo.find(Uint8Array.of(index), DEFAULT_ALGORITHMS, () => index)
    expect(memo.find(Uint8Array.of(1), DEFAULT_ALGORITHMS, () => -1)).toBe(1)
    expect(memo.find(Uint8Array.of(0), DEFAULT_ALGORITHMS, () => -1)).toBe(-1)
  })
})
