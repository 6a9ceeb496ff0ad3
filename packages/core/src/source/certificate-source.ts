/** Where a certificate is presented: the seam for proxies, clouds and runtimes. @module */
import type { Exchange } from '../exchange/exchange.ts'
import type { SanName } from '../x509/general-name.ts'
import type { SourceReason } from './source-reason.ts'

/** Certificates as presented: claims until a path was verified. */
export interface PresentedCertificate {
  readonly kind: 'certificate'
  /** DER. The same object for the same connection or header value, where a source can manage that: its digest is kept by it. */
  readonly leaf: Uint8Array
  /** DER, in the order sent, leaf excluded. Candidates for intermediates, never trusted. */
  readonly chain: readonly Uint8Array[]
}

/** A platform's word for a certificate that it does not hand over. Accepted only from a source that was chosen by that name. */
export interface PresentedVerdict {
  readonly kind: 'verdict'
  readonly names: readonly SanName[]
  /** SHA-256 of the certificate by the platform's word, lower-case hex, for platforms that tell no names. */
  readonly fingerprint?: string
}

export interface CertificateSource {
  readonly name: string
  /** The header fields that it reads, lower case: from a peer that may not send them they are refused, never ignored. */
  readonly headers?: readonly string[]
  /** Whether this request's peer is a hop that the source believes. Left out: the source reads the connection itself. */
  trusts?(exchange: Exchange): boolean
  /** A platform's own word on whether the client's connection was encrypted. Left out: the general rule decides. */
  secure?(exchange: Exchange): boolean | undefined
  /** `undefined`: nothing was presented. Never throws on client input. */
  read(exchange: Exchange): PresentedCertificate | PresentedVerdict | SourceReason | undefined
}
