/** What an operator must know of revocation before it bites: who is covered, until when, and what failed last. @module */

/** One list, or one responder, for one CA. */
export interface ProviderHealth {
  readonly provider: string
  /** File or URL. */
  readonly source: string
  /** Subject of the CA, as text. */
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
  readonly state: 'covered' | 'expiring' | 'stale' | 'missing'
  readonly until?: Date
}

export interface RevocationHealth {
  readonly checked: boolean
  /** False if a configured CA has no usable source now: its certificates are being refused, unless the policy allows the unknown. */
  readonly ready: boolean
  readonly providers: readonly ProviderHealth[]
  readonly coverage: readonly RevocationCoverage[]
}
