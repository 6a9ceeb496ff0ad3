/** A report for people to read. @module */
import type { CaseResult, Report } from '../run/report.ts'

export function markdownReport(report: Report): string {
  const { subject, runtime, profile, ok, counts, results } = report
  const wrong = results.filter(({ outcome }) => outcome === 'failed' || outcome === 'unexpected-pass')
  const diverged = results.filter(({ outcome }) => outcome === 'diverged')
  const left = results.filter(({ outcome }) => outcome === 'not-applicable')
  return [
    `# ${subject}`,
    '',
    `${ok ? 'Conforms' : 'Does not conform'} to the profile \`${profile}\` (${runtime}).`,
    '',
    '| | passed | failed | diverged | unexpectedly passed | not applicable |',
    '|---|---|---|---|---|---|',
    ...areasOf(results).map(([area, members]) => `| ${area} | ${row(members)} |`),
    `| **all ${results.length}** | ${counts.passed} | ${counts.failed} | ${counts.diverged} | ${counts['unexpected-pass']} | ${counts['not-applicable']} |`,
    '',
    ...wrong.flatMap(failureLines),
    ...list('Diverged', diverged, ({ reason }) => reason ?? ''),
    ...list('Not applicable', left, ({ missing = [] }) => `needs ${missing.join(', ')}`),
  ].join('\n')
}

/** By the part of the id before the first slash, in order of appearance. */
function areasOf(results: readonly CaseResult[]): readonly (readonly [string, readonly CaseResult[]])[] {
  const areas = new Map<string, CaseResult[]>()
  for (const result of results) {
    const area = result.id.split('/')[0] ?? ''
    areas.set(area, [...(areas.get(area) ?? []), result])
  }
  return [...areas]
}

function row(members: readonly CaseResult[]): string {
  const outcomes = ['passed', 'failed', 'diverged', 'unexpected-pass', 'not-applicable'] as const
  return outcomes.map((each) => members.filter(({ outcome }) => outcome === each).length || '').join(' | ')
}

function failureLines({ id, level, title, source, failure, reason }: CaseResult): readonly string[] {
  const head = [`## ${level} \`${id}\``, '', `${title} (${source}).`, '']
  if (failure === undefined) return [...head, `It passes, although it is listed as diverging: ${reason}`, '']
  const { rule, expected, actual, exchanges } = failure
  return [
    ...head,
    `- rule: ${rule}`,
    `- expected: ${inline(expected)}`,
    `- actual: ${inline(actual)}`,
    '',
    ...exchanges.flatMap((exchange) => ['```http', exchange, '```', '']),
  ]
}

function list(title: string, results: readonly CaseResult[], note: (result: CaseResult) => string): readonly string[] {
  if (results.length === 0) return []
  return [`## ${title}`, '', ...results.map((result) => `- \`${result.id}\`: ${note(result)}`), '']
}

function inline(text: string): string {
  return text.replaceAll('\n', ' ')
}
