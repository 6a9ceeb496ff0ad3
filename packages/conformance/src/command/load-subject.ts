/** Subjects from a module of somebody else's. @module */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { RegistrySubject } from '../registry/registry-subject.ts'
import type { Subject } from '../subject/subject.ts'

export type AnySubject = Subject | RegistrySubject

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
        `${path}: export a subject, { name, features, start }, or for a registry { name, features, create }`,
      )
    }
  }
  return found as readonly AnySubject[]
}

export function isRegistrySubject(subject: AnySubject): subject is RegistrySubject {
  return 'create' in subject
}

function isSubject(value: unknown): boolean {
  const { name, features, start, create } = (value ?? {}) as Record<string, unknown>
  return (
    typeof name === 'string' && Array.isArray(features) && [start, create].some((each) => typeof each === 'function')
  )
}
