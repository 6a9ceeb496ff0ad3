/**
 * `npm run conformance [-- --update] [NAME…]`: the whole suite, profile strict, over every adapter of this repository in every
 * version of its framework that is supported. Compares what came of it with `docs/conformance-results.json` and with the
 * table of `docs/conformance.md`, which is made from it; `--update` writes both.
 * @module
 */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { adapterCases, evaluate, type Report, type Subject } from '../packages/conformance/src/index.ts'
import { ROOT } from './steps.ts'

/** What of a report is the same on every machine and in every run. */
export interface Result {
  readonly subject: string
  readonly ok: boolean
  readonly passed: number
  readonly failed: readonly string[]
  readonly diverged: readonly string[]
  readonly notApplicable: readonly string[]
}

const RESULTS = 'docs/conformance-results.json'
const PAGE = 'docs/conformance.md'
const MARKS = ['<!-- results -->\n', '<!-- /results -->\n'] as const

export function resultOf({ subject, ok, counts, results }: Report): Result {
  const idsOf = (...outcomes: readonly string[]): readonly string[] =>
    results.filter(({ outcome }) => outcomes.includes(outcome)).map(({ id }) => id)
  return {
    subject,
    ok,
    passed: counts.passed,
    failed: idsOf('failed', 'unexpected-pass'),
    diverged: idsOf('diverged'),
    notApplicable: idsOf('not-applicable'),
  }
}

export function tableOf(results: readonly Result[]): string {
  const rows = results.map(
    ({ subject, passed, failed, diverged, notApplicable }) =>
      `| ${subject} | ${passed} | ${failed.length} | ${diverged.length} | ${notApplicable.length} |\n`,
  )
  return `| adapter | passed | failed | diverged | not applicable |\n|---|---|---|---|---|\n${rows.join('')}`
}

/** The page with another table between its marks. */
export function withTable(page: string, table: string): string {
  const start = page.indexOf(MARKS[0])
  const end = page.indexOf(MARKS[1])
  if (start < 0 || end < start) throw new Error(`${PAGE}: the marks of the table are missing`)
  return `${page.slice(0, start)}${MARKS[0]}\n${table}\n${page.slice(end)}`
}

async function judge(subject: Subject): Promise<Result> {
  const report = await evaluate(subject, adapterCases, { profile: 'strict' })
  const seconds = (report.durationMilliseconds / 1000).toFixed(1)
  console.log(
    `${report.ok ? 'ok    ' : 'FAILED'} ${subject.name.padEnd(12)} ${report.counts.passed} passed in ${seconds} s`,
  )
  for (const { id, outcome, failure } of report.results) {
    if (outcome === 'failed') console.error(`  ${id}: expected ${failure?.expected}, got ${failure?.actual}`)
    if (outcome === 'unexpected-pass') console.error(`  ${id}: passed, although a divergence says that it does not`)
  }
  return resultOf(report)
}

function read(path: string): string {
  return readFileSync(resolve(ROOT, path), 'utf8')
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { update: { type: 'boolean', default: false } },
  })
  const paths = globSync('packages/*/test/subject.ts', { cwd: ROOT }).sort()
  const results: Result[] = []
  for (const path of paths.filter(
    (each) => positionals.length === 0 || positionals.includes(each.split('/')[1] ?? ''),
  )) {
    const { subjects } = (await import(pathToFileURL(resolve(ROOT, path)).href)) as { subjects: readonly Subject[] }
    for (const subject of subjects) results.push(await judge(subject))
  }
  if (positionals.length === 0 && values.update) {
    writeFileSync(resolve(ROOT, RESULTS), `${JSON.stringify(results, undefined, 2)}\n`)
    writeFileSync(resolve(ROOT, PAGE), withTable(read(PAGE), tableOf(results)))
    // As lint wants it.
    execFileSync(resolve(ROOT, 'node_modules/.bin/biome'), ['format', '--write', RESULTS], { cwd: ROOT })
  }
  const kept = JSON.parse(read(RESULTS)) as readonly Result[]
  const changed = results.filter(
    (result) =>
      !isDeepStrictEqual(
        result,
        kept.find(({ subject }) => subject === result.subject),
      ),
  )
  for (const { subject } of changed)
    console.error(`${RESULTS}: ${subject} is out of date: npm run conformance -- --update`)
  process.exitCode = changed.length > 0 || results.some(({ ok }) => !ok) ? 1 : 0
}
