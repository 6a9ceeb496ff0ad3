/** API keys: their form, their digests, and finding leaked ones. @module */

export type { DigestOptions } from './key/digest.ts'
export { digestKey } from './key/digest.ts'
export type { ExposedKey, TargetPart } from './key/exposed-keys.ts'
export { findExposedKeys, redactKeys } from './key/exposed-keys.ts'
export type { ForeignFormat } from './key/foreign-format.ts'
export type { KeyEnvironment, KeyFormFault, KeyGeneration, KeyParse, ParsedKey } from './key/key-format.ts'
export { generateKey, KEY_PATTERN, looksLikeKey, MAX_KEY_LENGTH, parseKey } from './key/key-format.ts'
export type { ExposureReason, KeyFramingReason, KeyReason } from './key/key-reason.ts'
export type { Pepper, Peppers } from './key/peppers.ts'
