/** Imported keys by the octets of their SubjectPublicKeyInfo: a certificate that is parsed anew for each request has its issuer's key imported once. @module */
import { BoundedMap } from './bounded-map.ts'

interface KeptKey<K> {
  readonly octets: Uint8Array
  /** For runtimes that bind a key to an algorithm. */
  readonly use: string
  readonly key: K
}

/** More issuers than one deployment has, few enough to be cheap: each key is some 2 KB of native memory. */
const KEPT_KEYS = 256

export class KeyCache<K> {
  readonly #keys = new BoundedMap<number, KeptKey<K>>(KEPT_KEYS)

  get(octets: Uint8Array, use: string): K | undefined {
    const kept = this.#keys.get(idOf(octets))
    return kept !== undefined && kept.use === use && isSame(kept.octets, octets) ? kept.key : undefined
  }

  set(octets: Uint8Array, use: string, key: K): void {
    // A copy: a view would keep the whole certificate, and whatever it is a view of.
    this.#keys.set(idOf(octets), { octets: octets.slice(), use, key })
  }
}

/** Forty-eight bits from the middle, which in a curve's point, a modulus and a lattice key alike are as good as random. */
function idOf(octets: Uint8Array): number {
  const middle = octets.length >> 1
  let id = 0
  for (let index = Math.max(0, middle - 3); index < Math.min(octets.length, middle + 3); index++)
    id = id * 256 + (octets[index] as number)
  return id
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}
