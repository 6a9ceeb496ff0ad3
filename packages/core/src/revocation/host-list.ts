/** Which hosts a URL from a certificate may name. @module */
import { parseFetchUrl } from './fetcher.ts'

/**
 * Checked entries: lower case, with a port only where one was written.
 * @throws TypeError naming the option
 */
export function checkHosts(hosts: unknown, name: string): readonly string[] {
  if (!Array.isArray(hosts) || hosts.length === 0)
    throw new TypeError(`${name}: hosts: at least one; no certificate chooses them`)
  return hosts.map((host) => {
    if (typeof host !== 'string' || !isHost(host)) {
      throw new TypeError(`${name}: hosts: ${String(host)} is not a host, in lower case, with or without a port`)
    }
    return host
  })
}

/** What a URL would make of it is what it says; no pattern is one. */
function isHost(host: string): boolean {
  if (!/^[a-z0-9.:[\]_-]+$/.test(host) || !URL.canParse(`http://${host}/`)) return false
  const { hostname, port } = new URL(`http://${host}/`)
  return host === hostname || host === `${hostname}:${port}` || host === `${hostname}:80`
}

/** Exactly one of the hosts, on its port; without one, on the usual port of the scheme. */
export function allowsHost(text: string, hosts: readonly string[]): boolean {
  let url: URL
  try {
    url = parseFetchUrl(text)
  } catch {
    return false
  }
  // The port of a URL is empty where it is the usual one.
  const usual = url.port === '' ? [url.hostname, `${url.hostname}:${url.protocol === 'http:' ? 80 : 443}`] : [url.host]
  return usual.some((host) => hosts.includes(host))
}
