/** What the watchers are told of a commit. @module */
import type { RegistryChange } from './registry.ts'
import type { Commit } from './storage.ts'

export function changesOf({ partners, keys, deny, allow }: Commit): readonly RegistryChange[] {
  return [
    ...(deny.length > 0 || allow.length > 0 ? (['everything'] as const) : []),
    ...partners.map(({ id }) => ({ partnerId: id })),
    ...keys.map(({ id }) => ({ keyId: id })),
  ]
}
