/** Why no certification path was accepted (RFC 5280 §6): one arm for each rule, with its facts. Prose is made at the edge. @module */
import type { CertificateErrorCode } from '../x509/certificate-error.ts'
import type { KeyUsage } from '../x509/extension-values.ts'
import type { KeyFault } from '../x509/public-key.ts'

/** Which certificate, and which rule. */
export interface PathPlace {
  /** 0 is the leaf; the anchor has the index after the last certificate. */
  readonly index: number
  /** Text for people, at most 256 characters. */
  readonly subject: string
  readonly clause: string
}

/** A name as it stands in a certificate, for people; a directory name as text, other forms as DER in hexadecimal. */
export interface NameFact {
  readonly kind: 'dns' | 'ip' | 'email' | 'uri' | 'directory' | 'other' | 'registered-id' | 'x400' | 'edi-party'
  readonly value: string
}

export type PathReason =
  /** Neither an anchor nor an intermediate has the name that issued this certificate, or none leads to an anchor. */
  | (PathPlace & { readonly code: 'issuer-unknown'; readonly issuer: string })
  | (PathPlace & { readonly code: 'signature-invalid' })
  | (PathPlace & { readonly code: 'algorithm-refused'; readonly algorithm: string })
  /** The policy names the algorithm, this runtime does not have it. */
  | (PathPlace & { readonly code: 'algorithm-unsupported'; readonly algorithm: string; readonly runtime: string })
  | (PathPlace & { readonly code: 'algorithm-mismatch'; readonly algorithm: string; readonly key: string })
  | (PathPlace & { readonly code: 'key-refused'; readonly key: KeyFault })
  | (PathPlace & {
      readonly code: 'certificate-expired' | 'anchor-expired'
      readonly notAfter: Date
      readonly at: Date
    })
  | (PathPlace & {
      readonly code: 'certificate-not-yet-valid' | 'anchor-not-yet-valid'
      readonly notBefore: Date
      readonly at: Date
    })
  | (PathPlace & { readonly code: 'certificate-version'; readonly version: number })
  /** The octets are no certificate: made by whoever parsed them. */
  | (PathPlace & {
      readonly code: 'certificate-malformed'
      readonly error: CertificateErrorCode
      readonly offset: number
      readonly extension: string | undefined
    })
  | (PathPlace & { readonly code: 'serial-number-invalid' })
  | (PathPlace & { readonly code: 'subject-empty' })
  /** The issuer is not a CA. */
  | (PathPlace & { readonly code: 'basic-constraints-missing' })
  | (PathPlace & { readonly code: 'path-length-exceeded'; readonly limit: number; readonly length: number })
  | (PathPlace & { readonly code: 'key-usage-missing'; readonly required: KeyUsage })
  /** keyCertSign without cA. */
  | (PathPlace & { readonly code: 'key-usage-contradictory' })
  | (PathPlace & {
      readonly code: 'extended-key-usage-missing'
      readonly required: string
      readonly present: readonly string[] | undefined
    })
  | (PathPlace & {
      readonly code:
        | 'extension-critical-unknown'
        | 'extension-critical-forbidden'
        | 'extension-critical-required'
        | 'extension-misplaced'
        | 'extension-missing'
      readonly extension: string
    })
  /** `by`: index of the certificate, or anchor, whose constraint it is. `constraint` is the excluded subtree that it met, if any. */
  | (PathPlace & {
      readonly code: 'name-constraint-violated'
      readonly name: NameFact
      readonly by: number
      readonly constraint: NameFact | undefined
    })
  /** A constraint on a form of name that is not understood, where a certificate below has such a name. */
  | (PathPlace & { readonly code: 'name-constraint-unsupported'; readonly name: NameFact; readonly by: number })
  | (PathPlace & { readonly code: 'name-constraint-malformed'; readonly constraint: NameFact })
  | (PathPlace & { readonly code: 'name-malformed'; readonly name: NameFact })
  /** A name that the caller asked for. */
  | (PathPlace & { readonly code: 'name-missing'; readonly name: NameFact })
  | (PathPlace & { readonly code: 'policy-unacceptable' })
  | (PathPlace & { readonly code: 'policy-mapping-invalid' })
  | (PathPlace & { readonly code: 'depth-exceeded'; readonly limit: number })
  | (PathPlace & { readonly code: 'budget-exhausted'; readonly limit: 'work' | 'nameComparisons' | 'bytes' })

/** A reason as a check states it, before it is known where in a path the certificate stands. */
export type Unplaced<R> = R extends PathPlace ? Omit<R, 'index' | 'subject'> : never
