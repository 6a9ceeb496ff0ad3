/** Where a subject is known to differ, and why. @module */
export interface Divergence {
  readonly id: string
  /** For whoever reads the report. */
  readonly reason: string
}

/**
 * @param divergences as they were read from a file, for instance
 * @throws TypeError for an unknown id, one that is listed twice, or a reason that says nothing
 */
export function checkDivergences(
  divergences: unknown,
  cases: readonly { readonly id: string }[],
): readonly Divergence[] {
  if (!Array.isArray(divergences)) throw new TypeError('divergences: a list of { id, reason }')
  const known = new Set(cases.map(({ id }) => id))
  const seen = new Set<string>()
  for (const each of divergences as readonly (Partial<Divergence> | null)[]) {
    const { id, reason } = each ?? {}
    if (typeof id !== 'string' || !known.has(id)) throw new TypeError(`divergences: there is no case "${String(id)}"`)
    if (seen.has(id)) throw new TypeError(`divergences: "${id}" is listed twice`)
    if (typeof reason !== 'string' || reason.trim() === '') throw new TypeError(`divergences: "${id}" gives no reason`)
    seen.add(id)
  }
  return divergences as readonly Divergence[]
}
