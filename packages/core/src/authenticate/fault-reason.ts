/** What was thrown, as a reason: a registry that is down is not a defect of ours. @module */
import type { FaultReason } from '../problem/reason.ts'
import { RegistryFault } from '../registry/registry-fault.ts'

/** Only names go on: a message may quote what was being worked on. */
export function faultReason(error: unknown): FaultReason {
  if (error instanceof RegistryFault) return { code: 'registry-unavailable', call: error.call, cause: error.fault }
  return { code: 'internal-error', cause: error instanceof Error ? error.name : typeof error }
}
