/** Which peers are hops of ours: addresses, a Unix socket, or the hop's own TLS identity. @module */
import { primitives } from '#primitives'
import { encodeHex } from '../bytes/hex.ts'
import { encodeUtf8 } from '../bytes/text.ts'
import type { Exchange, Peer } from '../exchange/exchange.ts'
import { BoundedMap } from '../primitives/bounded-map.ts'
import { sha256 } from '../primitives/sha256.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { type AddressRange, addressInRange, parseAddress, parseRange } from './address-range.ts'
import { type CredentialHeader, credentialHeader, readCredentialHeader } from './credential-header.ts'

/** `10.0.0.0/8`, `2001:db8::/32`, or a single address. */
export type Cidr = string

/** A hop that proves itself by the key of its own client certificate. */
export interface HopIdentity {
  /** SHA-256 of the hop's SubjectPublicKeyInfo, hex. */
  readonly publicKey: string
}

export type TrustedHop = Cidr | 'unix' | HopIdentity

/** A header that the hop adds and nobody else knows. Asked for in addition to where the hop stands, never instead of it. */
export interface HopSecret {
  readonly header: string
  /** At least 32 characters. */
  readonly value: string
}

export interface TrustedHopOptions {
  /** Where the hop stands, or who it is. */
  readonly from: readonly TrustedHop[]
  readonly secret?: HopSecret
}

export interface TrustedHops {
  /** Fields that only a hop may send, lower case. */
  readonly headers: readonly string[]
  trusts(exchange: Exchange): boolean
  /** Whether a hop that is trusted has shown more than where it stands: its key, or the secret. */
  proven(peer: Peer): boolean
}

/** A secret that could be guessed proves nothing (threats, default 5). */
const MIN_SECRET_CHARACTERS = 32

/** Proxies are few; a peer's address is asked about several times in one request. */
const KEPT_ADDRESSES = 256

/**
 * @param option for messages: the source that asks
 * @throws TypeError for an empty list, for a range that is none or that covers every address, for a weak secret
 */
export function createTrustedHops(options: TrustedHopOptions, option: string): TrustedHops {
  const rule = createHopRule(options?.from, `${option}: from`)
  const secret = options.secret === undefined ? undefined : createSecretRule(options.secret, `${option}: secret`)
  return {
    headers: secret === undefined ? [] : [secret.header.name],
    trusts: (exchange) => rule.meets(exchange.peer) && (secret === undefined || secret.holds(exchange)),
    proven: (peer) => secret !== undefined || rule.hasKey(peer),
  }
}

interface HopRule {
  meets(peer: Peer): boolean
  hasKey(peer: Peer): boolean
}

function createHopRule(hops: readonly TrustedHop[], option: string): HopRule {
  if (!Array.isArray(hops) || hops.length === 0) {
    throw new TypeError(`${option}: name at least one hop: an address range, 'unix', or { publicKey }`)
  }
  const ranges: AddressRange[] = []
  const keys = new Set<string>()
  let unix = false
  for (const hop of hops as readonly unknown[]) {
    if (hop === 'unix') unix = true
    else if (typeof hop === 'string') ranges.push(checkedRange(hop, option))
    else keys.add(checkedKey(hop, option))
  }
  /** One digest a connection: the same leaf object comes with each of its requests. */
  const hashes = new WeakMap<Uint8Array, string | undefined>()
  const addresses = new BoundedMap<string, boolean>(KEPT_ADDRESSES)

  function inRange(text: string): boolean {
    const known = addresses.get(text)
    if (known !== undefined) return known
    const address = parseAddress(text)
    const inside = address !== undefined && ranges.some((range) => addressInRange(address, range))
    addresses.set(text, inside)
    return inside
  }

  function hasKey(peer: Peer): boolean {
    if (keys.size === 0 || peer.kind !== 'tcp' || !peer.encrypted) return false
    const [leaf] = peer.certificates
    if (leaf === undefined) return false
    if (!hashes.has(leaf)) hashes.set(leaf, publicKeyHash(leaf))
    const hash = hashes.get(leaf)
    return hash !== undefined && keys.has(hash)
  }

  function meets(peer: Peer): boolean {
    if (peer.kind === 'unix') return unix
    return peer.kind === 'tcp' && (inRange(peer.address) || hasKey(peer))
  }

  return { meets, hasKey }
}

function createSecretRule(
  secret: HopSecret,
  option: string,
): { header: CredentialHeader; holds(exchange: Exchange): boolean } {
  const header = credentialHeader(secret.header, `${option}.header`)
  if (typeof secret.value !== 'string' || secret.value.length < MIN_SECRET_CHARACTERS) {
    throw new TypeError(`${option}.value: at least ${MIN_SECRET_CHARACTERS} characters`)
  }
  const expected = encodeUtf8(secret.value)
  return {
    header,
    holds(exchange) {
      const value = readCredentialHeader(exchange, header)
      return typeof value === 'string' && primitives.timingSafeEqual(encodeUtf8(value), expected)
    },
  }
}

/** SHA-256 of the SubjectPublicKeyInfo in hex. The peer's possession of the key was proven by TLS; no path is needed to know a key again. */
function publicKeyHash(leaf: Uint8Array): string | undefined {
  try {
    return encodeHex(sha256(parseCertificate(leaf).publicKey))
  } catch {
    return undefined
  }
}

function checkedRange(text: string, option: string): AddressRange {
  const range = parseRange(text)
  if (range === undefined) throw new TypeError(`${option}: "${text.slice(0, 64)}" is not an address or a CIDR range`)
  if (range.bits === 0) throw new TypeError(`${option}: "${text}" would trust every address`)
  return range
}

function checkedKey(hop: unknown, option: string): string {
  const publicKey = (hop as { publicKey?: unknown } | null)?.publicKey
  if (typeof publicKey !== 'string' || !/^[0-9a-f]{64}$/i.test(publicKey)) {
    throw new TypeError(`${option}: { publicKey } must be the hex SHA-256 of the hop's SubjectPublicKeyInfo`)
  }
  return publicKey.toLowerCase()
}

/** Text for an operator: which peer it was. */
export function describePeer(exchange: Exchange): string {
  return exchange.peer.kind === 'tcp' ? exchange.peer.address : exchange.peer.kind
}
