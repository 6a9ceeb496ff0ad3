/** Whether an option is a registry at all, asked once, at construction. @module */
import type { Registry } from './registry.ts'

/** @throws TypeError that names the option and what is missing */
export function assertRegistry(registry: unknown, option: string): asserts registry is Registry {
  if (typeof registry !== 'object' || registry === null) {
    throw new TypeError(`${option}: a registry, for instance memoryRegistry()`)
  }
  if (registry instanceof Promise) throw new TypeError(`${option}: a promise; await it first`)
  const members = registry as Record<string, unknown>
  for (const name of ['findKey', 'findPartner'] satisfies (keyof Registry)[]) {
    if (typeof members[name] !== 'function') throw new TypeError(`${option}: has no ${name}()`)
  }
  for (const name of ['denied', 'watch'] satisfies (keyof Registry)[]) {
    if (members[name] !== undefined && typeof members[name] !== 'function') {
      throw new TypeError(`${option}: ${name} is not a function`)
    }
  }
}
