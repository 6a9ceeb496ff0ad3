/** Several sources side by side, for a service that is reached by several roads. @module */
import { equalBytes } from '../bytes/equal.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { CertificateSource, PresentedCertificate, PresentedVerdict } from './certificate-source.ts'
import type { SourceReason } from './source-reason.ts'

/**
 * Takes the certificate from whichever source has one. Two that say different things are a conflict, which is refused.
 * Behind a trusted hop the connection's own certificate is the hop's, so sources that read the connection stay silent there.
 *
 * @example
 * countersign({ certificate: { source: firstOf(rfc9440({ from: ['10.0.0.0/8'] }), tlsPeer()), … }, … })
 */
export function firstOf(...sources: readonly CertificateSource[]): CertificateSource {
  if (sources.length === 0) throw new TypeError('firstOf: name at least one source')
  const headers = [...new Set(sources.flatMap((source) => source.headers ?? []))]
  return {
    name: sources.map((source) => source.name).join('|'),
    headers,
    trusts: (exchange) => sources.some((source) => source.trusts?.(exchange) === true),
    secure: (exchange) => {
      for (const source of sources) {
        const secure = source.secure?.(exchange)
        if (secure !== undefined) return secure
      }
      return undefined
    },
    read: (exchange) => readFirst(sources, exchange),
  }
}

function readFirst(
  sources: readonly CertificateSource[],
  exchange: Exchange,
): PresentedCertificate | PresentedVerdict | SourceReason | undefined {
  const hop = sources.some((source) => source.trusts?.(exchange) === true)
  let found: PresentedCertificate | PresentedVerdict | undefined
  let finder = ''
  for (const source of sources) {
    const speaks = source.trusts === undefined ? !hop : source.trusts(exchange)
    if (!speaks) {
      // A hop that this source does not believe may not use its fields, even if another source believes it.
      const header = source.headers?.find(
        (name) => exchange.headers.all(name).length > 0 && !claimed(sources, exchange, name),
      )
      if (header !== undefined) return { code: 'source-untrusted', header, peer: exchange.peer.kind }
      continue
    }
    const presented = source.read(exchange)
    if (presented === undefined) continue
    if ('code' in presented) return presented
    if (found !== undefined && !agree(found, presented))
      return { code: 'source-conflict', sources: [finder, source.name] }
    found ??= presented
    finder ||= source.name
  }
  return found
}

function claimed(sources: readonly CertificateSource[], exchange: Exchange, header: string): boolean {
  return sources.some((source) => source.headers?.includes(header) === true && source.trusts?.(exchange) === true)
}

function agree(a: PresentedCertificate | PresentedVerdict, b: PresentedCertificate | PresentedVerdict): boolean {
  if (a.kind !== 'certificate' || b.kind !== 'certificate') return false
  return equalBytes(a.leaf, b.leaf)
}
