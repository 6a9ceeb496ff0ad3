/** One case of a corpus: an id, what is expected, and how to get the verdict. @module */

export interface CorpusCase {
  readonly id: string
  /** Upstream's, or ours: groups the report. */
  readonly class: string
  /** Accepting is right, or refusing. */
  readonly expected: boolean
  /** Parses and judges; `undefined` where the runtime lacks the algorithm. */
  run(): Promise<Verdict | undefined>
}

export interface Verdict {
  readonly accepted: boolean
  /** The verdict is neither right nor the unforgivable kind of wrong: revoked for unknown, for instance. */
  readonly differs?: boolean
  /** Why, for the report. */
  readonly reason: string
}

/** A fault of the validator: anything thrown that is not documented. */
export function isDocumented(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && ['CertificateError', 'CrlError', 'OcspError'].includes(error.name)
}
