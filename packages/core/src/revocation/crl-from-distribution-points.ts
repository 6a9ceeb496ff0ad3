/** CRLs from where certificates say that they are published, as far as an operator allows. @module */
import type { Certificate } from '../x509/certificate.ts'
import { type FetchedCrlOptions, type FetchedCrlSeams, FetchedCrls } from './fetched-crls.ts'
import { allowsHost, checkHosts } from './host-list.ts'
import { ANY_ISSUER } from './revocation-health.ts'
import type { RevocationProvider } from './revocation-provider.ts'

export interface CrlFromDistributionPointsOptions extends FetchedCrlOptions {
  /**
   * Which hosts may be asked: `crl.example.com` for the usual ports, `crl.example.com:8080` for another. Exact names; an
   * address that is written out may be a private one.
   */
  readonly hosts: readonly string[]
}

const NAME = 'crlFromDistributionPoints'

/** A CA with ten intermediates, partitioned, with deltas. */
const MAX_SOURCES = 256

/** What one certificate can make us fetch. */
const MAX_URLS_A_CERTIFICATE = 8

/** @internal */
export function createCrlFromDistributionPoints(
  options: CrlFromDistributionPointsOptions,
  seams: FetchedCrlSeams,
): RevocationProvider {
  const hosts = checkHosts(options?.hosts, NAME)
  const crls = new FetchedCrls(NAME, options, seams, MAX_SOURCES)
  const urls = new WeakMap<Certificate, readonly string[]>()

  function urlsOf(certificate: Certificate): readonly string[] {
    const known = urls.get(certificate)
    if (known !== undefined) return known
    const found = urlsIn(certificate, hosts)
    urls.set(certificate, found)
    return found
  }

  return {
    name: NAME,
    attach: (host) => crls.attach(host),
    // Asked about verified paths alone: no URL of a certificate is looked at before it is trusted.
    status(subject, query) {
      const sources = urlsOf(subject.certificate).map((url) => crls.source(url))
      return crls.status(subject, query, sources)
    },
    health: () => [
      ...crls.health(),
      { provider: NAME, source: hosts.join(', '), issuer: ANY_ISSUER, state: 'current' },
    ],
    close: () => crls.close(),
  }
}

/** Of each distribution point the first URL that may be fetched: its others are for the same list. Deltas too. */
function urlsIn(
  { crlDistributionPoints = [], freshestCrl = [] }: Certificate,
  hosts: readonly string[],
): readonly string[] {
  const urls = new Set<string>()
  for (const { name } of [...crlDistributionPoints, ...freshestCrl]) {
    for (const each of name?.fullName ?? []) {
      if (each.kind !== 'uri' || !allowsHost(each.value, hosts)) continue
      urls.add(new URL(each.value).href)
      break
    }
  }
  return [...urls].slice(0, MAX_URLS_A_CERTIFICATE)
}
