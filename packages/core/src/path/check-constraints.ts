/** What the certificates of one path demand of each other (RFC 5280 §6.1.3 (b) to (f), §6.1.4 (a) to (j)). @module */
import type { Certificate } from '../x509/certificate.ts'
import { EXTENSION } from '../x509/oids.ts'
import type { Meter } from './budget.ts'
import type { PathReason } from './path-reason.ts'
import type { PathSettings } from './path-settings.ts'
import type { PreparedAnchor } from './trust-anchor.ts'

export function checkConstraints(
  certificates: readonly Certificate[],
  _anchor: PreparedAnchor,
  _settings: PathSettings,
  _meter: Meter,
): { readonly policies: readonly string[] } | { readonly reason: PathReason } {
  for (const [index, certificate] of certificates.entries())
    for (const extension of [EXTENSION.nameConstraints, EXTENSION.policyConstraints, EXTENSION.policyMappings])
      if (index > 0 && certificate.extension(extension) !== undefined)
        return {
          reason: {
            code: 'extension-critical-unknown',
            extension,
            index,
            subject: certificate.subject.toString(),
            clause: 'RFC 5280 §6.1.4',
          },
        }
  return { policies: [] }
}
