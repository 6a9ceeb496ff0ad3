/**
 * `npm run conformance [-- --update] [NAME…]`: the whole suite, profile strict, over every adapter of this repository in every
 * version of its framework that is supported, and over what the core brings: registries, sources, its path validator. Fails
 * for whatever does not conform, and where a report is not the one that is kept in `docs/conformance/`; `--update` writes
 * these, and the tables of the README and of `docs/conformance.md`, which are made from them.
 * @module
 */
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import {
  adapterCases,
  evaluate,
  pathCases,
  type Report,
  registryCases,
  type Subject,
  sourceCases,
} from '../packages/conformance/src/index.ts'
import { pathSubject, registrySubjects, sourceSubjects } from '../packages/conformance/test/core-subjects.ts'
import { ROOT } from './steps.ts'

/** One report, and the package whose code it is about. */
export interface Kept {
  readonly folder: string
  readonly report: Report
}

const REPORTS = 'docs/conformance'
const MARKS = ['<!-- results -->\n', '<!-- /results -->\n'] as const

/** The pages that show a table, and which packages it is about. */
const PAGES: readonly (readonly [path: string, show: (kept: readonly Kept[]) => string])[] = [
  ['README.md', (kept) => adapterTable(kept, '')],
  ['docs/conformance.md', (kept) => `${adapterTable(kept, '../')}\n${coreTable(kept)}`],
]

/** A report without what is another in each run: how long it took, and where. */
export function timeless(report: Report): Report {
  const results = report.results.map((result) => ({ ...result, durationMilliseconds: 0 }))
  return { ...report, runtime: 'Node', durationMilliseconds: 0, results }
}

/** One result a line, so that a change of one case is one line of a difference. */
export function textOf({ results, ...report }: Report): string {
  const head = JSON.stringify(report, undefined, 2).replace(/\n\}$/, '')
  return `${head},\n  "results": [\n${results.map((result) => `    ${JSON.stringify(result)}`).join(',\n')}\n  ]\n}\n`
}

export function adapterTable(kept: readonly Kept[], base: string): string {
  const rows = kept
    .filter(({ folder }) => folder !== 'core')
    .map(
      ({ folder, report: { subject, counts } }) =>
        `| [\`@countersign/${folder}\`](${base}packages/${folder}) | ${subject} | ${numbersOf(counts)} |\n`,
    )
  return `| adapter | judged with | passed | failed | diverged | not applicable |\n|---|---|---|---|---|---|\n${rows.join('')}`
}

export function coreTable(kept: readonly Kept[]): string {
  const rows = kept
    .filter(({ folder }) => folder === 'core')
    .map(({ report: { subject, counts } }) => `| \`${subject}\` | ${numbersOf(counts)} |\n`)
  return `| of the core | passed | failed | diverged | not applicable |\n|---|---|---|---|---|\n${rows.join('')}`
}

function numbersOf(counts: Report['counts']): string {
  return [counts.passed, counts.failed + counts['unexpected-pass'], counts.diverged, counts['not-applicable']].join(
    ' | ',
  )
}

/** The page with another table between its marks. @throws Error for a page without marks */
export function withTable(page: string, table: string): string {
  const start = page.indexOf(MARKS[0])
  const end = page.indexOf(MARKS[1])
  if (start < 0 || end < start) throw new Error('the marks of the table are missing')
  return `${page.slice(0, start)}${MARKS[0]}\n${table}\n${page.slice(end)}`
}

/** In the order of the tables. */
export function keptReports(): readonly Kept[] {
  const paths = globSync(`${REPORTS}/*/*.json`, { cwd: ROOT }).sort()
  const kept = paths.map((path) => ({ folder: basename(dirname(path)), report: JSON.parse(read(path)) as Report }))
  return kept.sort((a, b) => Number(a.folder === 'core') - Number(b.folder === 'core'))
}

/** Pages that show something else than the reports that are kept. */
export function stalePages(): readonly string[] {
  const kept = keptReports()
  return PAGES.flatMap(([path, show]) => (withTable(read(path), show(kept)) === read(path) ? [] : path))
}

function pathOf({ folder, report }: Kept): string {
  const name = report.subject.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return `${REPORTS}/${folder}/${name.replace(/^-|-$/g, '')}.json`
}

function read(path: string): string {
  return readFileSync(resolve(ROOT, path), 'utf8')
}

/** Each subject in turn: they expect to be alone in their process. */
async function* judgeAll(wanted: (folder: string) => boolean): AsyncGenerator<Kept> {
  for (const path of globSync('packages/*/test/subject.ts', { cwd: ROOT }).sort()) {
    const folder = path.split('/')[1] ?? ''
    if (!wanted(folder)) continue
    const { subjects } = (await import(pathToFileURL(resolve(ROOT, path)).href)) as { subjects: readonly Subject[] }
    for (const subject of subjects) yield { folder, report: await evaluate(subject, adapterCases) }
  }
  if (!wanted('core')) return
  for (const subject of registrySubjects) yield { folder: 'core', report: await evaluate(subject, registryCases) }
  for (const subject of sourceSubjects) yield { folder: 'core', report: await evaluate(subject, sourceCases) }
  yield { folder: 'core', report: await evaluate(pathSubject, pathCases) }
}

function say({ subject, ok, counts, durationMilliseconds, results }: Report): void {
  const seconds = (durationMilliseconds / 1000).toFixed(1)
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${subject.padEnd(24)} ${counts.passed} passed in ${seconds} s`)
  for (const { id, outcome, failure } of results) {
    if (outcome === 'failed') console.error(`  ${id}: expected ${failure?.expected}, got ${failure?.actual}`)
    if (outcome === 'unexpected-pass') console.error(`  ${id}: passed, although a divergence says that it does not`)
  }
}

function write(judged: readonly Kept[]): void {
  for (const folder of new Set(judged.map((each) => each.folder))) {
    rmSync(resolve(ROOT, REPORTS, folder), { recursive: true, force: true })
    mkdirSync(resolve(ROOT, REPORTS, folder), { recursive: true })
  }
  for (const each of judged) writeFileSync(resolve(ROOT, pathOf(each)), textOf(timeless(each.report)))
  const kept = keptReports()
  for (const [path, show] of PAGES) writeFileSync(resolve(ROOT, path), withTable(read(path), show(kept)))
}

/** Whether a report says what the one says that is kept. A machine without IPv6 cannot say anything about it. */
export function agrees(report: Report, kept: Report): boolean {
  const hasIpv6 = !report.results.some(({ missing }) => missing?.includes('ipv6'))
  if (hasIpv6) return isDeepStrictEqual(timeless(report), kept)
  const results = report.results.map((result) =>
    result.missing?.includes('ipv6') ? (kept.results.find(({ id }) => id === result.id) ?? result) : result,
  )
  return isDeepStrictEqual(timeless({ ...report, results, counts: kept.counts }), kept)
}

function isKept(each: Kept): boolean {
  const path = pathOf(each)
  return existsSync(resolve(ROOT, path)) && agrees(each.report, JSON.parse(read(path)) as Report)
}

if (process.argv[1] === import.meta.filename) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { update: { type: 'boolean', default: false } },
  })
  const judged: Kept[] = []
  for await (const each of judgeAll((folder) => positionals.length === 0 || positionals.includes(folder))) {
    say(each.report)
    judged.push(each)
  }
  if (judged.length === 0) throw new Error('no such subject')
  if (values.update) write(judged)
  const stale = [...judged.filter((each) => !isKept(each)).map(pathOf), ...stalePages()]
  for (const path of stale) console.error(`${path} is out of date: npm run conformance -- --update`)
  process.exitCode = stale.length > 0 || judged.some(({ report }) => !report.ok) ? 1 : 0
}
