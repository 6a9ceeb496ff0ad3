/** Certification authorities that live in memory: a root, what it issues, and the lists it signs. @module */
import { nullValue } from '../der/write.ts'
import { type CrlOptions, createCrl } from '../revocation/crl.ts'
import { createOcspResponse, type OcspResponseOptions } from '../revocation/ocsp-response.ts'
import {
  type CertificateDefaults,
  type CertificateOptions,
  type Clock,
  type Encoded,
  type IssuedCertificate,
  mintCertificate,
} from './certificate.ts'
import { extension } from './extensions.ts'

export interface AuthorityOptions extends CertificateOptions {
  /** How many CAs may stand between this one and a leaf. Default: no limit. */
  readonly pathLength?: number
}

export interface OcspDelegateOptions extends CertificateOptions {
  /** Whether the delegate need not be checked itself (id-pkix-ocsp-nocheck). Default: `present`. */
  readonly noCheck?: 'present' | 'absent'
}

export interface RootOptions extends AuthorityOptions {
  /** The time that every date is counted from, here and in all that this CA issues. Default: the system's clock. */
  readonly clock?: Clock
}

/** A CA: its own certificate, and the power to issue. */
export interface Authority extends IssuedCertificate {
  /** An intermediate CA. */
  issueAuthority(options?: AuthorityOptions): Promise<Authority>
  /** A leaf with the extended key usage clientAuth. */
  issueClient(options?: CertificateOptions): Promise<IssuedCertificate>
  /** A leaf with the extended key usage serverAuth, for `localhost`, `127.0.0.1` and `::1` unless told otherwise. */
  issueServer(options?: CertificateOptions): Promise<IssuedCertificate>
  /** A certificate revocation list in this CA's name. */
  crl(options?: CrlOptions): Promise<Encoded>
  /** A certificate to which this CA delegates the signing of OCSP responses (RFC 6960 §4.2.2.2). */
  issueOcspDelegate(options?: OcspDelegateOptions): Promise<IssuedCertificate>
  /** An OCSP response of this CA's, or of a delegate's, in DER. */
  ocspResponse(options: OcspResponseOptions): Promise<Uint8Array<ArrayBuffer>>
}

/** A self-signed root CA. */
export async function createAuthority(options: RootOptions = {}): Promise<Authority> {
  return withPowers(await mintCertificate(options, authorityDefaults(options), undefined, options.clock))
}

/** A self-signed client certificate that no CA stands behind. */
export async function createSelfSigned(
  options: CertificateOptions & { readonly clock?: Clock } = {},
): Promise<IssuedCertificate> {
  return mintCertificate(options, CLIENT, undefined, options.clock)
}

const CLIENT: CertificateDefaults = {
  name: 'Client',
  days: 90,
  keyUsage: ['digitalSignature'],
  extendedKeyUsage: ['clientAuth'],
  basicConstraints: { ca: false },
}

const SERVER: CertificateDefaults = { ...CLIENT, name: 'Server', extendedKeyUsage: ['serverAuth'] }

const LOOPBACK: CertificateOptions = { dns: ['localhost'], ip: ['127.0.0.1', '::1'] }

function authorityDefaults({ pathLength }: AuthorityOptions): CertificateDefaults {
  return {
    name: 'Authority',
    days: 3650,
    keyUsage: ['keyCertSign', 'cRLSign'],
    extendedKeyUsage: 'none',
    basicConstraints: { ca: true, ...(pathLength === undefined ? {} : { pathLength }) },
  }
}

function delegateDefaults({ noCheck = 'present' }: OcspDelegateOptions): CertificateDefaults {
  return {
    ...CLIENT,
    name: 'OCSP delegate',
    extendedKeyUsage: ['OCSPSigning'],
    extensions: noCheck === 'present' ? [extension('ocspNoCheck', false, nullValue())] : [],
  }
}

function withPowers(own: IssuedCertificate): Authority {
  let crlNumber = 0n
  return {
    ...own,
    async issueAuthority(options = {}) {
      return withPowers(await mintCertificate(options, authorityDefaults(options), own))
    },
    issueClient: (options = {}) => mintCertificate(options, CLIENT, own),
    issueServer: (options = {}) =>
      mintCertificate(namesSomeone(options) ? options : { ...LOOPBACK, ...options }, SERVER, own),
    issueOcspDelegate: (options = {}) => mintCertificate(options, delegateDefaults(options), own),
    ocspResponse: (options) => createOcspResponse(own, options),
    async crl(options = {}) {
      const number = options.number ?? crlNumber + 1n
      if (number !== 'absent') crlNumber = BigInt(number)
      return createCrl(own, { ...options, number })
    },
  }
}

function namesSomeone({ dns, ip, uri, email, spiffe, alternativeNames }: CertificateOptions): boolean {
  return [dns, ip, uri, email, spiffe, alternativeNames].some((names) => names !== undefined)
}
