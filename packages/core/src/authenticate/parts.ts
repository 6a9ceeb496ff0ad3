/** What the flow is made of: built once from the options, and handed to it. @module */
import type { ExposedEvent } from '../events/events.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Require } from '../policy/requirement.ts'
import type { KeyCheck } from '../registry/check-key.ts'
import type { CertificateSource } from '../source/certificate-source.ts'
import type { CertificateReader } from '../source/read-certificate.ts'
import type { TokenVerifier } from '../token/token-verifier.ts'
import type { CertificateVerifier } from './certificate-verifier.ts'
import type { LocalDenials } from './local-denials.ts'
import type { CredentialReader } from './presented-credential.ts'
import type { RegistryPort } from './registry-port.ts'
import type { Trust } from './trust.ts'

export interface Parts {
  readonly require: Require
  readonly clock: () => Date
  readonly source: CertificateSource
  readonly readCertificate: CertificateReader
  readonly credentials: CredentialReader
  readonly verifier: CertificateVerifier
  readonly trust: () => Trust
  readonly registry: RegistryPort
  readonly hasRegistry: boolean
  readonly denials: LocalDenials
  readonly tokens: TokenVerifier | undefined
  /** Everything that checking a key needs but the key and the time. */
  readonly keyCheck: KeyCheck
  readonly exposure: { report(keys: readonly string[], by: ExposedEvent['by'], exchange: Exchange): void }
}
