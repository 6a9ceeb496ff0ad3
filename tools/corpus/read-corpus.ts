/** A corpus file, whichever of the forms it has. @module */
import { readFileSync } from 'node:fs'
import type { Primitives } from '../../packages/core/src/x509.ts'
import type { CorpusCase } from './case.ts'
import { type PathRecord, pathCases } from './path-cases.ts'
import { type RevocationRecord, revocationCases } from './revocation-cases.ts'
import { type SignatureFile, signatureCases } from './signature-cases.ts'

export function readCorpus(file: string, primitives: Primitives): readonly CorpusCase[] {
  const data: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (isSignatureFile(data)) return signatureCases(data, primitives)
  if (!Array.isArray(data) || data.length === 0) throw new Error(`${file}: no list of cases`)
  return 'trusted' in data[0]
    ? pathCases(data as PathRecord[], primitives)
    : revocationCases(data as RevocationRecord[], file, primitives)
}

function isSignatureFile(data: unknown): data is SignatureFile {
  return typeof data === 'object' && data !== null && 'groups' in data
}
