/** When a key was last used, and how often: written in batches, never while a request waits. @module */

/** What was used since the last batch, or, as it is kept, altogether. */
export interface KeyUse {
  readonly keyId: string
  readonly uses: number
  /** ISO 8601. */
  readonly lastUsedAt: string
  /** SHA-256 of the certificate that came with it last, hex: during a rotation it says who still uses the old one. */
  readonly lastCertificate?: string
}

/** What is kept after a batch came in. Batches may arrive out of order. */
export function addUse(known: KeyUse | undefined, use: KeyUse): KeyUse {
  if (known === undefined) return use
  const latest = use.lastUsedAt >= known.lastUsedAt ? use : known
  return { ...latest, uses: known.uses + use.uses }
}
