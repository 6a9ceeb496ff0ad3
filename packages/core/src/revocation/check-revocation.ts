/** Revocation of a verified path, from answers that the caller brings. @module */
import { primitives as nativePrimitives } from '#primitives'
import { equalBytes } from '../bytes/equal.ts'
import type { VerifiedPath } from '../path/verified-path.ts'
import { type Flow, type MaybePromise, runFlow } from '../primitives/flow.ts'
import type { Primitives } from '../primitives/primitives.ts'
import { type AlgorithmPolicy, DEFAULT_ALGORITHMS } from '../x509/algorithm-policy.ts'
import type { Certificate } from '../x509/certificate.ts'
import { parseName } from '../x509/name.ts'
import { type Crl, parseCrl } from './crl.ts'
import { CrlError } from './crl-error.ts'
import { CrlSet } from './crl-set.ts'
import type { CrlSubject } from './crl-signer.ts'
import { crlStatus } from './crl-status.ts'
import { createPlan, judgePlan } from './judge-plan.ts'
import { OcspError, type OcspResponse, parseOcspResponse } from './ocsp-response.ts'
import { ocspStatus } from './ocsp-status.ts'
import type { RevocationRules } from './revocation-policy.ts'
import type { RevocationIssuer, RevocationProvider, RevocationQuery } from './revocation-provider.ts'
import type { RevocationReason } from './revocation-reason.ts'
import type { RevocationStatus, RevocationUnknownCause } from './revocation-status.ts'

/** Answers that somebody already has. What does not parse says nothing. */
export interface GivenAnswers {
  /** Parsed, or DER octets or PEM text with one list. */
  readonly crls?: readonly (Crl | Uint8Array | string)[]
  /** Parsed, or DER octets; stapled ones, for instance. */
  readonly ocspResponses?: readonly (OcspResponse | Uint8Array)[]
  readonly at: Date
  /** Counts what is older than this as expired; without it an answer that has no nextUpdate counts for nothing. */
  readonly maxAgeSeconds?: number
  /** For how long past nextUpdate an answer still counts. Default 0. */
  readonly graceSeconds?: number
  readonly algorithms?: AlgorithmPolicy
  readonly primitives?: Primitives
}

export interface CheckRevocationOptions extends GivenAnswers, RevocationRules {
  /** Asked after what is given, in this order. */
  readonly providers?: readonly RevocationProvider[]
  readonly signal?: AbortSignal
}

/**
 * A reason to refuse the path, or nothing: every certificate below the anchor is good. Fits `accept` of `verifyPath`:
 * `accept: (path) => checkRevocation(path, { crls, at })`. Answers at once where everything is at hand. Of CRLs and OCSP
 * responses that contradict each other, `revoked` wins.
 */
export function checkRevocation(
  path: VerifiedPath,
  options: CheckRevocationOptions,
): MaybePromise<RevocationReason | undefined> {
  const { providers = [], signal } = options
  const plan = createPlan(path, options)
  const query = { ...queryOf(options), depth: plan.depth, ...(signal === undefined ? {} : { signal }) }
  return runFlow(judgePlan(plan, [givenProvider(options), ...providers], query, () => {}))
}

/**
 * The status of one certificate under an issuer that is trusted otherwise, without a path.
 * @param issuer its certificate, or its name and key
 */
export function certificateStatus(
  certificate: Certificate,
  issuer: Certificate | RevocationIssuer,
  options: GivenAnswers & {
    /** Certificates that may sign CRLs as well: an older key of the issuer, or who its distribution points name. Trusted as they are. */
    readonly crlSigners?: readonly Certificate[]
  },
): MaybePromise<RevocationStatus> {
  const above =
    'der' in issuer ? { subject: issuer.subject.der, publicKey: issuer.publicKey, certificate: issuer } : issuer
  // Another CA's word is no answer.
  if (!equalBytes(above.subject, certificate.issuer.der) && !parseName(above.subject).equals(certificate.issuer)) {
    return { status: 'unknown', by: GIVEN, cause: 'no-source' }
  }
  const { crlSigners = [] } = options
  return runFlow(judgeGiven({ certificate, issuer: above, trusted: crlSigners }, parseGiven(options), queryOf(options)))
}

function queryOf({
  at,
  graceSeconds = 0,
  algorithms = DEFAULT_ALGORITHMS,
  primitives = nativePrimitives,
}: GivenAnswers): RevocationQuery {
  return { at, graceSeconds, algorithms, primitives }
}

interface Given {
  readonly set: CrlSet
  readonly responses: readonly OcspResponse[]
  /** Kinds of which something did not parse. */
  readonly broken: RevocationUnknownCause | undefined
  readonly maxAgeSeconds: number | undefined
}

const GIVEN = 'given'

function givenProvider(options: GivenAnswers): RevocationProvider {
  const given = parseGiven(options)
  return { name: GIVEN, status: (subject, query) => runFlow(judgeGiven(subject, given, query)) }
}

function parseGiven({ crls = [], ocspResponses = [], maxAgeSeconds }: GivenAnswers): Given {
  const lists = crls.map(tryCrl)
  const responses = ocspResponses.map(tryResponse)
  const broken = lists.includes(undefined)
    ? 'crl-malformed'
    : responses.includes(undefined)
      ? 'ocsp-malformed'
      : undefined
  return {
    set: new CrlSet(lists.filter((each) => each !== undefined)),
    responses: responses.filter((each) => each !== undefined),
    broken,
    maxAgeSeconds,
  }
}

function* judgeGiven(
  subject: CrlSubject,
  { set, responses, broken, maxAgeSeconds }: Given,
  query: RevocationQuery,
): Flow<RevocationStatus> {
  const asked = { ...query, by: GIVEN, maxAgeSeconds }
  const byCrl = (yield* crlStatus(subject, set, asked)).status
  const byOcsp = (yield* ocspStatus(subject, responses, asked)).status
  for (const word of ['revoked', 'good'] as const) {
    const status = [byCrl, byOcsp].find(({ status }) => status === word)
    if (status !== undefined) return status
  }
  const causes = [byOcsp, byCrl].flatMap((status) => ('cause' in status ? status.cause : []))
  // Where nothing else was about the certificate, what did not parse may have been.
  const cause = causes.find((each) => each !== 'no-source') ?? broken ?? 'no-source'
  return { status: 'unknown', by: GIVEN, cause }
}

function tryCrl(crl: Crl | Uint8Array | string): Crl | undefined {
  if (typeof crl !== 'string' && !(crl instanceof Uint8Array)) return crl
  try {
    return parseCrl(crl)
  } catch (error) {
    if (error instanceof CrlError) return undefined
    throw error
  }
}

function tryResponse(response: OcspResponse | Uint8Array): OcspResponse | undefined {
  if (!(response instanceof Uint8Array)) return response
  try {
    return parseOcspResponse(response)
  } catch (error) {
    if (error instanceof OcspError) return undefined
    throw error
  }
}
