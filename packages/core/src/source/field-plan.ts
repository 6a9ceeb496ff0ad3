/** A row of the table and an operator's options, made into the fields that are read from each request. @module */
import { type CredentialHeader, credentialHeader } from './credential-header.ts'
import {
  type CertificateField,
  type FieldRole,
  type ForwardedPreset,
  NO_FIELD,
  PRESETS,
  type Preset,
  type StatementField,
} from './presets.ts'

export interface FieldOptions {
  /** Other names for the fields, by what they are for, where the operator chose them. */
  readonly headers?: Partial<Readonly<Record<FieldRole, string>>>
  /**
   * Default `ignore`: certificates are verified here, so a proxy's own verification may be switched off. `require` refuses,
   * in addition, what the proxy did not verify; it never spares anything.
   */
  readonly verdict?: 'ignore' | 'require'
}

/** Only fields that are read are in it. */
export interface FieldPlan {
  readonly certificate: CertificateField & Named
  readonly chain?: CertificateField & Named
  readonly presence?: StatementField & Named
  readonly error?: Named
  readonly oversized?: Named
  readonly digest?: Named
  readonly verdict?: StatementField & Named
  readonly used?: StatementField & Named
}

interface Named {
  readonly header: CredentialHeader
}

/** In this order they are read; the certificate first, because its faults say most. */
const ROLES: readonly FieldRole[] = [
  'certificate',
  'chain',
  'presence',
  'error',
  'oversized',
  'digest',
  'verdict',
  'used',
]

/** What they say can only refuse, and operators may forward certificates that the proxy does not verify. */
const VERDICT_ROLES: readonly FieldRole[] = ['verdict', 'used']

/** @throws TypeError for a name that carries no certificate, saying why; for a field that the row has not */
export function planFields(preset: ForwardedPreset, options: FieldOptions): FieldPlan {
  const row = rowOf(preset)
  const { headers = {}, verdict = 'ignore' } = options
  if (verdict !== 'ignore' && verdict !== 'require') throw new TypeError(`${preset}: verdict: 'ignore' or 'require'`)
  if (verdict === 'require' && row.verdict === undefined) throw new TypeError(`${preset}: verdict: it sends none`)
  for (const role of Object.keys(headers)) {
    if (!Object.hasOwn(row, role)) throw new TypeError(`${preset}: headers.${role}: it has no such field`)
  }
  const plan: Partial<Record<FieldRole, object>> = {}
  const names = new Set<string>()
  for (const role of ROLES) {
    const field = row[role]
    const name = headers[role] ?? field?.name
    if (field === undefined || name === undefined || (verdict === 'ignore' && VERDICT_ROLES.includes(role))) continue
    const header = credentialHeader(name, `${preset}: headers.${role}`)
    if (names.has(header.name)) throw new TypeError(`${preset}: headers.${role}: two fields of one name`)
    names.add(header.name)
    plan[role] = { ...field, header }
  }
  if (plan.certificate === undefined) {
    throw new TypeError(`${preset}: headers.certificate: name the field that carries it`)
  }
  return plan as unknown as FieldPlan
}

export function plannedHeaders(
  plan: FieldPlan,
): readonly { readonly role: FieldRole; readonly header: CredentialHeader }[] {
  return ROLES.flatMap((role) => {
    const field = plan[role]
    return field === undefined ? [] : [{ role, header: field.header }]
  })
}

function rowOf(preset: ForwardedPreset): Preset {
  if (Object.hasOwn(PRESETS, preset)) return PRESETS[preset]
  const instead = Object.hasOwn(NO_FIELD, preset) ? NO_FIELD[preset] : undefined
  throw new TypeError(
    instead === undefined
      ? `forwarded: nothing is known of "${String(preset).slice(0, 64)}"; there are ${Object.keys(PRESETS).join(', ')}`
      : `forwarded: "${preset}" has no field that carries a certificate: ${instead}`,
  )
}
