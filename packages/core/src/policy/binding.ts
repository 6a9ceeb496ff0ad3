/** Whether the credentials of one request vouch for each other. @module */
import type { CertificateNames } from '../registry/certificate-names.ts'
import type { KeySnapshot } from '../registry/registry.ts'
import { meetsRule } from '../registry/rules.ts'
import type { PolicyReason } from './policy-reason.ts'

/**
 * A key counts with a certificate that meets a live rule of the key's own partner. Presented together they must match even
 * if the key could stand alone: whoever shows a certificate shows it to be judged.
 *
 * @param names of the verified certificate; `undefined` if none was presented
 */
export function checkBinding(
  names: CertificateNames | undefined,
  snapshot: KeySnapshot,
  at: Date,
): PolicyReason | undefined {
  if (vouchesFor(names, snapshot, at)) return undefined
  const code = names === undefined ? 'certificate-required-by-key' : 'binding-missing'
  return { code, keyId: snapshot.key.id, partnerId: snapshot.partner.id }
}

/** In a time that depends on how many rules there are, and not on which of them is met. */
export function vouchesFor(names: CertificateNames | undefined, { key, partner }: KeySnapshot, at: Date): boolean {
  if (names === undefined) return key.binding === 'none'
  const { rules } = partner
  let isMet = false
  // A loop, because the methods of a frozen array are slow.
  for (const rule of rules) isMet = meetsRule(rule, names, at) || isMet
  return isMet
}
