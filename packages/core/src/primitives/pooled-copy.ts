/**
 * Copies of small octet strings that share their memory: a typed array with memory of its own costs ten times as much to
 * make, and its memory is outside the heap, where collecting it disturbs whatever runs beside.
 *
 * Only public octets go in here, for whoever holds one copy can see its neighbours through `buffer`.
 * @module
 */
import type { CopyOctets } from './primitives.ts'

/** As in Node's own pool: what keeps one copy keeps a whole slab. */
const SLAB_OCTETS = 8192
const LARGEST_POOLED = SLAB_OCTETS >> 2

/** @param pin makes a slab one that cannot be handed to another thread, which would take it from under the other copies */
export function createPooledCopy(pin: (slab: ArrayBuffer) => void): CopyOctets {
  let slab = new ArrayBuffer(0)
  let used = 0
  return (octets) => {
    const { length } = octets
    if (length > LARGEST_POOLED) return new Uint8Array(octets)
    if (length > slab.byteLength - used) {
      slab = new ArrayBuffer(SLAB_OCTETS)
      used = 0
      pin(slab)
    }
    const copy = new Uint8Array(slab, used, length)
    copy.set(octets)
    used += length
    return copy
  }
}
