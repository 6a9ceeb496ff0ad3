/** A case as data. @module */
import type { Feature } from '../subject/subject.ts'
import type { CaseContext } from '../world/case-context.ts'

/** As in RFC 2119. */
export type Level = 'MUST' | 'SHOULD' | 'MAY'

/** A feature of the subject, or a means of the machine that runs the suite. */
export type Need = Feature | 'ipv6'

export interface Case {
  /** Never changes its meaning; a case that means something else gets a new id. */
  readonly id: string
  /** What is so if the case passes, as a sentence. */
  readonly title: string
  readonly level: Level
  /** Where it is written down: an RFC and its section, an advisory, or a section of our documentation (`docs/keys.md`). */
  readonly source: string
  readonly needs: readonly Need[]
  /** @throws ConformanceFailure */
  run(context: CaseContext): Promise<void>
}
