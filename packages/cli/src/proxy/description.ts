/** What every proxy's configuration is made from. @module */
import { UsageError } from '../command/command.ts'

export type ProxyKind = 'nginx' | 'apache' | 'haproxy' | 'caddy' | 'envoy' | 'istio' | 'traefik'

export interface Address {
  readonly host: string
  readonly port: number
}

export interface ProxyDescription {
  readonly serverName: string
  readonly listen: Address
  /** A plaintext listener, whose requests the application refuses in words; there is no redirect. Left out: none. */
  readonly plain?: Address | undefined
  /** PEM files on the proxy's machine: the server's chain, its key, the CAs that clients are asked for. */
  readonly certificate: string
  readonly key: string
  readonly clientCa: string
  /**
   * `app`: the proxy asks for a certificate, proves that the client holds its key, and leaves the verdict to the application,
   * whose refusals a partner can read. `proxy`: it verifies as well, and ends the handshake or answers by itself.
   */
  readonly verify: 'app' | 'proxy'
  /** For `proxy`: PEM file of CRLs. */
  readonly crl?: string | undefined
  readonly upstream: Address
  /** A field that only the proxy sends, as `secret` of the source asks for it. */
  readonly secret?: { readonly header: string; readonly value: string } | undefined
  /** Names the post-quantum hybrid group first: needs OpenSSL 3.5, Go 1.24 or a recent BoringSSL under the proxy. */
  readonly hybrid: boolean
  /** Where the proxy may write its pid file and the like. */
  readonly run: string
}

export interface ProxyConfiguration {
  /** The first is the main one. */
  readonly files: readonly { readonly name: string; readonly text: string }[]
  /** The certificate source of the application behind it, as TypeScript. */
  readonly source: string
  /** What the operator has to do besides. */
  readonly notes: readonly string[]
}

/** Paths and names go into seven languages, so only what means itself in all of them is taken. */
const PLAIN_TEXT = /^[\w./@+-]+$/
const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,252})|[0-9a-f:]+)$/i
const FIELD = /^[a-z0-9]+(?:-[a-z0-9]+)*$/i

/** @throws UsageError that names the option */
export function checkDescription(description: ProxyDescription): ProxyDescription {
  const { serverName, listen, plain, upstream, certificate, key, clientCa, crl, run, secret, verify } = description
  if (!HOST.test(serverName)) throw new UsageError('--server-name: a host name')
  for (const [option, address] of Object.entries({ listen, plain, upstream })) {
    if (address === undefined) continue
    const valid = HOST.test(address.host) && Number.isInteger(address.port) && address.port > 0 && address.port < 65_536
    if (!valid) throw new UsageError(`--${option}: HOST:PORT`)
  }
  for (const [option, path] of Object.entries({ certificate, key, 'client-ca': clientCa, crl, run })) {
    if (path !== undefined && !PLAIN_TEXT.test(path)) {
      throw new UsageError(`--${option}: a path of letters, digits and . _ / @ + - alone`)
    }
  }
  if (crl !== undefined && verify === 'app')
    throw new UsageError('--crl: only with --verify proxy; the application has its own')
  if (secret !== undefined && !(FIELD.test(secret.header) && /^[\w.~+/=-]{32,}$/.test(secret.value))) {
    throw new UsageError('--secret: HEADER=VALUE, the value of at least 32 letters, digits and . _ ~ + / = -')
  }
  return description
}

export function parseAddress(text: string, option: string): Address {
  const colon = text.lastIndexOf(':')
  const host = text.slice(0, Math.max(colon, 0)).replace(/^\[(.*)\]$/, '$1')
  const port = Number(text.slice(colon + 1))
  if (!HOST.test(host) || !Number.isInteger(port)) throw new UsageError(`${option}: HOST:PORT`)
  return { host, port }
}

/** `[::1]:443` where the host is an IPv6 address. */
export function authority({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
