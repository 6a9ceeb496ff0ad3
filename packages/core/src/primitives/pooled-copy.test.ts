import { markAsUntransferable } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { createPooledCopy } from './pooled-copy.ts'

const pooledCopy = createPooledCopy(markAsUntransferable)

describe('createPooledCopy', () => {
  it('copies: neither the original nor a neighbour changes it', () => {
    const originals = Array.from({ length: 100 }, (_, index) => new Uint8Array(200 + index).fill(index))
    const copies = originals.map(pooledCopy)
    for (const original of originals) original.fill(0xff)
    for (const [index, copy] of copies.entries()) {
      expect(copy.length).toBe(200 + index)
      expect(copy.every((octet) => octet === index)).toBe(true)
      copy.fill(0xee)
    }
  })

  it('gives what is large memory of its own', () => {
    expect(pooledCopy(new Uint8Array(5000)).buffer.byteLength).toBe(5000)
    expect(pooledCopy(new Uint8Array(500)).buffer.byteLength).toBe(8192)
  })

  it('cannot be taken to another thread from under its neighbours', () => {
    const [one, other] = [pooledCopy(Uint8Array.of(1, 2, 3)), pooledCopy(Uint8Array.of(4, 5, 6))]
    try {
      structuredClone(one, { transfer: [one.buffer as ArrayBuffer] })
    } catch {
      // Node 21 and later say so; before, the transfer is passed over.
    }
    expect(one).toEqual(Uint8Array.of(1, 2, 3))
    expect(other).toEqual(Uint8Array.of(4, 5, 6))
  })
})
