/** How a case fails: which rule was broken, and the exchanges that show it, without their secrets. @module */

export class ConformanceFailure extends Error {
  readonly code = 'conformance-failure'
  /** What should have been so, as a sentence. */
  readonly rule: string
  readonly expected: string
  readonly actual: string
  /** What was sent and what came back, redacted. Filled in by whoever runs the case. */
  exchanges: readonly string[] = []

  constructor(rule: string, expected: unknown, actual: unknown) {
    const [wanted, found] = [show(expected), show(actual)]
    super(`${rule}: expected ${wanted}, got ${found}`)
    this.name = 'ConformanceFailure'
    this.rule = rule
    this.expected = wanted
    this.actual = found
  }
}

/** Long enough for a problem document. */
const MAX_SHOWN_CHARACTERS = 600

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text
}
