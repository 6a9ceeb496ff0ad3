/** The outcome of the cases as a table, at most 100 columns wide. @module */
import type { Expected } from './cases.ts'
import type { Outcome } from './run-cases.ts'

/** How to make text stand out; each returns it as it is where colours are not wanted. */
export interface Style {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
}

export function createStyle(colours: boolean): Style {
  const style = (code: number) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text)
  return { good: style(32), bad: style(31), strong: style(1), faint: style(2) }
}

const SENT_COLUMNS = 42
const CAME_BACK_COLUMNS = 27

/** Cases that expect the same stand together under what they expect. */
export function formatOutcomes(outcomes: readonly Outcome[], style: Style): string {
  const lines = [style.faint(row('    ', 'sent', 'came back', 'reason, for the operator'))]
  let heading: string | undefined
  for (const outcome of outcomes) {
    const expected = describe(outcome.expected)
    if (expected !== heading) lines.push(`  ${style.faint('expected')} ${style.strong(expected)}`)
    heading = expected
    const cameBack = [outcome.status || 'nothing', outcome.problem].join(' ')
    const mark = outcome.asExpected ? style.good('✓') : style.bad('✗')
    lines.push(`  ${mark} ${row('', outcome.sent, cameBack, outcome.reason ?? '')}`.trimEnd())
    if (!outcome.asExpected && 'reason' in outcome.expected) {
      lines.push(style.bad(`      expected the reason ${outcome.expected.reason}`))
    }
    if (outcome.note !== undefined) lines.push(style.faint(`      ${outcome.note}`))
  }
  return lines.join('\n')
}

export function formatCount(outcomes: readonly Outcome[], style: Style): string {
  const good = outcomes.filter(({ asExpected }) => asExpected).length
  const text = `${good} of ${outcomes.length} as expected`
  return good === outcomes.length && good > 0 ? style.good(text) : style.bad(text)
}

function row(indent: string, sent: string, cameBack: string, reason: string): string {
  return `${indent}${sent.padEnd(SENT_COLUMNS)}${cameBack.padEnd(CAME_BACK_COLUMNS)}${reason}`
}

function describe(expected: Expected): string {
  return 'problem' in expected ? `${expected.status} ${expected.problem}` : `${expected.status}, as Acme`
}
