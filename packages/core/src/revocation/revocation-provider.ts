/** The seam to sources of revocation: CRL files, CRL and OCSP over the network, or anything else that can tell. @module */
import type { VerifiedPath } from '../path/verified-path.ts'
import type { MaybePromise } from '../primitives/flow.ts'
import type { Primitives } from '../primitives/primitives.ts'
import type { AlgorithmPolicy } from '../x509/algorithm-policy.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { ProviderHealth } from './revocation-health.ts'
import type { RevocationStatus } from './revocation-status.ts'

/** One certificate of a verified path, and who issued it. */
export interface RevocationSubject {
  readonly certificate: Certificate
  readonly issuer: RevocationIssuer
  readonly path: VerifiedPath
  /** 0 is the leaf. */
  readonly index: number
}

export interface RevocationIssuer {
  /** Name, DER. */
  readonly subject: Uint8Array
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array
  /** Absent where the issuer is a trust anchor given by name and key. */
  readonly certificate?: Certificate
}

export interface RevocationQuery {
  readonly at: Date
  /** For how long past nextUpdate an answer still counts. */
  readonly graceSeconds: number
  /** Default `chain`. `leaf`: of CAs nothing need be known. */
  readonly depth?: 'chain' | 'leaf'
  readonly algorithms: AlgorithmPolicy
  readonly primitives: Primitives
  readonly signal?: AbortSignal
}

/** May be implemented by anybody. Asked on every request: an answer at hand is returned without a promise. */
export interface RevocationProvider {
  readonly name: string
  /** Once, by the authenticator, at its construction. */
  attach?(host: RevocationHost): void
  status(subject: RevocationSubject, query: RevocationQuery): MaybePromise<RevocationStatus>
  health?(): readonly ProviderHealth[]
  close?(): void
}

/** What a provider gets from the authenticator that it serves. */
export interface RevocationHost {
  notify(notice: RevocationNotice): void
  /** Statuses may differ from now on: live streams are judged again. */
  changed(): void
  /** Anchors and intermediates as configured at this moment. */
  issuers(): readonly Certificate[]
  /** Labels of the configured anchors, for rules that name them. */
  anchorLabels?(): readonly string[]
  readonly algorithms: AlgorithmPolicy
  readonly primitives: Primitives
  clock(): Date
}

export type RevocationNotice =
  /** A source was read again and is in force. */
  | {
      readonly type: 'reloaded'
      readonly source: string
      readonly issuer?: string
      readonly number?: string
      readonly entries?: number
      readonly nextUpdate?: Date
    }
  /** A source could not be read, or not used; what was in force before stays so for as long as it may. */
  | { readonly type: 'degraded'; readonly source: string; readonly cause: string; readonly issuer?: string }
  /** An answer ends soon, and nothing newer is known. */
  | { readonly type: 'expiring'; readonly source: string; readonly issuer: string; readonly nextUpdate: Date }
