/** All cases that a registry passes. @module */
import { auditCases } from './audit-cases.ts'
import { keyCases } from './key-cases.ts'
import { partnerCases } from './partner-cases.ts'
import type { RegistryCase } from './registry-case.ts'
import { rotationCases } from './rotation-cases.ts'
import { ruleCases } from './rule-cases.ts'
import { sharedCases } from './shared-cases.ts'

export const registryCases: readonly RegistryCase[] = [
  ...partnerCases,
  ...keyCases,
  ...rotationCases,
  ...ruleCases,
  ...auditCases,
  ...sharedCases,
]
