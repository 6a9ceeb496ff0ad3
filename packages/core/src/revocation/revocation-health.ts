/** What an operator must know of revocation before it bites: who is covered, until when, and what failed last. @module */

/** In place of an issuer: a source that can be asked about any CA. */
export const ANY_ISSUER = '*'

/** One list for one CA, or one source that can be asked. */
export interface ProviderHealth {
  readonly provider: string
  /** File or URL. */
  readonly source: string
  /** Subject of the CA, as text; `*` for a source that can be asked about any; empty where a source has said nothing yet. */
  readonly issuer: string
  readonly state: 'current' | 'expiring' | 'stale' | 'failed'
  /** CRL number, hex. */
  readonly number?: string
  readonly thisUpdate?: Date
  readonly nextUpdate?: Date
  readonly entries?: number
  /** Since thisUpdate. */
  readonly ageSeconds?: number
  readonly lastError?: string
}

/** Of one configured CA: whether a status can be had for what it issues. */
export interface RevocationCoverage {
  readonly issuer: string
  /** `on-demand`: no list, but a provider that can be asked, so that nothing is known before it is. */
  readonly state: 'covered' | 'expiring' | 'stale' | 'missing' | 'on-demand'
  readonly until?: Date
}

export interface RevocationHealth {
  /** False where the configuration says `unchecked`. */
  readonly checked: boolean
  /**
   * Somebody can be let in: at least one configured CA has a usable source, or the policy allows the unknown. One CA that
   * has none takes its own partners down and nobody else; `coverage` names it.
   */
  readonly ready: boolean
  readonly providers: readonly ProviderHealth[]
  readonly coverage: readonly RevocationCoverage[]
}
