/** A verdict on a path, for programs and for people. @module */
import { createHash } from 'node:crypto'
import type { RevocationReason } from '@countersign/core/revocation'
import type { Certificate, PathReason, VerifiedPath, VerifyPathResult } from '@countersign/core/x509'
import { describeReason } from './describe-reason.ts'

export type Verdict = VerifyPathResult<RevocationReason>

/** What the output says of revocation. */
export type RevocationWord = 'good' | 'not checked' | 'checked'

/** One JSON object; dates in ISO 8601. */
export function jsonReport(verdict: Verdict, revocation: RevocationWord, at: Date): string {
  const { ok } = verdict
  const facts = ok
    ? {
        path: verdict.path.certificates.map(describeCertificate),
        anchor: describeAnchor(verdict.path),
        notAfter: verdict.path.notAfter,
        policies: verdict.path.policies,
      }
    : { reason: { ...verdict.reason, text: describeReason(verdict.reason) } }
  return `${JSON.stringify({ ok, at, ...facts, revocation }, undefined, 2)}\n`
}

export function textReport(verdict: Verdict, revocation: RevocationWord, at: Date): string {
  return [
    ...(verdict.ok ? acceptedLines(verdict.path) : refusedLines(verdict.reason, at)),
    `revocation: ${revocation}`,
    '',
  ].join('\n')
}

function acceptedLines(path: VerifiedPath): string[] {
  const { anchor } = describeAnchors(path)
  const lines = path.certificates.map(
    (certificate, index) =>
      `  ${index}  ${certificate.subject}${names(certificate)}, until ${time(certificate.notAfter)}`,
  )
  return ['accepted', ...lines, `  anchor  ${anchor}`, `holds until ${time(path.notAfter)}`]
}

function refusedLines(reason: PathReason | RevocationReason, at: Date): string[] {
  const rule = 'clause' in reason ? [`  rule: ${reason.clause}`] : []
  return [
    `refused: ${reason.code}`,
    `  certificate ${reason.index} (${reason.subject || 'no name'}): ${describeReason(reason)}`,
    ...rule,
    `  judged at ${time(at)}`,
  ]
}

function describeCertificate(certificate: Certificate, index: number): Record<string, unknown> {
  return {
    index,
    subject: String(certificate.subject),
    issuer: String(certificate.issuer),
    serialNumber: certificate.serialNumberHex,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    sha256: sha256(certificate.der),
    publicKeySha256: sha256(certificate.publicKey),
  }
}

function describeAnchor(path: VerifiedPath): Record<string, unknown> {
  const { anchor, publicKey } = describeAnchors(path)
  return { subject: anchor, publicKeySha256: publicKey }
}

function describeAnchors({ anchor }: VerifiedPath): { anchor: string; publicKey: string } {
  // Anchors of this command come from certificates.
  return { anchor: String(anchor.certificate?.subject ?? ''), publicKey: sha256(anchor.publicKey) }
}

function names({ subjectAltName = [] }: Certificate): string {
  const texts = subjectAltName.flatMap((each) => ('value' in each ? [each.value] : []))
  return texts.length === 0 ? '' : ` (${texts.slice(0, 3).join(', ')}${texts.length > 3 ? ', …' : ''})`
}

function sha256(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex')
}

function time(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z')
}
