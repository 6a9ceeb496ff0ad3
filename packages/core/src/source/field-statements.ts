/** What the other fields say about a forwarded certificate, or about its absence. Each can refuse; none spares anything. @module */
import type { FieldPlan } from './field-plan.ts'
import type { FieldRole } from './presets.ts'
import type { SourceReason } from './source-reason.ts'

/** Values by role; a field that did not come, or is not read, is not there. */
export type FieldTexts = Partial<Readonly<Record<FieldRole, string>>>

/** @param missing the certificate's own field says that there is none */
export function checkStatements(plan: FieldPlan, texts: FieldTexts, missing: boolean): SourceReason | undefined {
  return (
    checkOversized(plan, texts) ??
    checkPresence(plan, texts, missing) ??
    checkVerdict(plan.verdict, texts.verdict, missing) ??
    checkVerdict(plan.used, texts.used, missing)
  )
}

function checkOversized({ oversized }: FieldPlan, texts: FieldTexts): SourceReason | undefined {
  if (oversized === undefined || [undefined, '', 'false'].includes(texts.oversized)) return undefined
  const header = oversized.header.name
  return texts.oversized === 'true'
    ? { code: 'certificate-withheld', header, cause: 'it was too large to forward' }
    : { code: 'header-undecodable', header, cause: 'neither "true" nor "false"' }
}

function checkPresence(plan: FieldPlan, texts: FieldTexts, missing: boolean): SourceReason | undefined {
  const { presence, error, certificate } = plan
  if (presence === undefined) return undefined
  const header = presence.header.name
  if (!missing) {
    if (texts.presence !== presence.yes)
      return { code: 'header-undecodable', header, cause: 'does not say that a certificate is there' }
    const failed = error !== undefined && texts.error !== undefined && texts.error !== ''
    return failed ? { code: 'certificate-refused-upstream', header: error.header.name } : undefined
  }
  if (texts.presence === presence.yes)
    return { code: 'certificate-withheld', header: certificate.header.name, cause: 'presented, and not forwarded' }
  const known = texts.presence === undefined || presence.none.includes(texts.presence)
  return known ? undefined : { code: 'header-undecodable', header, cause: 'an unknown value' }
}

function checkVerdict(
  field: FieldPlan['verdict'],
  text: string | undefined,
  missing: boolean,
): SourceReason | undefined {
  if (field === undefined) return undefined
  const header = field.header.name
  if (!missing) return text === field.yes ? undefined : { code: 'certificate-refused-upstream', header }
  const nobody = text === undefined || text === field.yes || field.none.includes(text)
  return nobody ? undefined : { code: 'certificate-withheld', header, cause: 'the proxy refused it' }
}
