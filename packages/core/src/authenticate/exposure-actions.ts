/** How an exposed key is confirmed, and what is done about it, by means of a registry. @module */
import { checkKey, type KeyCheck } from '../registry/check-key.ts'
import type { Registry, RegistryAdmin } from '../registry/registry.ts'
import type { ExposureAction, ExposureWatchOptions } from './exposure-watch.ts'

/** @throws TypeError for an action that the registry cannot take */
export function createExposureActions(
  registry: Registry | undefined,
  action: ExposureAction,
  keyCheck: KeyCheck,
  clock: () => Date,
): Pick<ExposureWatchOptions, 'confirm' | 'act'> {
  const admin = registry as Partial<RegistryAdmin> | undefined
  if (action !== 'report' && (typeof admin?.suspendKey !== 'function' || typeof admin.revokeKey !== 'function')) {
    throw new TypeError(`key.onExposed: '${action}' needs a registry that can suspend and revoke keys`)
  }
  return {
    confirm: async (key) => {
      // Dates and status aside: a snapshot comes with every key whose digest matched.
      const { snapshot } = await checkKey(key, { ...keyCheck, prefixes: undefined }, clock())
      return snapshot === undefined ? undefined : { keyId: snapshot.key.id }
    },
    act: async (keyId, wanted) => {
      const actor = { by: 'countersign', why: 'seen in a URL or over plaintext', cause: 'exposed' as const }
      await (wanted === 'suspend' ? admin?.suspendKey?.(keyId, actor) : admin?.revokeKey?.(keyId, actor))
    },
  }
}
