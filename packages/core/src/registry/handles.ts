/** Short texts by which a store finds rules and denials without understanding them. @module */
import type { CertificateNames } from './certificate-names.ts'
import type { CertificateRule } from './records.ts'
import type { CertificateDenial } from './registry.ts'

export function ruleHandle(rule: CertificateRule): string {
  return `${rule.kind}:${rule.value}`
}

/** The handle of every rule that the certificate could meet. */
export function certificateHandles(names: CertificateNames): readonly string[] {
  return [
    `certificate:${names.certificate}`,
    `public-key:${names.publicKey}`,
    `subject-dn:${names.subject}`,
    ...names.uri.map((value) => `san-uri:${value}`),
    ...names.dns.map((value) => `san-dns:${value}`),
    ...names.ip.map((value) => `san-ip:${value}`),
    ...names.email.map((value) => `san-email:${value}`),
  ]
}

export function denialHandle(denial: CertificateDenial): string {
  return 'publicKey' in denial ? `public-key:${denial.publicKey}` : `serial:${denial.issuer}:${denial.serialNumber}`
}

/** The handle of every denial that would hit the certificate. */
export function deniableHandles(names: CertificateNames): readonly string[] {
  return [`public-key:${names.publicKey}`, `serial:${names.issuer}:${names.serialNumber}`]
}
