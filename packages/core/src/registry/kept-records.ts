/** What stores that keep records as text have in common. @module */
import { deepFreeze } from './partner-data.ts'
import type { PageOf } from './registry.ts'

/** A record from its JSON: nobody can change it, so that it may be remembered. */
export function parseRecord<T>(text: unknown): T {
  return deepFreeze(JSON.parse(text as string) as T)
}

/** A page, of what was found when one record more was asked for than it may hold. */
export function pageFrom<T extends { readonly id: string }>(found: readonly T[], limit: number): PageOf<T> {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return found.length > limit && last !== undefined ? { items, next: last.id } : { items }
}
