/** What a reason says, in a sentence for people. @module */
import type { RevocationReason } from '@countersign/core/revocation'
import type { NameFact, PathReason } from '@countersign/core/x509'

export function describeReason(reason: PathReason | RevocationReason): string {
  switch (reason.code) {
    case 'issuer-unknown':
      return `nobody named ${reason.issuer} is an anchor or among the intermediates, or none of them leads to an anchor`
    case 'signature-invalid':
      return 'its signature was not made with the key of its issuer'
    case 'algorithm-refused':
      return `its signature algorithm is not one that the policy names: ${reason.algorithm || 'unreadable'}`
    case 'algorithm-unsupported':
      return `this runtime (${reason.runtime}) does not have its signature algorithm, ${reason.algorithm}`
    case 'algorithm-mismatch':
      return `it says that it was signed with ${reason.algorithm}, but its issuer has a key for ${reason.key}`
    case 'key-refused':
      return `a key that the policy does not take: ${describeKey(reason.key)}`
    case 'certificate-expired':
      return `it expired at ${time(reason.notAfter)}`
    case 'certificate-not-yet-valid':
      return `it is not valid before ${time(reason.notBefore)}`
    case 'anchor-expired':
      return `the anchor expired at ${time(reason.notAfter)}`
    case 'anchor-not-yet-valid':
      return `the anchor is not valid before ${time(reason.notBefore)}`
    case 'certificate-version':
      return `a certificate of version ${reason.version} cannot say that it is a CA`
    case 'certificate-malformed':
      return `it is no well-formed certificate: ${reason.error} at octet ${reason.offset}`
    case 'serial-number-invalid':
      return 'its serial number is zero'
    case 'subject-empty':
      return 'a CA without a name'
    case 'basic-constraints-missing':
      return 'it issued the certificate below it, and is no CA'
    case 'path-length-exceeded':
      return `it allows ${reason.limit} CAs below itself, and there are ${reason.length}`
    case 'key-usage-missing':
      return `its key usage does not include ${reason.required}`
    case 'key-usage-contradictory':
      return 'its key usage includes keyCertSign, and it is no CA'
    case 'extended-key-usage-missing':
      return `it is not for the purpose ${reason.required}; ${describePurposes(reason.present)}`
    case 'extension-critical-unknown':
      return `it has a critical extension that is not known: ${reason.extension}`
    case 'extension-critical-forbidden':
      return `its extension ${reason.extension} is critical, which it must not be`
    case 'extension-critical-required':
      return `its extension ${reason.extension} is not critical, which it must be here`
    case 'extension-misplaced':
      return `it has the extension ${reason.extension}, which only a CA may have`
    case 'extension-missing':
      return `it lacks the extension ${reason.extension}`
    case 'name-constraint-violated':
      return reason.constraint === undefined
        ? `its name ${name(reason.name)} is outside what certificate ${reason.by} permits`
        : `its name ${name(reason.name)} is within ${name(reason.constraint)}, which certificate ${reason.by} excludes`
    case 'name-constraint-unsupported':
      return `certificate ${reason.by} constrains names of a form that is not understood, and it has ${name(reason.name)}`
    case 'name-constraint-malformed':
      return `its name constraint ${name(reason.constraint)} cannot be read`
    case 'name-malformed':
      return `its name ${name(reason.name)} is not well-formed`
    case 'name-missing':
      return `the name ${name(reason.name)} is not in its subject alternative name`
    case 'policy-unacceptable':
      return 'no acceptable certificate policy holds for the whole path'
    case 'policy-mapping-invalid':
      return 'it maps anyPolicy'
    case 'depth-exceeded':
      return `the path would have more than ${reason.limit} intermediates`
    case 'budget-exhausted':
      return `the search was given up: it would have cost more ${BUDGETS[reason.limit]} than allowed`
    case 'certificate-revoked':
      return `it was revoked at ${time(reason.revokedAt)} (${reason.revocationReason})`
    case 'certificate-status-unknown':
      return 'the responder of its issuer does not know it'
    case 'revocation-unavailable':
      return `whether it is revoked cannot be told: ${reason.cause}`
  }
}

const BUDGETS = { work: 'work', nameComparisons: 'comparisons of names', bytes: 'octets' } as const

function describeKey(key: Extract<PathReason, { code: 'key-refused' }>['key']): string {
  switch (key.fault) {
    case 'malformed':
      return 'it cannot be read'
    case 'algorithm':
      return `algorithm ${key.algorithm}`
    case 'curve':
      return `curve ${key.curve}`
    case 'rsa-modulus':
      return `RSA of ${key.bits} bits`
    case 'rsa-exponent':
      return 'its RSA exponent'
  }
}

function describePurposes(present: readonly string[] | undefined): string {
  return present === undefined ? 'it names no purposes' : `its purposes are ${present.join(', ')}`
}

function name({ kind, value }: NameFact): string {
  return `${kind} ${JSON.stringify(value)}`
}

function time(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z')
}
