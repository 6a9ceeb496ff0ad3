/** Signatures of one algorithm: a key, octets and a verdict. They go the way that certificates' signatures go. @module */

import { runFlow } from '../../packages/core/src/primitives/flow.ts'
import type { Primitives } from '../../packages/core/src/primitives/primitives.ts'
import { DEFAULT_ALGORITHMS } from '../../packages/core/src/x509/algorithm-policy.ts'
import { checkSignature } from '../../packages/core/src/x509/verify-signature.ts'
import * as der from '../../packages/testing/src/der.ts'
import type { CorpusCase, Verdict } from './case.ts'

export interface SignatureFile {
  readonly algorithm: string
  readonly signatureAlgorithmOid: string
  readonly groups: readonly SignatureGroup[]
}

interface SignatureGroup {
  readonly publicKeyDer: string
  readonly pss?: { readonly saltLength: number }
  readonly tests: readonly SignatureRecord[]
}

interface SignatureRecord {
  readonly tcId: number
  readonly msg: string
  readonly sig: string
  readonly result: 'valid' | 'acceptable' | 'invalid'
}

const RSASSA_PSS = '1.2.840.113549.1.1.10'
const PKCS1_PREFIX = '1.2.840.113549.1.1.'
const SHA256 = '2.16.840.1.101.3.4.2.1'

export function signatureCases(file: SignatureFile, primitives: Primitives): CorpusCase[] {
  return file.groups.flatMap((group) => {
    const identifier = identifierOf(file.signatureAlgorithmOid, group)
    const key = der.fromHex(group.publicKeyDer)
    return group.tests.map((record) => ({
      id: `${file.algorithm}::${record.tcId}`,
      class: file.algorithm,
      // What is merely acceptable is a leniency that nobody needs.
      expected: record.result === 'valid',
      run: () => judge(record, key, identifier, primitives),
    }))
  })
}

async function judge(
  { msg, sig }: SignatureRecord,
  key: Uint8Array,
  signatureAlgorithm: Uint8Array,
  primitives: Primitives,
): Promise<Verdict | undefined> {
  const signed = { data: der.fromHex(msg), signature: der.fromHex(sig), signatureAlgorithm }
  const context = { algorithms: DEFAULT_ALGORITHMS, primitives, spend: () => true }
  const fault = await runFlow(checkSignature(signed, key, context))
  if (fault === undefined) return { accepted: true, reason: 'valid' }
  return fault.code === 'algorithm-unsupported' ? undefined : { accepted: false, reason: fault.code }
}

/** The AlgorithmIdentifier that a certificate would have. */
function identifierOf(oid: string, { pss }: SignatureGroup): Uint8Array {
  if (oid !== RSASSA_PSS) {
    const parameters = oid.startsWith(PKCS1_PREFIX) ? [der.nullValue()] : []
    return der.sequence(der.objectIdentifier(oid), ...parameters)
  }
  const hash = der.sequence(der.objectIdentifier(SHA256), der.nullValue())
  const mask = der.sequence(der.objectIdentifier('1.2.840.113549.1.1.8'), hash)
  return der.sequence(
    der.objectIdentifier(oid),
    der.sequence(
      der.context(0, 'constructed', hash),
      der.context(1, 'constructed', mask),
      der.context(2, 'constructed', der.integer(pss?.saltLength ?? 32)),
    ),
  )
}
