/** What is asked of revocation: by whom, how deep, and what becomes of the unknown. @module */
import type { RevocationProvider } from './revocation-provider.ts'

/** There is no default: a provider, a list of them, a policy, or the word that says that nothing is checked. */
export type RevocationOption = 'unchecked' | RevocationProvider | readonly RevocationProvider[] | RevocationPolicy

export interface RevocationPolicy extends RevocationRules {
  /** Asked in this order. `revoked` by any of them is final; `good` by one suffices; else the first cause counts. */
  readonly providers: readonly RevocationProvider[]
  /** By label of the anchor that a path ends at. What is left out is as above. */
  readonly anchors?: Readonly<Record<string, RevocationRules>>
}

export interface RevocationRules {
  /** Default `deny`. `allow` lets pass what no provider knows, and never what is revoked. */
  readonly unknown?: 'deny' | 'allow'
  /** Default `chain`: every certificate below the anchor. `leaf`: the client's certificate alone. */
  readonly depth?: 'chain' | 'leaf'
  /** Default 0. */
  readonly graceSeconds?: number
  /** The extension noRevAvail (RFC 9608): default `ignore`, the status is asked for all the same. */
  readonly noRevAvail?: 'ignore' | 'honour'
}
