/** Subjects from a module of somebody else's. @module */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PathSubject } from '../path/path-subject.ts'
import type { RegistrySubject } from '../registry/registry-subject.ts'
import type { SourceSubject } from '../source/source-subject.ts'
import type { Subject } from '../subject/subject.ts'

export type AnySubject = Subject | RegistrySubject | SourceSubject | PathSubject

/**
 * The default export, or the export `subject` or `subjects`: one or several.
 * @throws Error if the module cannot be loaded, or exports no subject
 */
export async function loadSubjects(path: string): Promise<readonly AnySubject[]> {
  const exported = (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>
  const found = [exported.default ?? exported.subject ?? exported.subjects].flat()
  for (const each of found) {
    if (!isSubject(each)) {
      throw new Error(
        `${path}: export a subject: { name, features, start } for an adapter, { name, features, create } for a registry, { name, features, source, present, absent } for a source, { name, features, verify } for paths`,
      )
    }
  }
  return found as readonly AnySubject[]
}

export function isRegistrySubject(subject: AnySubject): subject is RegistrySubject {
  return 'create' in subject
}

export function isSourceSubject(subject: AnySubject): subject is SourceSubject {
  return 'present' in subject
}

export function isPathSubject(subject: AnySubject): subject is PathSubject {
  return 'verify' in subject
}

function isSubject(value: unknown): boolean {
  const { name, features, start, create, present, verify } = (value ?? {}) as Record<string, unknown>
  return (
    typeof name === 'string' &&
    Array.isArray(features) &&
    [start, create, present, verify].some((each) => typeof each === 'function')
  )
}
