/** Why what a request presented cannot even be read. Framing only: nothing here says whether a credential is good. @module */

export type SourceReason =
  /** A field that may occur once occurs several times, or holds a list. */
  | { readonly code: 'header-duplicated'; readonly header: string; readonly count: number }
  /** `Connection` names the field as hop-by-hop (RFC 9110 §7.6.1): some proxy would have removed it. */
  | { readonly code: 'header-nominated'; readonly header: string }
  /** A spelling with underscores stands beside or instead of the field; some hop would take one for the other. */
  | { readonly code: 'header-alias'; readonly header: string; readonly alias: string }
  /** The value is not in the form that its source defines. `cause` names the rule, never the value. */
  | { readonly code: 'header-undecodable'; readonly header: string; readonly cause: string }
  /** A peer that may not say so forwarded a certificate: a spoof or a wrong topology. */
  | { readonly code: 'source-untrusted'; readonly header: string; readonly peer: string }
  /** A certificate was presented to the proxy or platform, which did not hand it on: never the same as none. */
  | { readonly code: 'certificate-withheld'; readonly header: string; readonly cause: string }
  /** The proxy or platform says itself that the certificate does not hold, and was asked. */
  | { readonly code: 'certificate-refused-upstream'; readonly header: string }
  /** Two sources, or two statements of one, contradict each other. */
  | { readonly code: 'source-conflict'; readonly sources: readonly string[] }
  /** More certificates, or larger ones, than may be presented. */
  | { readonly code: 'certificates-oversized'; readonly limit: string; readonly found: number }
  /** The source itself answered with something that is not of its contract. */
  | { readonly code: 'source-failed'; readonly source: string; readonly cause: string }

/** Where the request came over plaintext, or where nobody who may say so vouched for the opposite. */
export interface TransportReason {
  readonly code: 'transport-insecure'
  /** Whose word decided. */
  readonly by: 'peer' | 'hop' | 'platform'
  readonly detail: string
}
