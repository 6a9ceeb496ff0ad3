/** Partners and keys in Workers KV: two kinds of entries, `key:<id>` and `partner:<id>`. @module */
import type { KeyRecord, Partner, Registry } from '@countersign/core/registry'

/** The part of a KV namespace that is used. */
export interface KeyValueStore {
  get(key: string, type: 'json'): Promise<unknown>
}

/** KV answers with what was true up to a minute ago: a revoked key works for that long. */
export function kvRegistry(store: KeyValueStore): Registry {
  const read = async <T>(key: string): Promise<T | undefined> =>
    ((await store.get(key, 'json')) as T | null) ?? undefined
  return {
    async findKey(id) {
      const key = await read<KeyRecord>(`key:${id}`)
      const partner = key && (await read<Partner>(`partner:${key.partnerId}`))
      return key && partner && { key, partner }
    },
    // Only asked where a certificate may stand alone.
    findPartner: () => undefined,
  }
}
