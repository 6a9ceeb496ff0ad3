/** `Client-Cert` and `Client-Cert-Chain`, set by a TLS-terminating proxy (RFC 9440). @module */

import type { Exchange } from '../exchange/exchange.ts'
import { BoundedMap } from '../primitives/bounded-map.ts'
import { parseByteSequence, parseByteSequenceList } from './byte-sequence.ts'
import { hasCertificateFraming } from './certificate-framing.ts'
import type { CertificateSource, PresentedCertificate } from './certificate-source.ts'
import { checkHeaderFraming, credentialHeader, readCredentialHeader } from './credential-header.ts'
import { MAX_PRESENTED_CERTIFICATES } from './presented-limits.ts'
import type { SourceReason } from './source-reason.ts'
import { createTrustedHops, type TrustedHopOptions } from './trusted-hop.ts'

const LEAF = credentialHeader('client-cert', 'client-cert')
const CHAIN = credentialHeader('client-cert-chain', 'client-cert-chain')

/** Decoded values that are kept, so that the same header is decoded once and its digest taken once. About 2 KiB each. */
const DECODED_CAPACITY = 1_000

/**
 * Reads the certificate from RFC 9440 fields, from the named hops alone. What they forward is a claim: path and revocation
 * are verified here all the same. The proxy must remove these fields from what clients send.
 *
 * @example
 * countersign({ certificate: { anchors, revocation, source: rfc9440({ from: ['10.0.0.0/8'] }) }, key: { registry } })
 * @throws TypeError if `from` is empty, is not made of addresses, ranges, 'unix' or { publicKey }, or would trust everybody
 */
export function rfc9440(options: TrustedHopOptions): CertificateSource {
  const hops = createTrustedHops(options, 'rfc9440')
  const decoded = new BoundedMap<string, PresentedCertificate>(DECODED_CAPACITY)
  return {
    name: 'rfc9440',
    headers: [LEAF.name, CHAIN.name, ...hops.headers],
    trusts: (exchange) => hops.trusts(exchange),
    read(exchange) {
      const leaf = readCredentialHeader(exchange, LEAF)
      if (typeof leaf === 'object') return leaf
      const chain = readChain(exchange)
      if (typeof chain === 'object') return chain
      // §2.2: an empty field is no certificate; §2.3: a chain never comes without its leaf.
      if (leaf === undefined || leaf === '') {
        return chain === '' ? undefined : undecodable(CHAIN.name, 'a chain without a certificate')
      }
      const key = `${leaf}|${chain}`
      const known = decoded.get(key)
      if (known !== undefined) return known
      const presented = decode(leaf, chain)
      if ('kind' in presented) decoded.set(key, presented)
      return presented
    },
  }
}

/** §2.3: a list may span several field lines, which mean the same as one joined by commas (RFC 9110 §5.3). */
function readChain(exchange: Exchange): string | SourceReason {
  return checkHeaderFraming(exchange, CHAIN) ?? exchange.headers.all(CHAIN.name).join(', ')
}

function decode(leafText: string, chainText: string): PresentedCertificate | SourceReason {
  const leaf = parseByteSequence(leafText)
  if (leaf === undefined) {
    return leafText.includes(',')
      ? { code: 'header-duplicated', header: LEAF.name, count: leafText.split(',').length }
      : undecodable(LEAF.name, 'not one canonical byte sequence')
  }
  const chain = chainText === '' ? [] : parseByteSequenceList(chainText, MAX_PRESENTED_CERTIFICATES)
  if (chain === undefined) return undecodable(CHAIN.name, 'not a list of canonical byte sequences')
  if (!hasCertificateFraming(leaf)) return undecodable(LEAF.name, 'not one DER certificate')
  if (!chain.every(hasCertificateFraming)) return undecodable(CHAIN.name, 'not DER certificates')
  return { kind: 'certificate', leaf, chain }
}

function undecodable(header: string, cause: string): SourceReason {
  return { code: 'header-undecodable', header, cause }
}
