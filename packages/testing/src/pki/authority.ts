/** Certification authorities that live in memory: a root, what it issues, and the lists it signs. @module */
import { type CrlOptions, createCrl } from '../revocation/crl.ts'
import {
  type CertificateDefaults,
  type CertificateOptions,
  type Clock,
  type Encoded,
  type IssuedCertificate,
  mintCertificate,
} from './certificate.ts'

export interface AuthorityOptions extends CertificateOptions {
  /** How many CAs may stand between this one and a leaf. Default: no limit. */
  readonly pathLength?: number
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
}

/** A self-signed root CA. */
export async function createAuthority(options: RootOptions = {}): Promise<Authority> {
  const clock = options.clock ?? systemClock
  return withPowers(await mintCertificate(options, authorityDefaults(options), undefined, clock), clock)
}

/** A self-signed client certificate that no CA stands behind. */
export async function createSelfSigned(
  options: CertificateOptions & { readonly clock?: Clock } = {},
): Promise<IssuedCertificate> {
  return mintCertificate(options, CLIENT, undefined, options.clock ?? systemClock)
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

function withPowers(own: IssuedCertificate, clock: Clock): Authority {
  let crlNumber = 0n
  return {
    ...own,
    async issueAuthority(options = {}) {
      return withPowers(await mintCertificate(options, authorityDefaults(options), own, clock), clock)
    },
    issueClient: (options = {}) => mintCertificate(options, CLIENT, own, clock),
    issueServer: (options = {}) =>
      mintCertificate(namesSomeone(options) ? options : { ...LOOPBACK, ...options }, SERVER, own, clock),
    async crl(options = {}) {
      const number = options.number ?? crlNumber + 1n
      if (number !== 'absent') crlNumber = BigInt(number)
      return createCrl(own, { ...options, number }, clock)
    },
  }
}

function namesSomeone({ dns, ip, uri, email, spiffe, alternativeNames }: CertificateOptions): boolean {
  return [dns, ip, uri, email, spiffe, alternativeNames].some((names) => names !== undefined)
}

function systemClock(): Date {
  return new Date()
}
