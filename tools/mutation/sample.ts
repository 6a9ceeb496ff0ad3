/** A sample that is the same for the same seed. @module */

/** Without replacement; in the order of the list. */
export function sample<Item>(items: readonly Item[], count: number, seed: number): readonly Item[] {
  const random = mulberry32(seed)
  const places = items.map((_, place) => ({ place, weight: random() }))
  const chosen = places.sort((a, b) => a.weight - b.weight).slice(0, count)
  return chosen.sort((a, b) => a.place - b.place).flatMap(({ place }) => items.slice(place, place + 1))
}

/** Tommy Ettinger's mulberry32: 32 bits of state are plenty for a choice that nobody attacks. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
