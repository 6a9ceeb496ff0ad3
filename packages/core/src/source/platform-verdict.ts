/**
 * A platform's word for a certificate that it does not hand over. Nothing can be verified then, neither path nor revocation,
 * so such a platform is believed only by name.
 * @module
 */
import { decodeBase64 } from '../bytes/base64.ts'
import { decodeHex, encodeHex } from '../bytes/hex.ts'
import { decodeAscii } from '../bytes/text.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { SanName } from '../x509/general-name.ts'
import type { CertificateSource, PresentedVerdict } from './certificate-source.ts'
import { checkCloudflareVerdict, isCloudflareSecure } from './cloudflare-workers.ts'
import { type CredentialHeader, credentialHeader, readCredentialHeader } from './credential-header.ts'
import { textOf } from './platform-object.ts'
import { refuseWorkers } from './runtime.ts'
import type { SourceReason } from './source-reason.ts'
import { createTrustedHops, type TrustedHopOptions } from './trusted-hop.ts'
import { parseXfcc } from './xfcc.ts'

export type PlatformVerdictOptions =
  /** `request.cf.tlsClientAuth` where it holds no certificate. */
  | { readonly platform: 'cloudflare-workers' }
  /** The managed transform "Add TLS client auth headers". */
  | ({ readonly platform: 'cloudflare-headers' } & TrustedHopOptions)
  /** Custom request headers of the names that our page of it uses. */
  | ({ readonly platform: 'gcp-alb' } & TrustedHopOptions)
  /** `x-forwarded-client-cert` that holds `Hash` and no `Cert`; the validation context must verify. */
  | ({ readonly platform: 'envoy' } & TrustedHopOptions)

type Verdict = PresentedVerdict | SourceReason | undefined

/**
 * Believes a platform about certificates that it does not hand over: what it calls verified is accepted, without path and
 * without revocation. Partners are then known by the names it tells, or where it tells none by a rule of the kind
 * `certificate`. Use it where no certificate can be had, and only there.
 *
 * @example
 * countersign({ certificate: { anchors, revocation: 'unchecked', source: platformVerdict({ platform: 'cloudflare-workers' }) }, … })
 * @throws TypeError for a platform that is not known, or hops as in `rfc9440`
 */
export function platformVerdict(options: PlatformVerdictOptions): CertificateSource {
  const name = `${options?.platform} verdict`
  if (options?.platform === 'cloudflare-workers') {
    return { name, secure: isCloudflareSecure, read: ({ platform }) => readCloudflareWorkers(platform) }
  }
  const reader = Object.hasOwn(READERS, options?.platform) ? READERS[options.platform] : undefined
  if (reader === undefined) {
    throw new TypeError(`platformVerdict: platform: 'cloudflare-workers', '${Object.keys(READERS).join("', '")}'`)
  }
  refuseWorkers(name, "platformVerdict({ platform: 'cloudflare-workers' })")
  const hops = createTrustedHops(options, name)
  const headers = new Map(reader.headers.map((header) => [header, credentialHeader(header, name)]))
  return {
    name,
    headers: [...headers.keys(), ...hops.headers],
    trusts: (exchange) => hops.trusts(exchange),
    read(exchange) {
      const values = readAll(exchange, headers)
      return 'code' in values ? values : reader.read(values)
    },
  }
}

interface Reader {
  readonly headers: readonly string[]
  read(values: ReadonlyMap<string, string>): Verdict
}

const READERS: Readonly<Record<string, Reader>> = {
  'cloudflare-headers': {
    headers: ['cf-cert-presented', 'cf-cert-verified', 'cf-cert-revoked', 'cf-cert-fingerprint-sha256'],
    read(values) {
      const presented = values.get('cf-cert-presented')
      if (presented === 'false') return undefined
      // "Verified" is true also of a revoked certificate.
      const holds = values.get('cf-cert-verified') === 'true' && values.get('cf-cert-revoked') === 'false'
      if (presented !== 'true') return absent('cf-cert-presented')
      if (!holds) return { code: 'certificate-refused-upstream', header: 'cf-cert-verified' }
      return byFingerprint('cf-cert-fingerprint-sha256', values.get('cf-cert-fingerprint-sha256'))
    },
  },
  'gcp-alb': {
    headers: [
      'x-client-cert-present',
      'x-client-cert-chain-verified',
      'x-client-cert-error',
      'x-client-cert-hash',
      'x-client-cert-spiffe',
      'x-client-cert-uri-sans',
      'x-client-cert-dnsname-sans',
    ],
    read: readGoogle,
  },
  envoy: {
    headers: ['x-forwarded-client-cert'],
    read(values) {
      const header = 'x-forwarded-client-cert'
      const text = values.get(header)
      // Envoy leaves the field out where there is no certificate.
      if (text === undefined) return undefined
      const elements = parseXfcc(text)
      const [element, ...others] = typeof elements === 'string' ? [] : elements
      if (element === undefined || others.length > 0) return undecodable(header, 'not one element')
      return byFingerprint(header, element.hash)
    },
  },
}

function readCloudflareWorkers(platform: unknown): Verdict {
  if (textOf(platform, 'cf', 'tlsClientAuth', 'certPresented') === undefined) return absent('cf.tlsClientAuth')
  const verdict = checkCloudflareVerdict(platform)
  if (verdict !== 'verified') return verdict
  const member = 'certFingerprintSHA256'
  return byFingerprint(`cf.tlsClientAuth.${member}`, textOf(platform, 'cf', 'tlsClientAuth', member))
}

/** Google's lists leave the SPIFFE ID out of the URIs, and become empty when they are too long, which the error then says. */
function readGoogle(values: ReadonlyMap<string, string>): Verdict {
  const presented = values.get('x-client-cert-present')
  if (presented === 'false') return undefined
  if (presented !== 'true') return absent('x-client-cert-present')
  const verified =
    values.get('x-client-cert-chain-verified') === 'true' && (values.get('x-client-cert-error') ?? '') === ''
  if (!verified) return { code: 'certificate-refused-upstream', header: 'x-client-cert-chain-verified' }
  const uris = textList(values.get('x-client-cert-uri-sans'))
  const hosts = textList(values.get('x-client-cert-dnsname-sans'))
  const hashText = values.get('x-client-cert-hash')
  const hash = hashText === undefined ? undefined : decodeBase64(hashText)
  if (uris === undefined || hosts === undefined)
    return undecodable('x-client-cert-uri-sans', 'not a list of base64 items')
  if (hashText !== undefined && hash?.length !== 32)
    return undecodable('x-client-cert-hash', 'not the base64 of a SHA-256')
  const spiffe = values.get('x-client-cert-spiffe') ?? ''
  const names: SanName[] = [...(spiffe === '' ? [] : [spiffe]), ...uris].map((value) => ({ kind: 'uri', value }))
  for (const value of hosts) names.push({ kind: 'dns', value })
  return { kind: 'verdict', names, ...(hash === undefined ? {} : { fingerprint: encodeHex(hash) }) }
}

/** More names than a certificate of ordinary size holds. */
const MAX_ITEMS = 64

function textList(text = ''): readonly string[] | undefined {
  if (text === '') return []
  const items: string[] = []
  for (const item of text.split(',', MAX_ITEMS + 1)) {
    const bytes = decodeBase64(item)
    const value = bytes && decodeAscii(bytes)
    if (value === undefined || value === '' || items.length === MAX_ITEMS) return undefined
    items.push(value)
  }
  return items
}

function byFingerprint(header: string, text: string | undefined): Verdict {
  const digest = text === undefined ? undefined : decodeHex(text)
  if (digest?.length !== 32) return undecodable(header, 'not the hex of a SHA-256')
  return { kind: 'verdict', names: [], fingerprint: encodeHex(digest) }
}

function readAll(
  exchange: Exchange,
  headers: ReadonlyMap<string, CredentialHeader>,
): ReadonlyMap<string, string> | SourceReason {
  const values = new Map<string, string>()
  for (const [name, header] of headers) {
    const value = readCredentialHeader(exchange, header)
    if (typeof value === 'object') return value
    if (value !== undefined) values.set(name, value)
  }
  return values
}

/** A platform that says nothing at all is not configured: that is not the same as a client without a certificate. */
function absent(header: string): SourceReason {
  return { code: 'certificate-withheld', header, cause: 'the platform says nothing' }
}

function undecodable(header: string, cause: string): SourceReason {
  return { code: 'header-undecodable', header, cause }
}
