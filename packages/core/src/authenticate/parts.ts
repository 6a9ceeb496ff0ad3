/** What the flow is made of: built once from the options, and handed to it. @module */
import type { ExposedEvent } from '../events/events.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { PolicyReason } from '../policy/policy-reason.ts'
import type { Require } from '../policy/requirement.ts'
import type { Flow } from '../primitives/flow.ts'
import type { CertificateNames } from '../registry/certificate-names.ts'
import type { KeyCheck } from '../registry/check-key.ts'
import type { Partner } from '../registry/records.ts'
import type { KeySnapshot } from '../registry/registry.ts'
import type { CertificateSource } from '../source/certificate-source.ts'
import type { CertificateReader } from '../source/read-certificate.ts'
import type { CertificateIdentity } from './certificate-identity.ts'
import type { CertificateVerifier } from './certificate-verifier.ts'
import type { KeyReader } from './presented-key.ts'
import type { Trust } from './trust.ts'

export interface Parts {
  readonly require: Require
  readonly clock: () => Date
  readonly source: CertificateSource
  readonly readCertificate: CertificateReader
  readonly keyReader: KeyReader
  readonly verifier: CertificateVerifier
  readonly trust: () => Trust
  /** Everything that checking a key needs but the key and the time. */
  readonly keyCheck: Omit<KeyCheck, 'at'>
  readonly exposure: { report(keys: readonly string[], by: ExposedEvent['by'], exchange: Exchange): void }
  findKey(id: string): Flow<KeySnapshot | undefined>
  checkDenied(names: CertificateNames, askRegistry: boolean): Flow<PolicyReason | undefined>
  findPartner(identity: CertificateIdentity | undefined): Flow<Partner | PolicyReason>
}
