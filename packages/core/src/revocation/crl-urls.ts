/** CRLs from URLs that an operator lists in full. @module */
import { type FetchedCrlOptions, type FetchedCrlSeams, FetchedCrls } from './fetched-crls.ts'
import { parseFetchUrl } from './fetcher.ts'
import { later } from './later.ts'
import type { RevocationProvider } from './revocation-provider.ts'
import { webFetcher } from './web-fetcher.ts'

export interface CrlUrlsOptions extends FetchedCrlOptions {}

const NAME = 'crlUrls'

/** More lists than that come from files that something else fetches. */
const MAX_URLS = 1_000

/**
 * Fetches each list once an authenticator uses it, again before it ends, and never while a request waits for an answer that
 * is at hand. Until its first list has come, or failed, requests about its CA wait for it.
 * @throws TypeError for no URL, or one that is not http or https
 */
export function crlUrls(urls: readonly string[], options: CrlUrlsOptions = {}): RevocationProvider {
  return createCrlUrls(urls, options, { fetcher: webFetcher, random: Math.random, later })
}

/** @internal */
export function createCrlUrls(urls: unknown, options: FetchedCrlOptions, seams: FetchedCrlSeams): RevocationProvider {
  if (!Array.isArray(urls) || urls.length === 0 || urls.length > MAX_URLS) {
    throw new TypeError(`${NAME}: a list of 1 to ${MAX_URLS} URLs`)
  }
  const crls = new FetchedCrls(NAME, options, seams, MAX_URLS)
  for (const url of urls) {
    try {
      crls.source(parseFetchUrl(url).href)
    } catch (error) {
      throw new TypeError(`${NAME}: ${String(url)}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      })
    }
  }
  return {
    name: NAME,
    attach: (host) => crls.attach(host),
    status: (subject, query) => crls.status(subject, query),
    health: () => crls.health(),
    close: () => crls.close(),
  }
}
