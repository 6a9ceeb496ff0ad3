/** Runs the cases of `test-fixtures/vectors/path.json` with whatever primitives, on whatever runtime. @module */
import {
  type Certificate,
  CertificateError,
  type PathReason,
  type PathRules,
  type Primitives,
  parseCertificate,
  type TrustAnchor,
  verifyPath,
} from '../src/x509.ts'

export interface PathVector {
  readonly id: string
  readonly title: string
  readonly clause: string
  /** A picture for people. */
  readonly chain: readonly string[]
  /** Names of certificates. */
  readonly leaf: string
  readonly intermediates: readonly string[]
  readonly anchors: readonly (string | AnchorVector)[]
  readonly at: string
  readonly options?: PathRules
  /** Algorithms that not every runtime has. */
  readonly needs?: readonly string[]
  readonly expected: 'accepted' | ExpectedReason
}

/** Base64 DER. */
interface AnchorVector {
  readonly subject: string
  readonly publicKey: string
  readonly nameConstraints?: string
}

type ExpectedReason = { readonly code: string; readonly [fact: string]: unknown }

export interface PathVectors {
  readonly cases: readonly PathVector[]
  /** Base64 DER, by name. */
  readonly certificates: Readonly<Record<string, string>>
}

export type VectorOutcome = 'accepted' | PathReason

/** What `verifyPath` says; a certificate that does not parse is said to be malformed at its place in leaf, intermediates, anchors. */
export async function judgeVector(
  { certificates }: PathVectors,
  vector: PathVector,
  primitives?: Primitives,
): Promise<VectorOutcome> {
  let index = 0
  const parse = (name: string): Certificate => {
    const certificate = parseCertificate(decode(certificates[name] ?? ''))
    index++
    return certificate
  }
  try {
    const leaf = parse(vector.leaf)
    const intermediates = vector.intermediates.map(parse)
    const anchors = vector.anchors.map((anchor) => (typeof anchor === 'string' ? parse(anchor) : anchorOf(anchor)))
    const rules = primitives === undefined ? vector.options : { ...vector.options, primitives }
    const result = await verifyPath({ leaf, intermediates, anchors, at: new Date(vector.at), ...rules })
    return result.ok ? 'accepted' : result.reason
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error
    const { code, offset, extension } = error
    return { code: 'certificate-malformed', index, subject: '', clause: '', error: code, offset, extension }
  }
}

/** Whether the outcome has every fact that is expected. Where the algorithm is missing, saying so is right. */
export function isExpected({ expected, needs = [] }: PathVector, outcome: VectorOutcome): boolean {
  if (expected === 'accepted' || outcome === 'accepted') {
    return (
      expected === outcome || (needs.length > 0 && outcome !== 'accepted' && outcome.code === 'algorithm-unsupported')
    )
  }
  const facts: Readonly<Record<string, unknown>> = { ...outcome }
  if (needs.length > 0 && outcome.code === 'algorithm-unsupported') return true
  return Object.entries(expected).every(([fact, value]) => facts[fact] === value)
}

function anchorOf({ subject, publicKey, nameConstraints }: AnchorVector): TrustAnchor {
  const anchor = { subject: decode(subject), publicKey: decode(publicKey) }
  return nameConstraints === undefined ? anchor : { ...anchor, nameConstraints: decode(nameConstraints) }
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
