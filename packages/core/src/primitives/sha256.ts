/**
 * SHA-256 (FIPS 180-4 §6.2) without waiting: WebCrypto's digest is a promise, and who reads a header must answer at once.
 * Where the runtime has a synchronous one it is used, and this is not.
 * @module
 */
import { primitives } from '#primitives'

/** Octets of one block, and of the message length at the end of the last one (§5.1.1). */
const BLOCK = 64
const LENGTH = 8

/** At once, on every runtime. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const native = primitives.digest('SHA-256', bytes)
  return native instanceof Uint8Array ? native : portableSha256(bytes)
}

export function portableSha256(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((bytes.length + 1 + LENGTH) / BLOCK) * BLOCK)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - LENGTH, BigInt(bytes.length) * 8n)

  const state = Int32Array.from(INITIAL)
  const schedule = new Int32Array(BLOCK)
  for (let start = 0; start < padded.length; start += BLOCK) {
    for (let t = 0; t < 16; t++) schedule[t] = view.getInt32(start + t * 4)
    for (let t = 16; t < BLOCK; t++) {
      const w2 = schedule[t - 2] as number
      const w15 = schedule[t - 15] as number
      const sigma1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10)
      const sigma0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3)
      schedule[t] = sigma1 + (schedule[t - 7] as number) + sigma0 + (schedule[t - 16] as number)
    }
    compress(state, schedule)
  }

  const digest = new Uint8Array(32)
  const out = new DataView(digest.buffer)
  for (const [at, word] of state.entries()) out.setInt32(at * 4, word)
  return digest
}

/** §6.2.2, steps 2 to 4. */
function compress(state: Int32Array, schedule: Int32Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let t = 0; t < BLOCK; t++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const t1 = (h + sum1 + ((e & f) ^ (~e & g)) + (ROUND[t] as number) + (schedule[t] as number)) | 0
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const t2 = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  for (const [at, word] of [a, b, c, d, e, f, g, h].entries()) state[at] = (state[at] as number) + word
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}

/** §5.3.3 and §4.2.2: the first 32 bits of the fractional parts of the square and cube roots of the first primes. */
const INITIAL: Int32Array = fractions(8, (prime) => Math.sqrt(prime))
const ROUND: Int32Array = fractions(BLOCK, (prime) => Math.cbrt(prime))

function fractions(count: number, root: (prime: number) => number): Int32Array {
  const words = new Int32Array(count)
  let found = 0
  for (let candidate = 2; found < count; candidate++) {
    let divisor = 2
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor++
    if (divisor * divisor <= candidate) continue
    const value = root(candidate)
    words[found++] = Math.floor((value - Math.floor(value)) * 2 ** 32)
  }
  return words
}
