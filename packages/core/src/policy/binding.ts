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
  { key, partner }: KeySnapshot,
  at: Date,
): PolicyReason | undefined {
  if (names === undefined) {
    return key.binding === 'none'
      ? undefined
      : { code: 'certificate-required-by-key', keyId: key.id, partnerId: partner.id }
  }
  const { rules } = partner
  // An index, because the methods of a frozen array are slow.
  for (const rule of rules) {
    if (meetsRule(rule, names, at)) return undefined
  }
  return { code: 'binding-missing', keyId: key.id, partnerId: partner.id }
}
