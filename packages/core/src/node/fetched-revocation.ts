/**
 * CRLs and OCSP over the network on Node: the providers of the door `revocation`, on a fetcher that looks at addresses.
 * Only here may certificates say where their status is published.
 * @module
 */
import { isIP } from 'node:net'
import {
  type CrlFromDistributionPointsOptions,
  createCrlFromDistributionPoints,
} from '../revocation/crl-from-distribution-points.ts'
import { type CrlUrlsOptions, createCrlUrls } from '../revocation/crl-urls.ts'
import type { FetchedCrlSeams } from '../revocation/fetched-crls.ts'
import { later } from '../revocation/later.ts'
import { createOcsp, type OcspHostOptions } from '../revocation/ocsp.ts'
import type { RevocationProvider } from '../revocation/revocation-provider.ts'
import { createHttpFetcher } from './http-fetcher.ts'

export interface NetworkOptions {
  /**
   * Names that may lead to private, loopback and link-local addresses: `['crl.corp.example']`. Without it none may. An
   * address that is itself written out in a listed URL, or in `hosts`, needs no further word.
   */
  readonly privateHosts?: readonly string[]
}

/** CRLs from URLs that are listed in full. @throws TypeError naming what is wrong */
export function crlUrls(urls: readonly string[], options: CrlUrlsOptions & NetworkOptions = {}): RevocationProvider {
  return createCrlUrls(urls, options, seams('crlUrls', options, hostsOf(urls)))
}

/**
 * CRLs from where verified certificates say that they are published, on the hosts that are listed.
 * @throws TypeError naming what is wrong
 */
export function crlFromDistributionPoints(
  options: CrlFromDistributionPointsOptions & NetworkOptions,
): RevocationProvider {
  return createCrlFromDistributionPoints(options, seams('crlFromDistributionPoints', options, hostsOf(options?.hosts)))
}

/**
 * OCSP, from responders that are listed in full, or from those that verified certificates name on the hosts that are listed.
 * @throws TypeError naming what is wrong
 */
export function ocsp(options: OcspHostOptions & NetworkOptions): RevocationProvider {
  return createOcsp(options, seams('ocsp', options, [...hostsOf(options?.responders), ...hostsOf(options?.hosts)]))
}

function seams(name: string, options: NetworkOptions | undefined, listed: readonly string[]): FetchedCrlSeams {
  const { privateHosts = [] } = options ?? {}
  if (!Array.isArray(privateHosts) || privateHosts.some((host) => typeof host !== 'string' || host === '')) {
    throw new TypeError(`${name}: privateHosts: a list of names`)
  }
  const literals = listed.filter((host) => isIP(host.startsWith('[') ? host.slice(1, -1) : host) !== 0)
  const named = privateHosts.map((host) => (isIP(host) === 6 ? `[${host}]` : host))
  return { fetcher: createHttpFetcher({ privateHosts: [...named, ...literals] }), random: Math.random, later }
}

/** Host parts of URLs, or of entries of a list of hosts. What is neither is refused by whoever reads the list. */
function hostsOf(entries: unknown): readonly string[] {
  if (!Array.isArray(entries)) return []
  return entries.flatMap((entry) => {
    const text = String(entry)
    const url = text.includes('://') ? text : `http://${text}/`
    return URL.canParse(url) ? new URL(url).hostname : []
  })
}
