/** What the author of a certificate source writes so that the suite can judge it. @module */
import type { CertificateSource, TrustedHop } from '@countersign/core/sources'
import type { IssuedCertificate } from '@countersign/testing'
import type { HeaderList } from '../world/answer.ts'

export type SourceFeature =
  /** What the client sent behind its leaf is handed over too. */
  | 'chain'
  /** A value that was read before is known again, and its certificate is the same object. */
  | 'memory'

export interface SourceSubject {
  readonly name: string
  readonly features: readonly SourceFeature[]
  /** The source, believing these hops. */
  source(from: readonly TrustedHop[]): CertificateSource
  /** The fields that the proxy sends for a client, the one that carries the leaf first. */
  present(client: IssuedCertificate): HeaderList
  /** The fields that it sends for a client without a certificate; empty if it sends none. */
  absent(): HeaderList
}
