import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { portableSha256, sha256 } from './sha256.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('portableSha256', () => {
  it('agrees with the examples of FIPS 180-4', () => {
    expect(hex(portableSha256(new TextEncoder().encode('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
    expect(hex(portableSha256(new Uint8Array()))).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    )
  })

  it('agrees with OpenSSL at every length around the block boundaries', () => {
    for (let length = 0; length < 300; length++) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 31 + length) & 0xff)
      const expected = createHash('sha256').update(bytes).digest('hex')
      expect(hex(portableSha256(bytes))).toBe(expected)
      expect(hex(sha256(bytes))).toBe(expected)
    }
  })
})
