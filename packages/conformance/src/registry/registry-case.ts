/** A registry case as data. @module */

import type { RegistryAdmin, RegistryOptions } from '@countersign/core/registry'
import type { ManualClock } from '@countersign/testing'
import type { Level } from '../case/case.ts'
import type { RegistryFeature } from './registry-subject.ts'

export interface RegistryCase {
  /** Never changes its meaning; a case that means something else gets a new id. */
  readonly id: string
  /** What is so if the case passes, as a sentence. */
  readonly title: string
  readonly level: Level
  /** Where it is written down. */
  readonly source: string
  readonly needs: readonly RegistryFeature[]
  /** How long it may take. Default 10. */
  readonly timeoutSeconds?: number
  /** @throws ConformanceFailure */
  run(context: RegistryContext): Promise<void>
}

export interface RegistryContext {
  /** New and empty. */
  readonly registry: RegistryAdmin
  /** The registry's clock; stands at a round instant until moved. */
  readonly clock: ManualClock
  /** One more registry on the same records (`shared`), closed after the case. */
  another(): Promise<RegistryAdmin>
  /** Closes what is open and opens it anew (`durable`). */
  reopen(): Promise<RegistryAdmin>
  /** On a place of its own, with other options. */
  withOptions(options: RegistryOptions): Promise<RegistryAdmin>
  interrupt(): Promise<void>
  restore(): Promise<void>
}

type CaseBody = (context: RegistryContext) => Promise<void>

export interface CaseTerms {
  readonly level?: Level
  readonly needs?: readonly RegistryFeature[]
  readonly timeoutSeconds?: number
}

/** For tables of cases: a list of `[id, title, run, terms?]` from one source. */
export function casesFrom(
  source: string,
  rows: readonly (readonly [string, string, CaseBody, CaseTerms?])[],
): readonly RegistryCase[] {
  return rows.map(([id, title, run, terms = {}]) => ({
    id: `registry/${id}`,
    title,
    level: terms.level ?? 'MUST',
    source,
    needs: terms.needs ?? [],
    ...(terms.timeoutSeconds === undefined ? {} : { timeoutSeconds: terms.timeoutSeconds }),
    run,
  }))
}
