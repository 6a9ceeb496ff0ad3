/** Cases of one kind and how they are run against one subject: what evaluating and registering are written against. @module */
import type { Case, Level } from '../case/case.ts'
import type { RegistryCase } from '../registry/registry-case.ts'
import type { RegistrySubject } from '../registry/registry-subject.ts'
import { canRun, runRegistryCase } from '../registry/run-registry-case.ts'
import type { Subject } from '../subject/subject.ts'
import { createPki, type Pki } from '../world/pki.ts'
import { missingNeeds, runCase } from './run-case.ts'

/** What can be judged, and by what. */
export type Judged =
  | { readonly subject: Subject; readonly cases: readonly Case[] }
  | { readonly subject: RegistrySubject; readonly cases: readonly RegistryCase[] }

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
  const { subject, cases } = judged as Extract<Judged, { subject: Subject }>
  if (typeof subject?.start !== 'function' || !Array.isArray(subject.features)) {
    throw new TypeError('subject: { name, features, start }, or a registry: { name, features, create }')
  }
  let minted: Promise<Pki> | undefined
  return cases.map((each) => ({
    ...factsOf(each),
    missing: missingNeeds(each, subject),
    run: async () => {
      minted ??= createPki()
      await runCase(each, subject, await minted)
    },
  }))
}

function isRegistry(judged: Judged): judged is Extract<Judged, { subject: RegistrySubject }> {
  return typeof (judged.subject as Partial<RegistrySubject> | undefined)?.create === 'function'
}

function factsOf({ id, title, level, source }: Case | RegistryCase): Omit<SuiteCase, 'missing' | 'run'> {
  return { id, title, level, source }
}
