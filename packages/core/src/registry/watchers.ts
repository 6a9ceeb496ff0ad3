/** Who wants to hear of changes. @module */
import type { RegistryChange } from './registry.ts'

export class Watchers {
  readonly #watchers = new Set<(change: RegistryChange) => void>()

  get size(): number {
    return this.#watchers.size
  }

  add(onChange: (change: RegistryChange) => void): { close(): void } {
    // A function of its own each time, so that one that watches twice is told twice.
    const watcher = (change: RegistryChange): void => onChange(change)
    this.#watchers.add(watcher)
    return { close: () => void this.#watchers.delete(watcher) }
  }

  /** One that throws keeps none of the others from hearing. */
  tell(change: RegistryChange): void {
    for (const watcher of this.#watchers) {
      try {
        watcher(change)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  clear(): void {
    this.#watchers.clear()
  }
}
