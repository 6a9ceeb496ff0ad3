/** Which part of a CA's certificates a CRL is about, and whether a certificate is in it (RFC 5280 §5.2.5, §6.3.3). @module */
import { equalBytes } from '../bytes/equal.ts'
import { DerError } from '../der/der-error.ts'
import { DerReader } from '../der/reader.ts'
import { contextConstructed, contextPrimitive, SEQUENCE, SET } from '../der/tags.ts'
import { type DistributionPointName, readDistributionPointName } from '../x509/extension-values.ts'
import type { GeneralName } from '../x509/general-name.ts'
import { type Name, parseName } from '../x509/name.ts'
import { encodeDer } from './der-write.ts'
import { reasonsOf } from './revocation-reasons.ts'

/** What a CRL says of its own scope. */
export interface IssuingDistributionPoint {
  readonly name: DistributionPointName | undefined
  readonly only: 'user' | 'ca' | 'attribute' | undefined
  readonly reasons: number
  readonly indirect: boolean
}

/** Throws `DerError`, also for what §5.2.5 forbids. */
export function readIssuingDistributionPoint(value: DerReader): IssuingDistributionPoint {
  const scope = value.enter(SEQUENCE)
  // §5.2.5: never an empty SEQUENCE.
  if (scope.isDone) throw new DerError('der-truncated', scope.start)
  const outer = scope.enterOptional(contextConstructed(0))
  const name = outer === undefined ? undefined : readDistributionPointName(outer)
  outer?.finish()
  const user = scope.readBooleanDefaultFalse(contextPrimitive(1))
  const ca = scope.readBooleanDefaultFalse(contextPrimitive(2))
  const reasons = reasonsOf(
    scope.nextTag === contextPrimitive(3) ? new Set(scope.readNamedBits(contextPrimitive(3))) : undefined,
  )
  const indirect = scope.readBooleanDefaultFalse(contextPrimitive(4))
  const attribute = scope.readBooleanDefaultFalse(contextPrimitive(5))
  scope.finish()
  // §5.2.5: at most one of the three.
  if (Number(user) + Number(ca) + Number(attribute) > 1) throw new DerError('der-tag-unexpected', scope.start)
  return { name, only: user ? 'user' : ca ? 'ca' : attribute ? 'attribute' : undefined, reasons, indirect }
}

/** All names that a distribution point goes by; one relative to the CRL issuer becomes a whole name under it. */
export function namesOf(name: DistributionPointName, crlIssuer: Name): readonly GeneralName[] {
  if (name.fullName !== undefined) return name.fullName
  if (name.relativeName === undefined) return []
  try {
    const whole = parseName(appendRelativeName(crlIssuer.der, name.relativeName))
    return [directoryName(whole)]
  } catch (error) {
    // A name that does not parse is nobody's, and so in no scope.
    if (error instanceof DerError) return []
    throw error
  }
}

export function directoryName(name: Name): GeneralName {
  return { kind: 'directory', name, der: name.der }
}

/** RFC 5280 §6.3.3 (b)(2)(i): one name in common is enough, wherever it stands in either list. */
export function shareName(some: readonly GeneralName[], others: readonly GeneralName[]): boolean {
  return some.some((one) => others.some((other) => isSameName(one, other)))
}

function isSameName(one: GeneralName, other: GeneralName): boolean {
  if (one.kind === 'directory') return other.kind === 'directory' && one.name.equals(other.name)
  return one.kind === other.kind && equalBytes(one.der, other.der)
}

function appendRelativeName(name: Uint8Array, relativeName: Uint8Array): Uint8Array {
  const existing = new DerReader(name).readOctetString(SEQUENCE)
  return encodeDer(SEQUENCE, existing, encodeDer(SET, relativeName))
}
