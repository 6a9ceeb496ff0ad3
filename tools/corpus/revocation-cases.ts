/** CRLs and OCSP responses about one certificate: a verdict of three values. @module */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { certificateStatus, type GivenAnswers } from '../../packages/core/src/revocation.ts'
import {
  type AlgorithmPolicy,
  DEFAULT_ALGORITHMS,
  type Primitives,
  parseCertificate,
  parseCertificates,
} from '../../packages/core/src/x509.ts'
import { type CorpusCase, isDocumented, type Verdict } from './case.ts'

export interface RevocationRecord {
  readonly id: string
  readonly expected: 'good' | 'revoked' | 'unknown'
  readonly time: string
  readonly maxAgeSeconds?: number | null
  readonly needs?: readonly string[]
  readonly leaf: string
  /** PEM, or the name of a DER file beside the corpus. */
  readonly issuer: string
  readonly issuer2?: string
  readonly crl?: string
  /** Base64 DER. */
  readonly response?: string
  /** False: refusing in whatever words is right. */
  readonly pathValid?: boolean
}

/** For test data that is too old for our defaults. */
const LOOSE_ALGORITHMS: AlgorithmPolicy = {
  signatures: [
    ...DEFAULT_ALGORITHMS.signatures,
    'rsa-pkcs1-sha1',
    'ecdsa-p256-sha1',
    'ecdsa-p384-sha1',
    'ecdsa-p521-sha1',
  ],
  rsaBits: { min: 1024, max: 8192 },
}

export function revocationCases(
  records: readonly RevocationRecord[],
  file: string,
  primitives: Primitives,
): CorpusCase[] {
  return records.map((record) => ({
    id: record.id,
    class: record.response === undefined ? 'crl' : 'ocsp',
    expected: record.expected === 'good',
    run: () => judge(record, dirname(file), primitives),
  }))
}

async function judge(record: RevocationRecord, folder: string, primitives: Primitives): Promise<Verdict> {
  const { expected, time, needs = [], maxAgeSeconds, leaf, issuer, issuer2, crl, response, pathValid = true } = record
  const answers: GivenAnswers = {
    at: new Date(time),
    primitives,
    algorithms: needs.length > 0 ? LOOSE_ALGORITHMS : DEFAULT_ALGORITHMS,
    ...(maxAgeSeconds === undefined || maxAgeSeconds === null ? {} : { maxAgeSeconds }),
    ...(crl === undefined ? {} : { crls: [textOrFile(crl, folder)] }),
    ...(response === undefined ? {} : { ocspResponses: [Buffer.from(response, 'base64')] }),
  }
  try {
    const signers = issuer2 === undefined ? {} : { crlSigners: [parseCertificate(issuer2)] }
    const [above] = parseCertificates(textOrFile(issuer, folder))
    if (above === undefined) throw new Error('no issuer')
    const { status } = await certificateStatus(parseCertificate(leaf), above, { ...answers, ...signers })
    const isRight = status === expected || (!pathValid && status !== 'good')
    return { accepted: status === 'good', differs: !isRight, reason: status }
  } catch (error) {
    if (!isDocumented(error)) throw error
    return { accepted: false, differs: expected !== 'unknown', reason: error.code }
  }
}

function textOrFile(value: string, folder: string): string | Uint8Array {
  return value.startsWith('-----') ? value : readFileSync(resolve(folder, value))
}
