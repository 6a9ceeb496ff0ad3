/**
 * Certificates that a proxy of ours forwards in header fields. They are claims: who may make them is decided here; whether
 * they hold is decided by path and revocation, whatever the proxy verified.
 * @module
 */
import { encodeHex } from '../bytes/hex.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { BoundedMap } from '../primitives/bounded-map.ts'
import { sha256 } from '../primitives/sha256.ts'
import { decodeBase64Der } from './base64-der.ts'
import { decodeByteSequences } from './byte-sequence.ts'
import type { CertificateSource, PresentedCertificate } from './certificate-source.ts'
import { type CredentialHeader, checkHeaderFraming, readCredentialHeader } from './credential-header.ts'
import { type Decoded, type Decoder, TOO_MANY } from './decoded.ts'
import { decodeEscapedPem } from './escaped-pem.ts'
import { type FieldOptions, type FieldPlan, planFields, plannedHeaders } from './field-plan.ts'
import { checkStatements, type FieldTexts } from './field-statements.ts'
import { decodeBase64Pem, decodeFlattenedPem } from './flattened-pem.ts'
import { MAX_PRESENTED_CERTIFICATES } from './presented-limits.ts'
import type { CertificateField, CertificateForm, FieldRole, ForwardedPreset } from './presets.ts'
import { refuseWorkers } from './runtime.ts'
import type { SourceReason } from './source-reason.ts'
import { decodeTraefikList } from './traefik-list.ts'
import { createTrustedHops, type TrustedHopOptions, type TrustedHops } from './trusted-hop.ts'
import { decodeXfccElement, parseXfcc } from './xfcc.ts'

export interface ForwardedOptions extends TrustedHopOptions, FieldOptions {
  /**
   * `x-forwarded-client-cert` only: how many of your proxies add an element each; the client's is then the first. Default 1.
   * Any other number of elements is refused.
   */
  readonly elements?: number
}

/** Decoded values that are kept, so that the same certificate is decoded, hashed and parsed once. */
const DECODED_CAPACITY = 1_000

/** What is longer is decoded each time, so that 1,000 kept values cost some 30 MiB at most. Node's default for a whole head. */
const MAX_KEPT_CHARACTERS = 16 * 1024

/** No field is looked at beyond this: eight certificates of 4 KiB each, every octet of their base64 percent-encoded. */
const MAX_FIELD_CHARACTERS = 128 * 1024

const DECODERS: Readonly<Record<Exclude<CertificateForm, 'xfcc'>, Decoder>> = {
  'byte-sequence': decodeByteSequences,
  'escaped-pem': decodeEscapedPem,
  'flattened-pem': decodeFlattenedPem,
  'base64-pem': decodeBase64Pem,
  'base64-der': decodeBase64Der,
  'traefik-list': decodeTraefikList,
}

/**
 * Reads the certificate that a proxy, load balancer or platform forwards, from the named hops alone. The proxy must remove
 * these fields from what clients send; `countersign doctor` shows whether it does.
 *
 * @example
 * countersign({ certificate: { anchors, revocation, source: forwarded('nginx', { from: ['10.0.0.0/8'] }) }, key: { registry } })
 * @throws TypeError for a name that carries no certificate, saying why; for hops that are none or would trust everybody; for
 *   a field that the row has not; on a runtime that does not tell who the peer is
 */
export function forwarded(preset: ForwardedPreset, options: ForwardedOptions): CertificateSource {
  const plan = planFields(preset, options ?? {})
  refuseWorkers(preset, 'cloudflareWorkers()')
  const hops = createTrustedHops(options, preset)
  const elements = checkElements(options.elements, plan, preset)
  const fields = plannedHeaders(plan)
  const kept = new BoundedMap<number, Kept>(DECODED_CAPACITY)

  function read(exchange: Exchange): PresentedCertificate | SourceReason | undefined {
    const texts: { [role in FieldRole]?: string } = {}
    for (const { role, header } of fields) {
      const text = role === 'chain' ? readLines(exchange, header) : readCredentialHeader(exchange, header)
      if (typeof text === 'object') return text
      if (text === undefined) continue
      if (text.length > MAX_FIELD_CHARACTERS) return oversized(`${MAX_FIELD_CHARACTERS} characters`, text.length)
      texts[role] = text
    }
    const missing = isNone(plan.certificate, texts.certificate)
    const reason = checkStatements(plan, texts, missing)
    if (reason !== undefined) return reason
    if (!missing) return decodeOnce(texts.certificate as string, texts)
    const chainAlone = plan.chain !== undefined && !isNone(plan.chain, texts.chain)
    return chainAlone ? undecodable(plan.chain.header.name, 'a chain without a certificate') : undefined
  }

  function decodeOnce(text: string, { chain, digest }: FieldTexts): PresentedCertificate | SourceReason {
    const sample = sampleOf(text)
    const known = kept.get(sample)
    if (known !== undefined && known.text === text && known.chain === chain && known.digest === digest)
      return known.presented
    const presented = decode(plan, text, { chain, digest } as FieldTexts, elements)
    const keep = 'kind' in presented && text.length + (chain?.length ?? 0) <= MAX_KEPT_CHARACTERS
    if (keep) kept.set(sample, { presented, text, chain, digest })
    return presented
  }

  return {
    name: preset,
    headers: [...fields.map(({ header }) => header.name), ...hops.headers],
    trusts: (exchange) => hops.trusts(exchange),
    read: (exchange) => withoutRival(read(exchange), exchange, hops, preset),
  }
}

interface Kept {
  readonly presented: PresentedCertificate
  readonly text: string
  readonly chain: string | undefined
  readonly digest: string | undefined
}

/**
 * A number by which a value is found again, before the whole is compared: hashing a fresh text of a kilobyte costs more than
 * comparing it. Some thirty characters from all over it tell certificates apart; who makes two alike displaces one entry.
 */
function sampleOf(text: string): number {
  const step = Math.max(1, text.length >> 5)
  let sample = text.length
  for (let at = 0; at < text.length; at += step) sample = (Math.imul(sample, 31) + text.charCodeAt(at)) | 0
  return sample
}

function checkElements(elements: number | undefined, plan: FieldPlan, preset: string): number {
  if (elements === undefined) return 1
  if (plan.certificate.form !== 'xfcc') throw new TypeError(`${preset}: elements: its field has none`)
  if (!Number.isInteger(elements) || elements < 1 || elements > 8) throw new TypeError(`${preset}: elements: 1 to 8`)
  return elements
}

/** RFC 9440 §2.3: a list may span several field lines, which mean the same as one joined by commas (RFC 9110 §5.3). */
function readLines(exchange: Exchange, header: CredentialHeader): string | undefined | SourceReason {
  const reason = checkHeaderFraming(exchange, header)
  if (reason !== undefined) return reason
  const lines = exchange.headers.all(header.name)
  return lines.length > 1 ? lines.join(', ') : lines[0]
}

function isNone(field: CertificateField, text: string | undefined): boolean {
  return text === undefined || (field.none?.includes(text) ?? false)
}

function decode(
  plan: FieldPlan,
  text: string,
  { chain: chainText, digest }: FieldTexts,
  elements: number,
): PresentedCertificate | SourceReason {
  const header = plan.certificate.header.name
  if (text === '') return { code: 'certificate-withheld', header, cause: 'the field is empty' }
  const inField = decodeField(plan.certificate, text, elements)
  if (inField === undefined) return { code: 'certificate-withheld', header, cause: 'only its hash was forwarded' }
  if (typeof inField === 'string') return fault(plan.certificate, header, text, inField)
  const [leaf, ...chain] = inField
  if (plan.chain !== undefined && chainText !== undefined && !isNone(plan.chain, chainText)) {
    const behind = decodeField(plan.chain, chainText, 1)
    if (typeof behind === 'string') return fault(plan.chain, plan.chain.header.name, chainText, behind)
    chain.push(...(behind ?? []))
  }
  if (plan.digest !== undefined && digest !== undefined && !isDigestOf(leaf, digest)) {
    return { code: 'source-conflict', sources: [header, plan.digest.header.name] }
  }
  return { kind: 'certificate', leaf, chain }
}

/** @returns `undefined` if the field names a certificate without handing it over */
function decodeField(field: CertificateField, text: string, elements: number): Decoded | undefined {
  const limit = field.holds === 'leaf' ? 1 : MAX_PRESENTED_CERTIFICATES
  if (field.form !== 'xfcc') return DECODERS[field.form](text, limit)
  const parsed = parseXfcc(text)
  if (typeof parsed === 'string') return parsed
  // More than expected: the client's own field was passed on, or a name in a certificate made one. Fewer: a proxy is missing.
  if (parsed.length !== elements) return `${parsed.length} elements instead of ${elements}`
  return decodeXfccElement(parsed[0] ?? {}, limit)
}

function isDigestOf(leaf: Uint8Array, hex: string): boolean {
  return hex.toLowerCase() === encodeHex(sha256(leaf))
}

/**
 * A hop that is believed for its address alone and presents a certificate of its own may as well be a client at that address:
 * two certificates, and no telling whose is whose. A hop that proved itself by key or secret may bring its own.
 */
function withoutRival(
  presented: PresentedCertificate | SourceReason | undefined,
  { peer }: Exchange,
  hops: TrustedHops,
  preset: string,
): PresentedCertificate | SourceReason | undefined {
  if (presented === undefined || 'code' in presented) return presented
  if (peer.kind !== 'tcp' || peer.certificates.length === 0 || hops.proven(peer)) return presented
  return { code: 'source-conflict', sources: ['tls', preset] }
}

function fault({ holds }: CertificateField, header: string, text: string, cause: string): SourceReason {
  if (cause === TOO_MANY) return oversized(`${MAX_PRESENTED_CERTIFICATES} certificates`, MAX_PRESENTED_CERTIFICATES + 1)
  // Two lines of a single certificate that some hop, or the Fetch API, joined into one.
  const lines = holds === 'leaf' ? text.split(',').length : 1
  return lines > 1 ? { code: 'header-duplicated', header, count: lines } : undecodable(header, cause)
}

function oversized(limit: string, found: number): SourceReason {
  return { code: 'certificates-oversized', limit, found }
}

function undecodable(header: string, cause: string): SourceReason {
  return { code: 'header-undecodable', header, cause }
}
