/** The command `countersign-conformance`. @module */
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { adapterCases } from '../cases/adapter-cases.ts'
import { pathCases } from '../path/path-cases.ts'
import { registryCases } from '../registry/registry-cases.ts'
import { checkDivergences, type Divergence } from '../run/divergences.ts'
import { evaluate } from '../run/evaluate.ts'
import type { CaseResult, Profile, Report } from '../run/report.ts'
import { sourceCases } from '../source/source-cases.ts'
import { type AnySubject, isPathSubject, isRegistrySubject, isSourceSubject, loadSubjects } from './load-subject.ts'
import { markdownReport } from './markdown-report.ts'
import { reportSchema } from './report-schema.ts'

const USAGE = `countersign-conformance run <subject.js> [options]
countersign-conformance list [--json]
countersign-conformance schema

Runs every case that applies to the subject that the module exports.

  --profile baseline|strict  what must pass: every MUST, or every MUST and SHOULD (default: strict)
  --divergences <file>       JSON: [{ "id": …, "reason": … }], cases that are known to fail
  --only <text>              only cases whose id begins with this
  --report <file>            writes the report as JSON
  --markdown <file>          writes the report as Markdown
  --quiet                    no progress

Exit status: 0 everything asked for passed, 1 something did not, 2 the input cannot be used.
`

const ALL_CASES = [...adapterCases, ...registryCases, ...sourceCases, ...pathCases]

export interface CommandOutput {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** @returns the exit status */
export async function runCommand(args: readonly string[], output: CommandOutput): Promise<0 | 1 | 2> {
  try {
    const { positionals, values } = parse(args)
    const [command, path] = positionals
    if (values.help === true) output.out(USAGE)
    else if (command === 'schema') output.out(`${JSON.stringify(reportSchema, undefined, 2)}\n`)
    else if (command === 'list') output.out(listOf(values.json === true))
    else if (command === 'run' && path !== undefined && positionals.length === 2) return await run(path, values, output)
    else {
      output.err(USAGE)
      return 2
    }
    return 0
  } catch (error) {
    output.err(`${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  }
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      profile: { type: 'string' },
      divergences: { type: 'string' },
      only: { type: 'string' },
      report: { type: 'string' },
      markdown: { type: 'string' },
      quiet: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
}

type Values = ReturnType<typeof parse>['values']

async function run(path: string, values: Values, output: CommandOutput): Promise<0 | 1> {
  const profile = values.profile ?? 'strict'
  if (profile !== 'baseline' && profile !== 'strict') throw new Error('--profile: baseline or strict')
  const subjects = await loadSubjects(path)
  for (const subject of subjects) checkFeatures(subject)
  const divergences = values.divergences === undefined ? [] : await readDivergences(values.divergences)
  const reports: Report[] = []
  for (const subject of subjects) {
    const report = await judge(subject, profile, divergences, values, output)
    // A mistyped `--only`, or features that allow nothing: nobody conforms by not being asked.
    if (report.results.every(({ outcome }) => outcome === 'not-applicable')) {
      throw new Error(`${subject.name}: no case was run; look at --only and at the features of the subject`)
    }
    reports.push(report)
    output.out(summaryOf(report))
  }
  const [first] = reports
  if (values.report !== undefined) {
    await writeFile(values.report, `${JSON.stringify(reports.length === 1 ? first : reports, undefined, 2)}\n`)
  }
  if (values.markdown !== undefined) await writeFile(values.markdown, reports.map(markdownReport).join('\n'))
  return reports.every(({ ok }) => ok) ? 0 : 1
}

/** A mistyped feature would silently leave cases out. @throws Error that names those that there are */
function checkFeatures(subject: AnySubject): void {
  const cases: readonly { readonly needs: readonly string[] }[] = casesFor(subject)
  const known = [...new Set(cases.flatMap(({ needs }) => needs))].filter((need) => need !== 'ipv6')
  const [unknown] = subject.features.filter((feature) => !known.includes(feature))
  if (unknown === undefined) return
  throw new Error(`${subject.name}: features: there is no "${unknown}"; there are ${known.toSorted().join(', ')}`)
}

function casesFor(subject: AnySubject) {
  if (isRegistrySubject(subject)) return registryCases
  if (isSourceSubject(subject)) return sourceCases
  return isPathSubject(subject) ? pathCases : adapterCases
}

async function judge(
  subject: AnySubject,
  profile: Profile,
  divergences: readonly Divergence[],
  { only = '', quiet }: Values,
  { err }: CommandOutput,
): Promise<Report> {
  const isChosen = ({ id }: { readonly id: string }) => id.startsWith(only)
  const onResult = (result: CaseResult) => {
    if (quiet !== true || result.outcome === 'failed' || result.outcome === 'unexpected-pass') err(lineOf(result))
  }
  if (isRegistrySubject(subject)) {
    const cases = registryCases.filter(isChosen)
    return evaluate(subject, cases, { profile, divergences: divergencesOf(cases, divergences), onResult })
  }
  if (isPathSubject(subject)) {
    const cases = pathCases.filter(isChosen)
    return evaluate(subject, cases, { profile, divergences: divergencesOf(cases, divergences), onResult })
  }
  if (isSourceSubject(subject)) {
    const cases = sourceCases.filter(isChosen)
    return evaluate(subject, cases, { profile, divergences: divergencesOf(cases, divergences), onResult })
  }
  const cases = adapterCases.filter(isChosen)
  return evaluate(subject, cases, { profile, divergences: divergencesOf(cases, divergences), onResult })
}

/** With `--only`, the others are not in the way. */
function divergencesOf(cases: readonly { readonly id: string }[], all: readonly Divergence[]): readonly Divergence[] {
  return all.filter(({ id }) => cases.some((each) => each.id === id))
}

async function readDivergences(path: string): Promise<readonly Divergence[]> {
  const read: unknown = JSON.parse(await readFile(path, 'utf8'))
  return checkDivergences(read, ALL_CASES)
}

const MARKS = {
  passed: 'ok',
  failed: 'FAILED',
  'not-applicable': '-',
  diverged: 'diverged',
  'unexpected-pass': 'UNEXPECTED PASS',
}

function lineOf({ outcome, level, id, title, source, failure, missing, reason }: CaseResult): string {
  const line = `${MARKS[outcome].padEnd(8)} ${level.padEnd(6)} ${id}: ${title}\n`
  if (missing !== undefined) return `${line.trimEnd()} (needs ${missing.join(', ')})\n`
  if (outcome === 'unexpected-pass') return `${line}         listed as diverging: ${reason}\n`
  if (failure === undefined || outcome === 'diverged') return line
  const exchanges = failure.exchanges.map((exchange) => `\n${indent(exchange)}\n`).join('')
  return `${line}         ${failure.rule} (${source})\n         expected ${failure.expected}, got ${failure.actual}\n${exchanges}`
}

function indent(text: string): string {
  return text.replace(/^/gm, '         ')
}

/** As many as fit on a screen. */
const MAX_LISTED_IDS = 20

function summaryOf({ subject, profile, ok, counts, durationMilliseconds, results }: Report): string {
  const parts = Object.entries(counts).flatMap(([outcome, count]) => (count > 0 ? `${count} ${outcome}` : []))
  const seconds = (durationMilliseconds / 1000).toFixed(1)
  const wrong = results.flatMap(({ id, outcome }) => (outcome === 'failed' || outcome === 'unexpected-pass' ? id : []))
  const listed = wrong.slice(0, MAX_LISTED_IDS).map((id) => `  ${id}\n`)
  const more = wrong.length > MAX_LISTED_IDS ? `  and ${wrong.length - MAX_LISTED_IDS} more\n` : ''
  const verdict = ok ? 'conforms' : 'does not conform'
  return `${subject}: ${parts.join(', ')} in ${seconds} s; ${verdict} to ${profile}\n${listed.join('')}${more}`
}

function listOf(asJson: boolean): string {
  const cases = ALL_CASES.map(({ id, level, title, source, needs }) => ({
    id,
    level,
    title,
    source,
    needs,
  }))
  if (asJson) return `${JSON.stringify(cases, undefined, 2)}\n`
  return cases.map(({ id, level, title }) => `${level.padEnd(6)} ${id}: ${title}\n`).join('')
}
