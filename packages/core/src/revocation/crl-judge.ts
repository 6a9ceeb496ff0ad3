/** Answers from a set of CRLs that can be replaced, and remembers each answer for as long as set and time allow. @module */
import { isPromiseLike, type MaybePromise, runFlow } from '../primitives/flow.ts'
import type { Certificate } from '../x509/certificate.ts'
import { CrlSet } from './crl-set.ts'
import { type CrlFinding, crlStatus } from './crl-status.ts'
import type { RevocationIssuer, RevocationQuery, RevocationSubject } from './revocation-provider.ts'
import type { RevocationStatus } from './revocation-status.ts'

export interface CrlJudgeOptions {
  readonly by: string
  readonly maxAgeSeconds?: number | undefined
}

interface Remembered extends CrlFinding {
  readonly issuer: RevocationIssuer
  readonly query: RevocationQuery
}

export class CrlJudge {
  readonly #options: CrlJudgeOptions
  #set = new CrlSet([])
  /** By certificate; another set, another map, so that nothing outlives the lists it came from. */
  #remembered = new WeakMap<Certificate, Remembered>()

  constructor(options: CrlJudgeOptions) {
    this.#options = options
  }

  /** From the next question on. A question that is being answered goes on with the set it began with. */
  replace(set: CrlSet): void {
    this.#set = set
    this.#remembered = new WeakMap()
  }

  status(subject: RevocationSubject, query: RevocationQuery): MaybePromise<RevocationStatus> {
    const known = this.#remembered.get(subject.certificate)
    if (known !== undefined && holds(known, subject, query)) return known.status
    const remembered = this.#remembered
    const keep = (finding: CrlFinding): RevocationStatus => {
      // An unknown status may change with a signer or a path that is presented later.
      if (finding.status.status !== 'unknown') {
        remembered.set(subject.certificate, { ...finding, issuer: subject.issuer, query })
      }
      return finding.status
    }
    const finding = runFlow(crlStatus(subject, this.#set, { ...query, ...this.#options }))
    return isPromiseLike(finding) ? finding.then(keep) : keep(finding)
  }
}

/** Same issuer, same rules, and an instant between the one that was asked about and the end of the answer. */
function holds(
  { issuer, query: asked, until }: Remembered,
  subject: RevocationSubject,
  query: RevocationQuery,
): boolean {
  const at = query.at.getTime()
  return (
    issuer === subject.issuer &&
    asked.graceSeconds === query.graceSeconds &&
    asked.algorithms === query.algorithms &&
    at >= asked.at.getTime() &&
    at <= until
  )
}
