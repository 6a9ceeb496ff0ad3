/** Rules and denials read off a certificate, for onboarding and for the day a key is lost. @module */
import { primitives as nativePrimitives } from '#primitives'
import { encodeHex } from '../bytes/hex.ts'
import type { Primitives } from '../primitives/primitives.ts'
import type { Certificate } from '../x509/certificate.ts'
import type { CertificateRule, CertificateRuleKind } from './records.ts'
import type { CertificateDenial } from './registry.ts'

/**
 * The rule of one kind that this certificate meets.
 *
 * @param anchor label of the trust anchor that must vouch for a name
 * @throws TypeError if the certificate has no name of that kind, or several, of which one must then be chosen
 */
export async function ruleFor(
  certificate: Certificate,
  kind: CertificateRuleKind,
  anchor?: string,
  primitives: Primitives = nativePrimitives,
): Promise<CertificateRule> {
  const value = await valueFor(certificate, kind, primitives)
  return Object.freeze(anchor === undefined ? { kind, value } : { kind, value, anchor })
}

/** `serial` denies this one certificate, whatever its signature octets; `public-key` each certificate there is or will be for its key. */
export async function denialFor(
  certificate: Certificate,
  by: 'serial' | 'public-key',
  primitives: Primitives = nativePrimitives,
): Promise<CertificateDenial> {
  if (by === 'public-key') return { publicKey: await sha256(certificate.publicKey, primitives) }
  return { issuer: encodeHex(certificate.issuer.der), serialNumber: encodeHex(certificate.serialNumber) }
}

async function valueFor(certificate: Certificate, kind: CertificateRuleKind, primitives: Primitives): Promise<string> {
  switch (kind) {
    case 'subject-dn':
      if (certificate.subject.isEmpty) throw new TypeError('the certificate has no subject')
      return encodeHex(certificate.subject.der)
    case 'public-key':
      return sha256(certificate.publicKey, primitives)
    case 'certificate':
      return sha256(certificate.der, primitives)
    case 'san-dns':
      return onlyName(certificate, 'dns')
    case 'san-uri':
      return onlyName(certificate, 'uri')
    case 'san-ip':
      return onlyName(certificate, 'ip')
    case 'san-email':
      return onlyName(certificate, 'email')
  }
}

function onlyName(certificate: Certificate, kind: 'dns' | 'uri' | 'ip' | 'email'): string {
  const values = (certificate.subjectAltName ?? []).flatMap((name) => (name.kind === kind ? name.value : []))
  if (values.length > 1)
    throw new TypeError(`the certificate has ${values.length} names of kind ${kind}; write the rule out`)
  const [value] = values
  if (value === undefined) throw new TypeError(`the certificate has no name of kind ${kind}`)
  if (value.includes('*')) throw new TypeError('the certificate has a wildcard, which meets no rule')
  return value
}

async function sha256(octets: Uint8Array, primitives: Primitives): Promise<string> {
  return encodeHex(await primitives.digest('SHA-256', octets))
}
