/** What a registry keeps: partners, the rules that tell their certificates, and their keys. Plain data, as JSON could carry it. @module */

/** RFC 8705 §2.1.2 and two pins of our own. Exactly one kind a rule. */
export type CertificateRuleKind =
  /** `value`: the subject Name, DER in lower-case hex. */
  | 'subject-dn'
  /** `value`: a dNSName, to the letter; a wildcard meets no rule. */
  | 'san-dns'
  /** `value`: a uniformResourceIdentifier, to the letter (a SPIFFE ID, for one). */
  | 'san-uri'
  /** `value`: an IPv4 or IPv6 address in text. */
  | 'san-ip'
  /** `value`: an rfc822Name, to the letter. */
  | 'san-email'
  /** `value`: SHA-256 of the SubjectPublicKeyInfo, lower-case hex. Survives renewal with the same key. */
  | 'public-key'
  /** `value`: SHA-256 of the certificate, lower-case hex (RFC 8705 `x5t#S256` in hex). */
  | 'certificate'

export interface CertificateRule {
  readonly kind: CertificateRuleKind
  readonly value: string
  /** Label of the trust anchor under which a name counts. Required for name rules once more than one anchor is configured. */
  readonly anchor?: string
  /** ISO 8601 instants between which the rule is live; several live rules are how a certificate is rotated. */
  readonly notBefore?: string
  readonly notAfter?: string
}

export interface Partner {
  readonly id: string
  readonly status: 'active' | 'suspended'
  readonly rules: readonly CertificateRule[]
  /** What its keys may be granted at most. */
  readonly scopes: readonly string[]
  /** What its certificate alone is granted, where `require` lets it stand alone. */
  readonly certificateScopes?: readonly string[]
  /** Handed to the handler as it is. Never a secret. */
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly contact?: string
}

export interface KeyRecord {
  /** The id part of the key, which is no secret. */
  readonly id: string
  readonly partnerId: string
  /** `sha256$<hex>` of the whole key, or `hmac-sha256$<pepper version>$<hex>`. */
  readonly digest: string
  readonly scopes: readonly string[]
  /** `partner`: only with a certificate that meets a rule of its partner. `none`: also alone, where `require` lets it. */
  readonly binding: 'partner' | 'none'
  readonly status: 'active' | 'suspended' | 'revoked'
  /** Why it was suspended or revoked. `exposed`: it had been seen in a URL or over plaintext. */
  readonly cause?: 'exposed' | 'requested' | 'replaced'
  readonly notBefore?: string
  /** ISO 8601; left out: it does not expire. */
  readonly notAfter?: string
  readonly createdAt?: string
  /** What the key begins with, environment included: `cs_live`. */
  readonly prefix?: string
  /** Id of the key that was issued in its place. The old one holds until its own `notAfter`. */
  readonly replacedBy?: string
}
