/** Who a request comes from, as handlers see it: read-only, without secrets. @module */
import type { Require } from '../policy/requirement.ts'
import type { Certificate } from '../x509/certificate.ts'

export interface PrincipalPartner {
  readonly id: string
  /** As the registry keeps it. */
  readonly metadata: Readonly<Record<string, unknown>>
}

export interface PrincipalCertificate {
  /** SHA-256 of the certificate, lower-case hex. */
  readonly fingerprint: string
  /** SHA-256 of its SubjectPublicKeyInfo, lower-case hex. */
  readonly publicKey: string
  /** Lower-case hex. */
  readonly serialNumber: string
  /** For people. Never decide on it; decide on `names`, or on the partner. */
  readonly subject: string
  readonly names: {
    readonly dns: readonly string[]
    readonly uri: readonly string[]
    readonly ip: readonly string[]
    readonly email: readonly string[]
  }
  readonly notAfter: Date
  /** Label of the trust anchor that vouches for it. */
  readonly anchor: string | undefined
  /** The whole of it, parsed. Absent where a platform gave only its verdict. */
  readonly parsed: Certificate | undefined
}

export interface PrincipalKey {
  readonly id: string
  readonly notAfter: Date | undefined
}

/** What an access token says, beside what the principal says anyway. */
export interface PrincipalToken {
  /** `jti`. */
  readonly id: string | undefined
  readonly issuer: string
  readonly subject: string
  readonly expiresAt: Date
  readonly claims: Readonly<Record<string, unknown>>
}

/** `certificate`, `key` and `token` are there for certain where `require` demands them. */
export interface Principal<R extends Require = Require> {
  readonly partner: PrincipalPartner
  readonly certificate: R extends 'key' | 'certificate-or-key' ? PrincipalCertificate | undefined : PrincipalCertificate
  readonly key: R extends 'certificate+key' | 'key' ? PrincipalKey : PrincipalKey | undefined
  readonly token: R extends 'certificate+token'
    ? PrincipalToken
    : R extends 'certificate+key-or-token'
      ? PrincipalToken | undefined
      : undefined
  readonly scopes: ReadonlySet<string>
  /**
   * Aborts when the certificate, the key or the token is revoked or ends, so that a stream that already runs can end too.
   * Made on first use; dropped when the response ends.
   */
  readonly signal: AbortSignal
}
