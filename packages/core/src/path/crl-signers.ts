/**
 * Certificates beside a path that may speak about its certificates: a CA with a key of its own for CRLs, a new key of a CA
 * beside its old one, another CA that publishes for it (RFC 5280 §6.3.3 (f)). They are kept with the path, because the
 * client that sent them may not be there when its status is asked for again.
 * @module
 */
import { equalBytes } from '../bytes/equal.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { Name } from '../x509/name.ts'
import type { TrustAnchor } from './trust-anchor.ts'

/** An old, a new and a separate key for each level, and those above them. What a client sends stays small. */
const MAX_SIGNERS = 16

/** Candidates only: nothing of them is verified. */
export function crlSignersBeside(
  certificates: readonly Certificate[],
  anchor: TrustAnchor,
  intermediates: readonly Certificate[],
): readonly Certificate[] {
  const keys = [anchor, ...certificates].map(({ publicKey }) => publicKey)
  const isBeside = (candidate: Certificate): boolean => !keys.some((key) => equalBytes(key, candidate.publicKey))
  const signers = intermediates.filter(
    (candidate) => candidate.keyUsage?.has('cRLSign') === true && isBeside(candidate),
  )
  if (signers.length === 0) return signers
  const wanted = certificates.flatMap(signerNames)
  const found = signers.filter(({ subject }) => wanted.some((name) => name.equals(subject)))
  // What leads from a signer up to the anchor.
  for (const each of found) {
    if (found.length >= MAX_SIGNERS) break
    found.push(
      ...intermediates.filter(
        (above) => isBeside(above) && !found.includes(above) && above.subject.equals(each.issuer),
      ),
    )
  }
  return found.slice(0, MAX_SIGNERS)
}

/** The issuer, and whom a distribution point names in its place. */
function signerNames({ issuer, crlDistributionPoints = [] }: Certificate): readonly Name[] {
  const named = crlDistributionPoints.flatMap(({ crlIssuer = [] }) => crlIssuer)
  return [issuer, ...named.flatMap((each) => (each.kind === 'directory' ? [each.name] : []))]
}
