/** Who is at the other end, on runtimes that hand over a Fetch request: Bun and Deno tell, each in its way. @module */
import type { Peer } from './exchange.ts'

/** The second argument of a handler of `Bun.serve`, bare or as a member. */
interface BunServer {
  requestIP(request: Request): { readonly address: string } | null
  readonly protocol?: unknown
  readonly url?: { readonly protocol: string }
}

/** The second argument of a handler of `Deno.serve`. */
interface DenoInfo {
  readonly remoteAddr?: { readonly transport?: unknown; readonly hostname?: unknown }
}

const UNKNOWN: Peer = Object.freeze({ kind: 'unknown' })
const UNIX: Peer = Object.freeze({ kind: 'unix' })

/**
 * Neither hands over a client's certificate. Whether the connection is TLS is taken from the listener alone: Deno builds a
 * request's `url` from the client's request line, so on a plaintext listener `GET https://…` makes an https URL.
 */
export function runtimePeer(request: Request, platform: unknown): Peer {
  const env = (platform ?? {}) as { readonly server?: Partial<BunServer> } & Partial<BunServer> & DenoInfo
  const bun = typeof env.requestIP === 'function' ? env : env.server
  if (typeof bun?.requestIP === 'function') return bunPeer(bun as BunServer, request)
  const { remoteAddr } = env
  if (remoteAddr?.transport === 'unix') return UNIX
  const { hostname } = remoteAddr ?? {}
  return remoteAddr?.transport === 'tcp' && typeof hostname === 'string' ? tcp(hostname, false) : UNKNOWN
}

function bunPeer(server: BunServer, request: Request): Peer {
  const ip = server.requestIP(request)
  if (ip !== null) return tcp(ip.address, server.protocol === 'https')
  return server.url?.protocol === 'unix:' ? UNIX : UNKNOWN
}

function tcp(address: string, encrypted: boolean): Peer {
  return { kind: 'tcp', address, encrypted, certificates: [] }
}
