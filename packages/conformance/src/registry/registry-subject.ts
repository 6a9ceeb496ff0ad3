/** What the author of a registry writes so that the suite can judge it. @module */
import type { RegistryAdmin, RegistryOptions } from '@countersign/core/registry'

export type RegistryFeature =
  /** What was acknowledged is there after everything was closed and opened again. */
  | 'durable'
  /** `open` called twice on one place gives two registries, as two processes would have them. */
  | 'shared'
  /** `interrupt` and `restore` are there. */
  | 'outage'
  /** Fast enough for cases that write thousands of records, or patient enough. */
  | 'scale'

export interface RegistrySubject {
  readonly name: string
  readonly features: readonly RegistryFeature[]
  /** A new and empty place for records. Several may be in use at once. */
  create(): Promise<RegistryPlace>
}

export interface RegistryPlace {
  /** A registry on this place. The options are handed on to `createRegistry`, or obeyed as it would. */
  open(options: RegistryOptions): RegistryAdmin | Promise<RegistryAdmin>
  /** Takes the store away from every open registry, as a network or a server that fails would. */
  interrupt?(): Promise<void>
  /** Brings it back with what it held. */
  restore?(): Promise<void>
  /** Removes the place. Its registries are closed. */
  dispose(): Promise<void>
}
