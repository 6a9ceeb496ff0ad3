/** What is mutated: the certificates of the project's own vectors, valid and hostile. @module */
import { readFileSync } from 'node:fs'
import { type Certificate, CertificateError, parseCertificate } from '../../packages/core/src/x509.ts'
import type { PathVectors } from '../../packages/core/test/path-vectors.ts'

const file = new URL('../../test-fixtures/vectors/path.json', import.meta.url)
export const VECTORS: PathVectors = JSON.parse(readFileSync(file, 'utf8')) as PathVectors

/** DER. */
export const CERTIFICATES: readonly Uint8Array[] = Object.values(VECTORS.certificates).map((base64) =>
  Uint8Array.from(Buffer.from(base64, 'base64')),
)

export function tryParse(octets: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(octets)
  } catch (error) {
    if (error instanceof CertificateError) return undefined
    throw error
  }
}

/** Chains that hold, each with the time and options that it holds for. */
export const ACCEPTED: readonly AcceptedChain[] = VECTORS.cases
  .filter(({ expected, needs, anchors }) => expected === 'accepted' && needs === undefined && anchors.every(isName))
  .map(({ leaf, intermediates, anchors, at, options }) => ({
    leaf: octetsOf(leaf),
    intermediates: intermediates.map(octetsOf),
    anchors: anchors.filter(isName).map(octetsOf),
    at: new Date(at),
    options: options ?? {},
  }))

export interface AcceptedChain {
  readonly leaf: Uint8Array
  readonly intermediates: readonly Uint8Array[]
  readonly anchors: readonly Uint8Array[]
  readonly at: Date
  readonly options: NonNullable<PathVectors['cases'][number]['options']>
}

function octetsOf(name: string): Uint8Array {
  return Uint8Array.from(Buffer.from(VECTORS.certificates[name] ?? '', 'base64'))
}

function isName(anchor: unknown): anchor is string {
  return typeof anchor === 'string'
}
