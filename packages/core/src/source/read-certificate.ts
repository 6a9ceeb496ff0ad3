/** Asks the configured source, behind the checks that hold for every source. @module */
import type { Exchange } from '../exchange/exchange.ts'
import type { CertificateSource, PresentedCertificate, PresentedVerdict } from './certificate-source.ts'
import { type CredentialHeader, credentialHeader, headerOccurs } from './credential-header.ts'
import { MAX_CERTIFICATE_BYTES, MAX_PRESENTED_CERTIFICATES } from './presented-limits.ts'
import type { SourceReason } from './source-reason.ts'
import { describePeer } from './trusted-hop.ts'

/** The standard fields for a forwarded certificate: refused from a peer that may not send them, whatever is configured. */
const STANDARD_HEADERS = ['client-cert', 'client-cert-chain', 'x-forwarded-client-cert']

export type CertificateReader = (
  exchange: Exchange,
) => PresentedCertificate | PresentedVerdict | SourceReason | undefined

/** @throws TypeError naming the option for what is no source */
export function createCertificateReader(source: CertificateSource): CertificateReader {
  if (typeof source?.read !== 'function' || typeof source.name !== 'string') {
    throw new TypeError('certificate.source: a source has a name and a function read')
  }
  const own = new Set(source.headers ?? [])
  const watched: readonly CredentialHeader[] = certificateHeaders(source).map((name) =>
    credentialHeader(name, `certificate.source "${source.name}"`),
  )
  const foreign = watched.filter(({ name }) => !own.has(name))
  return (exchange) => {
    // A trusted hop may send the fields of its source, and no other.
    for (const header of source.trusts?.(exchange) === true ? foreign : watched) {
      if (!headerOccurs(exchange, header)) continue
      return { code: 'source-untrusted', header: header.name, peer: describePeer(exchange) }
    }
    const presented = readContained(source, exchange)
    return presented !== undefined && 'kind' in presented && presented.kind === 'certificate'
      ? checkSize(presented)
      : presented
  }
}

/** Every field that is taken for a forwarded certificate, whoever sends it. */
export function certificateHeaders(source: CertificateSource): readonly string[] {
  return [...new Set([...STANDARD_HEADERS, ...(source.headers ?? [])])]
}

/** A source is somebody else's code too: what it throws is a refusal, not a crash. */
function readContained(source: CertificateSource, exchange: Exchange): ReturnType<CertificateSource['read']> {
  try {
    return source.read(exchange)
  } catch (error) {
    return { code: 'source-failed', source: source.name, cause: error instanceof Error ? error.name : 'not an Error' }
  }
}

function checkSize(presented: PresentedCertificate): PresentedCertificate | SourceReason {
  const count = presented.chain.length + 1
  if (count > MAX_PRESENTED_CERTIFICATES) {
    return { code: 'certificates-oversized', limit: `${MAX_PRESENTED_CERTIFICATES} certificates`, found: count }
  }
  for (const certificate of [presented.leaf, ...presented.chain]) {
    if (certificate.length > MAX_CERTIFICATE_BYTES) {
      return { code: 'certificates-oversized', limit: `${MAX_CERTIFICATE_BYTES} bytes`, found: certificate.length }
    }
  }
  return presented
}
