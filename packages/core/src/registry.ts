/** Partners, their certificate rules and their keys: where they are kept, and how they are changed. @module */

export { abortable } from './registry/abortable.ts'
export type { AuditAction, AuditFilter, AuditRecord } from './registry/audit.ts'
export { auditId, parseAuditRecord } from './registry/audit.ts'
export type { Cache, CacheCounts, CacheOptions } from './registry/cached-registry.ts'
export { cached } from './registry/cached-registry.ts'
export type { CertificateContext, CertificateNames } from './registry/certificate-names.ts'
export { certificateNames } from './registry/certificate-names.ts'
export { changesOf } from './registry/changes-of.ts'
export { assertRegistry } from './registry/check-registry.ts'
export type { RegistryOptions } from './registry/create-registry.ts'
export { createRegistry } from './registry/create-registry.ts'
export { denialHandle, ruleHandle } from './registry/handles.ts'
export { pageFrom, parseRecord } from './registry/kept-records.ts'
export { memoryRegistry } from './registry/memory-registry.ts'
export type { CertificateRule, CertificateRuleKind, KeyRecord, Partner } from './registry/records.ts'
export type {
  Actor,
  CertificateDenial,
  ForeignKey,
  IssuedKey,
  KeyCause,
  KeyRotation,
  KeySnapshot,
  NewKey,
  NewPartner,
  Page,
  PageOf,
  Registry,
  RegistryAdmin,
  RegistryChange,
  RegistryWatch,
} from './registry/registry.ts'
export type { RegistryErrorCode } from './registry/registry-error.ts'
export { RegistryError } from './registry/registry-error.ts'
export { RegistryFault } from './registry/registry-fault.ts'
export { denialFor, ruleFor } from './registry/rule-for.ts'
export { checkRules, meetsRule } from './registry/rules.ts'
export type { BoundedPage, Commit, RecordWrite, RegistryStorage, Versioned } from './registry/storage.ts'
export type { KeyUse } from './registry/usage.ts'
export type { AcceptedUse, UsageRecorder, UsageRecorderOptions } from './registry/usage-recorder.ts'
export { usageRecorder } from './registry/usage-recorder.ts'
export { Watchers } from './registry/watchers.ts'
