/** A registry in the memory of this process: for tests, and for partners that are written in code. @module */
import { createRegistry, type RegistryOptions } from './create-registry.ts'
import { PartnerBook } from './partner-book.ts'
import type { RegistryAdmin } from './registry.ts'

/** Gone when the process ends. Every look-up is answered at once, without a promise. */
export function memoryRegistry(options: RegistryOptions = {}): RegistryAdmin {
  return createRegistry(new PartnerBook('memoryRegistry'), options)
}
