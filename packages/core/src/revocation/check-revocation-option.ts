/** Reads the option `certificate.revocation` once, and refuses what it does not understand. @module */
import { checkMembers, checkNumber, checkWord } from '../primitives/check-option.ts'
import type { RevocationOption, RevocationPolicy, RevocationRules } from './revocation-policy.ts'
import type { RevocationProvider } from './revocation-provider.ts'

const OPTION = 'certificate.revocation'

const RULES = ['unknown', 'depth', 'graceSeconds', 'noRevAvail'] as const

/** A grace beyond a year is a mistake of units. */
const MAX_GRACE_SECONDS = 366 * 86_400

/** @throws TypeError naming the option */
export function checkRevocationOption(option: RevocationOption): RevocationPolicy | 'unchecked' {
  if (option === 'unchecked') return option
  if (isProvider(option)) return { providers: [option] }
  if (isList(option)) return { providers: checkProviders(option) }
  const policy: unknown = option
  if (typeof policy !== 'object' || policy === null) {
    throw new TypeError(`${OPTION}: a provider, a list of providers, a policy, or 'unchecked'`)
  }
  const { providers, anchors, ...rules } = policy as RevocationPolicy
  if (!isList(providers)) throw new TypeError(`${OPTION}.providers: a list of providers`)
  const checked: RevocationPolicy = { ...checkRules(rules, OPTION), providers: checkProviders(providers) }
  if (anchors === undefined) return checked
  if (typeof anchors !== 'object' || anchors === null) throw new TypeError(`${OPTION}.anchors: rules by label`)
  const labelled = Object.entries(anchors).map(
    ([label, own]) => [label, checkRules(own, `${OPTION}.anchors.${label}`)] as const,
  )
  return { ...checked, anchors: Object.fromEntries(labelled) }
}

function checkProviders(providers: readonly unknown[]): readonly RevocationProvider[] {
  if (providers.length === 0)
    throw new TypeError(`${OPTION}: an empty list checks nothing; say 'unchecked' if that is meant`)
  return providers.map((provider, index) => {
    if (!isProvider(provider)) throw new TypeError(`${OPTION}[${index}]: a provider has a name and a function status`)
    return provider
  })
}

function checkRules(rules: RevocationRules, option: string): RevocationRules {
  checkMembers(rules, option, RULES)
  checkWord(rules.unknown, 'deny', `${option}.unknown`, ['deny', 'allow'])
  checkWord(rules.depth, 'chain', `${option}.depth`, ['chain', 'leaf'])
  checkWord(rules.noRevAvail, 'ignore', `${option}.noRevAvail`, ['ignore', 'honour'])
  checkNumber(rules.graceSeconds, 0, `${option}.graceSeconds`, 0, MAX_GRACE_SECONDS)
  return { ...rules }
}

function isProvider(value: unknown): value is RevocationProvider {
  if (typeof value !== 'object' || value === null) return false
  const { name, status } = value as { name?: unknown; status?: unknown }
  return typeof name === 'string' && typeof status === 'function'
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}
