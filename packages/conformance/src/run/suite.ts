/** Cases of one kind and how they are run against one subject: what evaluating and registering are written against. @module */
import type { Case, Level } from '../case/case.ts'
import type { PathCase } from '../path/path-case.ts'
import type { PathSubject } from '../path/path-subject.ts'
import type { RegistryCase } from '../registry/registry-case.ts'
import type { RegistrySubject } from '../registry/registry-subject.ts'
import { canRun, runRegistryCase } from '../registry/run-registry-case.ts'
import { missingFeatures, runSourceCase, type SourceCase } from '../source/source-case.ts'
import type { SourceSubject } from '../source/source-subject.ts'
import type { Subject } from '../subject/subject.ts'
import { createPki } from '../world/pki.ts'
import { missingNeeds, runCase } from './run-case.ts'

/** What can be judged, and by what. */
export type Judged =
  | { readonly subject: Subject; readonly cases: readonly Case[] }
  | { readonly subject: RegistrySubject; readonly cases: readonly RegistryCase[] }
  | { readonly subject: SourceSubject; readonly cases: readonly SourceCase[] }
  | { readonly subject: PathSubject; readonly cases: readonly PathCase[] }

export interface SuiteCase {
  readonly id: string
  readonly title: string
  readonly level: Level
  readonly source: string
  /** What the case needs and is not there. */
  readonly missing: readonly string[]
  /** @throws ConformanceFailure; whatever a defect of the subject throws */
  run(): Promise<void>
}

/** @throws TypeError for what is no subject */
export function suiteOf(judged: Judged): readonly SuiteCase[] {
  if (isRegistry(judged)) {
    const { subject, cases } = judged
    return cases.map((each) => ({
      ...factsOf(each),
      missing: canRun(each, subject) ? [] : each.needs.filter((need) => !subject.features.includes(need)),
      run: () => runRegistryCase(each, subject),
    }))
  }
  if (isSource(judged)) {
    const { subject, cases } = judged
    const pki = onDemand(createPki)
    return cases.map((each) => ({
      ...factsOf(each),
      missing: missingFeatures(each, subject),
      run: async () => runSourceCase(each, subject, await pki()),
    }))
  }
  if (isPath(judged)) {
    const { subject, cases } = judged
    return cases.map((each) => ({
      ...factsOf(each),
      missing: each.needs.filter((need) => !subject.features.includes(need)),
      run: () => each.run(subject),
    }))
  }
  const { subject, cases } = judged as Extract<Judged, { subject: Subject }>
  if (typeof subject?.start !== 'function' || !Array.isArray(subject.features)) {
    throw new TypeError(
      'subject: { name, features, start }; for a registry { …, create }; for a source { …, source, present, absent }; for paths { …, verify }',
    )
  }
  const pki = onDemand(createPki)
  return cases.map((each) => ({
    ...factsOf(each),
    missing: missingNeeds(each, subject),
    run: async () => runCase(each, subject, await pki()),
  }))
}

function isRegistry(judged: Judged): judged is Extract<Judged, { subject: RegistrySubject }> {
  return typeof (judged.subject as Partial<RegistrySubject> | undefined)?.create === 'function'
}

function isSource(judged: Judged): judged is Extract<Judged, { subject: SourceSubject }> {
  return typeof (judged.subject as Partial<SourceSubject> | undefined)?.present === 'function'
}

function isPath(judged: Judged): judged is Extract<Judged, { subject: PathSubject }> {
  return typeof (judged.subject as Partial<PathSubject> | undefined)?.verify === 'function'
}

/** Minted by the first case that runs, for all of them. */
function onDemand<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

function factsOf({
  id,
  title,
  level,
  source,
}: Case | RegistryCase | SourceCase | PathCase): Omit<SuiteCase, 'missing' | 'run'> {
  return { id, title, level, source }
}
