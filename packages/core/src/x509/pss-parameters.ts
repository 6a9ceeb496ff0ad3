/** RSASSA-PSS-params (RFC 4055 §3.1), reduced to the combinations that mean something: one hash for digest and mask. @module */
import type { DerReader } from '../der/reader.ts'
import { contextConstructed, SEQUENCE } from '../der/tags.ts'
import type { DigestAlgorithm } from '../primitives/primitives.ts'

export interface PssParameters {
  readonly hash: DigestAlgorithm
  readonly saltLength: number
}

const MGF1 = '1.2.840.113549.1.1.8'

const HASHES: Readonly<Record<string, DigestAlgorithm>> = {
  '1.3.14.3.2.26': 'SHA-1',
  '2.16.840.1.101.3.4.2.1': 'SHA-256',
  '2.16.840.1.101.3.4.2.2': 'SHA-384',
  '2.16.840.1.101.3.4.2.3': 'SHA-512',
}

/** §3.1: the defaults, which stand for absent fields. */
const DEFAULT_HASH: DigestAlgorithm = 'SHA-1'
const DEFAULT_SALT_LENGTH = 20
const TRAILER_FIELD_BC = 1

/** The longest salt that anything defines is a SHA-512 digest; the largest that a modulus of 8192 bits has room for is below this. */
const MAX_SALT_LENGTH = 1024

/** `undefined` for a hash that nobody knows, a mask function other than MGF1 of the same hash, or another trailer. */
export function readPssParameters(reader: DerReader): PssParameters | undefined {
  const parameters = reader.enter(SEQUENCE)
  const hashField = parameters.enterOptional(contextConstructed(0))
  const hash = hashField === undefined ? DEFAULT_HASH : readHash(hashField)
  hashField?.finish()
  const maskField = parameters.enterOptional(contextConstructed(1))
  const maskHash = maskField === undefined ? DEFAULT_HASH : readMask(maskField)
  maskField?.finish()
  const saltField = parameters.enterOptional(contextConstructed(2))
  const saltLength = saltField === undefined ? DEFAULT_SALT_LENGTH : saltField.readSmallInteger()
  saltField?.finish()
  const trailerField = parameters.enterOptional(contextConstructed(3))
  const trailer = trailerField === undefined ? TRAILER_FIELD_BC : trailerField.readSmallInteger()
  trailerField?.finish()
  parameters.finish()
  if (hash === undefined || maskHash !== hash || trailer !== TRAILER_FIELD_BC || saltLength > MAX_SALT_LENGTH)
    return undefined
  return { hash, saltLength }
}

/** Parameters are NULL or absent (§2.1: "implementations MUST accept" both). */
function readHash(field: DerReader): DigestAlgorithm | undefined {
  const identifier = field.enter(SEQUENCE)
  const oid = identifier.readOid()
  if (!identifier.isDone) identifier.readNull()
  identifier.finish()
  return HASHES[oid]
}

function readMask(field: DerReader): DigestAlgorithm | undefined {
  const identifier = field.enter(SEQUENCE)
  if (identifier.readOid() !== MGF1) return undefined
  const hash = readHash(identifier)
  identifier.finish()
  return hash
}
