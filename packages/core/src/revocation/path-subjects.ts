/** The certificates of a path of which a status can be asked. @module */
import { equalBytes } from '../bytes/equal.ts'
import type { VerifiedPath } from '../path/verified-path.ts'
import type { RevocationIssuer, RevocationSubject } from './revocation-provider.ts'

/** Every certificate below the anchor with its issuer, the leaf first. None if the leaf is the anchor: nobody is above it. */
export function subjectsOf(path: VerifiedPath): readonly RevocationSubject[] {
  const { anchor, certificates, leaf } = path
  if (equalBytes(leaf.publicKey, anchor.publicKey) && equalBytes(leaf.subject.der, anchor.subject)) return []
  return certificates.map((certificate, index) => {
    const above = certificates[index + 1]
    const issuer: RevocationIssuer =
      above === undefined ? anchor : { subject: above.subject.der, publicKey: above.publicKey, certificate: above }
    return { certificate, issuer, path, index }
  })
}
