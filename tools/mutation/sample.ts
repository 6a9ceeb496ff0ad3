/** A sample that is the same for the same seed. @module */
import { createHash } from 'node:crypto'

/**
 * Without replacement, and in no order of the list. Each item has its own luck, so that one that comes or goes elsewhere
 * moves no other by more than a place.
 */
export function sample<Item extends { readonly id: string }>(
  items: readonly Item[],
  count: number,
  seed: number,
): readonly Item[] {
  return items
    .map((item) => ({ item, luck: createHash('sha256').update(`${seed} ${item.id}`).digest('hex') }))
    .sort((a, b) => (a.luck < b.luck ? -1 : 1))
    .slice(0, count)
    .map(({ item }) => item)
}
