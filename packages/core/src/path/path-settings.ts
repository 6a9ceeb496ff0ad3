/** The options of one verification, checked and with every default filled in. @module */
import { primitives as nativePrimitives } from '#primitives'
import type { Primitives } from '../primitives/primitives.ts'
import { type AlgorithmPolicy, DEFAULT_ALGORITHMS } from '../x509/algorithm-policy.ts'
import { KEY_PURPOSE } from '../x509/oids.ts'
import { type Budget, DEFAULT_BUDGET } from './budget.ts'

/** What the leaf is to be used for: a word, or key purposes of which it must have every one (dotted decimal). */
export type CertificateUsage = 'client' | 'server' | 'any' | readonly string[]

export interface PathRules {
  /** Default `client`. */
  readonly usage?: CertificateUsage
  readonly extendedKeyUsage?: {
    /** A leaf without the extension. Default `refuse`. */
    readonly absent?: 'refuse' | 'accept'
    /** A leaf with anyExtendedKeyUsage in place of the purpose. Default `refuse`. */
    readonly any?: 'refuse' | 'accept'
  }
  /** Anchors whose own certificate is outside its dates. Default `refuse`. */
  readonly expiredAnchors?: 'refuse' | 'accept'
  /** Each must stand in the leaf's subject alternative name. */
  readonly names?: readonly RequestedName[]
  /** Most intermediates, self-issued ones not counted. Default: as deep as the budget goes. */
  readonly maxIntermediates?: number
  readonly policies?: PolicyRules
  readonly algorithms?: AlgorithmPolicy
  /** Whatever is left out keeps its default. */
  readonly budget?: Partial<Budget>
  readonly primitives?: Primitives
}

export interface RequestedName {
  readonly kind: 'dns' | 'ip' | 'email' | 'uri'
  readonly value: string
}

/** RFC 5280 §6.1.1 (c), (e), (f), (g). */
export interface PolicyRules {
  /** Default: any policy. */
  readonly acceptable?: readonly string[]
  readonly requireExplicit?: boolean
  readonly inhibitAny?: boolean
  readonly inhibitMapping?: boolean
}

export interface PathSettings {
  /** Milliseconds since 1970, whole seconds: certificates count in these (RFC 5280 §4.1.2.5). */
  readonly at: number
  readonly usage: CertificateUsage
  /** Key purposes of `usage`. */
  readonly purposes: readonly string[]
  readonly absentPurpose: 'refuse' | 'accept'
  readonly anyPurpose: 'refuse' | 'accept'
  readonly expiredAnchors: 'refuse' | 'accept'
  readonly names: readonly RequestedName[]
  readonly maxIntermediates: number
  readonly policies: PolicyRules
  readonly algorithms: AlgorithmPolicy
  readonly budget: Budget
  readonly primitives: Primitives
}

/** @throws TypeError that names the option */
export function resolveSettings(rules: PathRules, at: Date): PathSettings {
  const milliseconds = at instanceof Date ? at.getTime() : Number.NaN
  if (Number.isNaN(milliseconds)) throw new TypeError('at: a valid Date')
  const usage = rules.usage ?? 'client'
  const budget = rules.budget === undefined ? DEFAULT_BUDGET : { ...DEFAULT_BUDGET, ...rules.budget }
  if (rules.budget !== undefined)
    for (const [limit, value] of Object.entries(budget)) assertCount(`budget.${limit}`, value)
  if (rules.maxIntermediates !== undefined) assertCount('maxIntermediates', rules.maxIntermediates)
  return {
    at: Math.floor(milliseconds / 1000) * 1000,
    usage,
    purposes: purposesOf(usage),
    absentPurpose: word('extendedKeyUsage.absent', rules.extendedKeyUsage?.absent),
    anyPurpose: word('extendedKeyUsage.any', rules.extendedKeyUsage?.any),
    expiredAnchors: word('expiredAnchors', rules.expiredAnchors),
    names: rules.names ?? [],
    maxIntermediates: rules.maxIntermediates ?? budget.depth,
    policies: rules.policies ?? {},
    algorithms: rules.algorithms ?? DEFAULT_ALGORITHMS,
    budget,
    primitives: rules.primitives ?? nativePrimitives,
  }
}

const CLIENT_PURPOSES: readonly string[] = [KEY_PURPOSE.clientAuth]
const SERVER_PURPOSES: readonly string[] = [KEY_PURPOSE.serverAuth]

function purposesOf(usage: CertificateUsage): readonly string[] {
  if (usage === 'client') return CLIENT_PURPOSES
  if (usage === 'server') return SERVER_PURPOSES
  if (usage === 'any') return []
  if (!Array.isArray(usage) || usage.length === 0)
    throw new TypeError("usage: 'client', 'server', 'any' or a list of object identifiers")
  return usage
}

function word(option: string, value: 'refuse' | 'accept' | undefined): 'refuse' | 'accept' {
  if (value === undefined) return 'refuse'
  if (value !== 'refuse' && value !== 'accept') throw new TypeError(`${option}: 'refuse' or 'accept'`)
  return value
}

function assertCount(option: string, value: unknown): void {
  if (typeof value !== 'number' || !(value >= 0)) throw new TypeError(`${option}: a number, zero or more`)
}
