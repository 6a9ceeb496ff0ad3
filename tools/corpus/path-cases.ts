/** Certification paths: PEM, options and a verdict. @module */
import { checkRevocation } from '../../packages/core/src/revocation.ts'
import {
  type Certificate,
  CertificateError,
  type PathRules,
  type Primitives,
  parseCertificate,
  type RequestedName,
  verifyPath,
} from '../../packages/core/src/x509.ts'
import type { CorpusCase, Verdict } from './case.ts'

export interface PathRecord {
  readonly id: string
  readonly class: string
  readonly expected: boolean
  readonly trusted: readonly string[]
  readonly untrusted: readonly string[]
  readonly leaf: string
  readonly time: string | null
  readonly kind: 'SERVER' | 'CLIENT' | null
  readonly names: readonly { readonly kind: 'DNS' | 'IP' | 'RFC822'; readonly value: string }[]
  readonly maxDepth: number | null
  readonly crls: readonly string[]
  readonly policy: {
    readonly initial: readonly string[] | null
    readonly explicit: boolean
    readonly inhibitAny: boolean
    readonly inhibitMap: boolean
  } | null
}

/** Where a case leaves its time to us. */
const DEFAULT_TIME = '2026-06-01T00:00:00Z'

const NAME_KINDS = { DNS: 'dns', IP: 'ip', RFC822: 'email' } as const

export function pathCases(records: readonly PathRecord[], primitives: Primitives): CorpusCase[] {
  return records.map((record) => ({
    id: record.id,
    class: record.class,
    expected: record.expected,
    run: () => judge(record, primitives),
  }))
}

async function judge(record: PathRecord, primitives: Primitives): Promise<Verdict> {
  const leaf = tryParse(record.leaf)
  if (leaf instanceof CertificateError) return { accepted: false, reason: leaf.message }
  const anchors = record.trusted.map(tryParse).filter(isCertificate)
  if (anchors.length === 0) return { accepted: false, reason: 'no anchor parses' }
  const intermediates = record.untrusted.map(tryParse).filter(isCertificate)
  const at = new Date(record.time ?? DEFAULT_TIME)
  const result = await verifyPath({
    leaf,
    intermediates,
    anchors,
    at,
    primitives,
    ...rulesOf(record),
    ...(record.crls.length === 0
      ? {}
      : { accept: (path) => checkRevocation(path, { crls: record.crls, at, primitives }) }),
  })
  return result.ok ? { accepted: true, reason: 'accepted' } : { accepted: false, reason: result.reason.code }
}

function rulesOf({ kind, names, maxDepth, policy }: PathRecord): PathRules {
  return {
    usage: kind === 'SERVER' ? 'server' : kind === 'CLIENT' ? 'client' : 'any',
    // RFC 5280 lets a leaf do without the extension; our default does not.
    extendedKeyUsage: { absent: 'accept' },
    names: names.map((name): RequestedName => ({ kind: NAME_KINDS[name.kind], value: name.value })),
    ...(maxDepth === null ? {} : { maxIntermediates: maxDepth }),
    ...(policy === null
      ? {}
      : {
          policies: {
            requireExplicit: policy.explicit,
            inhibitAny: policy.inhibitAny,
            inhibitMapping: policy.inhibitMap,
            ...(policy.initial === null ? {} : { acceptable: policy.initial }),
          },
        }),
  }
}

function tryParse(pem: string): Certificate | CertificateError {
  try {
    return parseCertificate(pem)
  } catch (error) {
    if (error instanceof CertificateError) return error
    throw error
  }
}

function isCertificate(value: Certificate | CertificateError): value is Certificate {
  return !(value instanceof CertificateError)
}
