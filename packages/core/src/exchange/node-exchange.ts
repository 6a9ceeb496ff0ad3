/**
 * An Exchange from Node's request object, HTTP/1.1 and HTTP/2 alike. Structural on purpose: nothing here imports `node:*`,
 * so an adapter that also runs elsewhere can carry it along.
 * @module
 */
import type { Exchange, ExchangeHeaders, Peer } from './exchange.ts'

/** The part of `http.IncomingMessage` and `http2.Http2ServerRequest` that is read. */
export interface NodeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly rawHeaders: readonly string[]
  readonly socket: object
}

/** The part of `http.ServerResponse` and `http2.Http2ServerResponse` that is used. */
export interface NodeResponse {
  readonly destroyed?: boolean | undefined
  once(event: 'close', listener: () => void): unknown
}

interface NodeSocket {
  readonly remoteAddress?: string | undefined
  readonly encrypted?: boolean | undefined
  readonly server?: { address?: () => unknown } | null | undefined
  getPeerX509Certificate?: () => NodeCertificate | undefined
}

interface NodeCertificate {
  readonly raw: Uint8Array
  readonly issuerCertificate?: NodeCertificate | undefined
}

/** One more than may be presented, so that the limit itself is still enforced by whoever judges (DESIGN: at most 8). */
const CHAIN_READ_LIMIT = 9

/** Most fields that are asked for are not there: they share one answer. */
const NONE: readonly string[] = Object.freeze([])

const UNKNOWN: Peer = Object.freeze({ kind: 'unknown' })
const UNIX: Peer = Object.freeze({ kind: 'unix' })

/**
 * What a connection said about itself when its first request came. `getPeerX509Certificate()` gives the sent chain on
 * its first call only, and nothing once the socket is destroyed, so it is asked once and its bytes are kept: no key,
 * no decision. A connection without a certificate is asked again each time.
 */
const tlsPeers = new WeakMap<object, Peer>()

/**
 * @param target the target as received; a framework that rewrites `url` for mounted routers must pass the original
 * @param response tells when the request is over, for `principal.signal`
 */
export function nodeExchange(
  request: NodeRequest,
  target: string = request.url ?? '',
  response?: NodeResponse,
): Exchange {
  return {
    method: request.method ?? '',
    target,
    headers: new RawHeaders(request.rawHeaders),
    peer: peerOf(request.socket as NodeSocket),
    ...(response === undefined ? {} : { onEnd: (ended: () => void) => onEnd(response, ended) }),
  }
}

function onEnd(response: NodeResponse, ended: () => void): void {
  if (response.destroyed === true) ended()
  else response.once('close', ended)
}

/** Reads `rawHeaders`, because `headers` joins repeated fields, keeps only the first `Authorization`, and inherits from Object.prototype. */
class RawHeaders implements ExchangeHeaders {
  readonly #raw: readonly string[]
  readonly underscored: boolean
  /** Which marks the names bear, a bit each: most names that are asked for bear none of them. */
  readonly #marks: number

  constructor(raw: readonly string[]) {
    this.#raw = raw
    let marks = 0
    let underscored = false
    for (let at = 0; at < raw.length; at += 2) {
      const field = raw[at] as string
      marks |= 1 << markOf(field)
      underscored ||= field.includes('_')
    }
    this.#marks = marks
    this.underscored = underscored
  }

  all(name: string): readonly string[] {
    const mark = markOf(name)
    if ((this.#marks & (1 << mark)) === 0) return NONE
    let values: string[] | undefined
    for (let at = 0; at + 1 < this.#raw.length; at += 2) {
      const field = this.#raw[at] as string
      if (field.length !== name.length || markOf(field) !== mark || field.toLowerCase() !== name) continue
      const value = this.#raw[at + 1] as string
      if (values === undefined) values = [value]
      else values.push(value)
    }
    return values ?? NONE
  }
}

/** From 0 to 31, by length and last letter, whose case is not among the five bits that count. */
function markOf(name: string): number {
  return (name.length + name.charCodeAt(name.length - 1)) & 31
}

function peerOf(socket: NodeSocket): Peer {
  const known = tlsPeers.get(socket)
  if (known !== undefined) return known
  const address = socket.remoteAddress
  if (typeof address !== 'string' || address === '') return listensOnPath(socket) ? UNIX : UNKNOWN
  if (socket.encrypted !== true) return { kind: 'tcp', address, encrypted: false, certificates: [] }
  const certificates = certificatesOf(socket)
  const peer: Peer = { kind: 'tcp', address, encrypted: true, certificates }
  if (certificates.length > 0) tlsPeers.set(socket, peer)
  return peer
}

function listensOnPath(socket: NodeSocket): boolean {
  return typeof socket.server?.address === 'function' && typeof socket.server.address() === 'string'
}

/** `authorized` is not read: TLS proves possession of the key, the core decides trust. */
function certificatesOf(socket: NodeSocket): readonly Uint8Array[] {
  if (typeof socket.getPeerX509Certificate !== 'function') return []
  const certificates: Uint8Array[] = []
  let certificate = socket.getPeerX509Certificate()
  while (certificate !== undefined && certificate !== null && certificates.length < CHAIN_READ_LIMIT) {
    certificates.push(certificate.raw)
    certificate = certificate.issuerCertificate === certificate ? undefined : certificate.issuerCertificate
  }
  return certificates
}
