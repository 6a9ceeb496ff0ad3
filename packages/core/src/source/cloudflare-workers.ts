/** The certificate that Cloudflare's edge was shown, from `request.cf.tlsClientAuth`: not a header, so nobody can send it. @module */
import { encodeHex } from '../bytes/hex.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { BoundedMap } from '../primitives/bounded-map.ts'
import { sha256 } from '../primitives/sha256.ts'
import { decodeByteSequences } from './byte-sequence.ts'
import type { CertificateSource, PresentedCertificate } from './certificate-source.ts'
import { memberOf, textOf } from './platform-object.ts'
import { MAX_PRESENTED_CERTIFICATES } from './presented-limits.ts'
import type { SourceReason } from './source-reason.ts'

/** Some 2 KiB each. */
const DECODED_CAPACITY = 1_000

/**
 * Reads the certificate on Workers. Cloudflare's own verdict is required in addition: it must say presented, verified and
 * not revoked, for "verified" alone it also says of revoked certificates. The CA that Cloudflare manages is shared by all its
 * customers, so trust your own anchors here, or partners' rules by public key.
 *
 * @example
 * app.use(countersign({ certificate: { anchors, revocation: 'unchecked', source: cloudflareWorkers() }, key: { registry } }))
 */
export function cloudflareWorkers(): CertificateSource {
  const decoded = new BoundedMap<string, PresentedCertificate>(DECODED_CAPACITY)
  return {
    name: 'cloudflare-workers',
    secure: isCloudflareSecure,
    read({ platform }) {
      const refused = checkCloudflareVerdict(platform)
      if (refused !== 'verified') return refused
      const field = (name: string) => textOf(platform, 'cf', 'tlsClientAuth', name) ?? ''
      const leaf = field('certRFC9440')
      const chain = field('certChainRFC9440')
      const fingerprint = field('certFingerprintSHA256')
      const key = `${leaf}|${chain}|${fingerprint}`
      const known = decoded.get(key)
      if (known !== undefined) return known
      const presented = decode(leaf, chain, fingerprint)
      if ('kind' in presented) decoded.set(key, presented)
      return presented
    },
  }
}

/** `undefined`: no certificate was presented, or the placeholder stands there that local development shows. */
export function checkCloudflareVerdict(platform: unknown): 'verified' | SourceReason | undefined {
  const field = (name: string) => textOf(platform, 'cf', 'tlsClientAuth', name)
  if (field('certPresented') !== '1') return undefined
  const holds = field('certVerified') === 'SUCCESS' && field('certRevoked') === '0'
  return holds ? 'verified' : { code: 'certificate-refused-upstream', header: 'cf.tlsClientAuth' }
}

/** By the version that the edge negotiated, and by the scheme where the target has one. */
export function isCloudflareSecure({ platform, target }: Exchange): boolean | undefined {
  if (memberOf(platform, 'cf') === undefined) return undefined
  const version = textOf(platform, 'cf', 'tlsVersion')
  return (version === 'TLSv1.2' || version === 'TLSv1.3') && !target.startsWith('http:')
}

function decode(leafText: string, chainText: string, fingerprint: string): PresentedCertificate | SourceReason {
  // Left empty beyond 10 KiB.
  if (leafText === '') return { code: 'certificate-withheld', header: 'cf.tlsClientAuth', cause: 'it was too large' }
  const leaf = decodeByteSequences(leafText, 1)
  if (typeof leaf === 'string') return undecodable('certRFC9440', leaf)
  const chain = chainText === '' ? [] : decodeByteSequences(chainText, MAX_PRESENTED_CERTIFICATES)
  if (typeof chain === 'string') return undecodable('certChainRFC9440', chain)
  // The type's own example is twice as long as any SHA-256, so what is not 64 digits says nothing.
  if (fingerprint.length === 64 && fingerprint.toLowerCase() !== encodeHex(sha256(leaf[0]))) {
    return { code: 'source-conflict', sources: ['certRFC9440', 'certFingerprintSHA256'] }
  }
  return { kind: 'certificate', leaf: leaf[0], chain }
}

function undecodable(member: string, cause: string): SourceReason {
  return { code: 'header-undecodable', header: `cf.tlsClientAuth.${member}`, cause }
}
