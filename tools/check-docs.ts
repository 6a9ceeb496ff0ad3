/**
 * Every relative link in the documentation leads somewhere, and every TypeScript block in it compiles.
 *
 * A block is a module of its own. What a reader need not see stands before it in a comment, `<!-- prelude … -->`;
 * `<!-- continues -->` joins a block to the one before it. Lines keep their numbers, so that the compiler's messages
 * point into the page.
 * @module
 */

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ROOT } from './steps.ts'

/** Below docs/, whose package.json brings the packages and frameworks that the blocks import. */
const BLOCKS = 'docs/.blocks'

export interface Page {
  readonly path: string
  readonly lines: readonly string[]
}

/** Blocks with their preludes, each as long as the page, everything else on it blank. */
export function extractModules({ lines }: Page): readonly string[] {
  const modules: string[][] = []
  let kept: Readonly<Record<number, string>> = {}
  let joins = false
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]?.trim() ?? ''
    if (line === '<!-- continues -->') joins = true
    else if (line === '<!-- prelude') {
      const end = indexFrom(lines, at + 1, (text) => text.trim() === '-->')
      kept = slice(lines, at + 1, end)
      at = end
    } else if (isFence(line)) {
      const fence = /^`+/.exec(line)?.[0] ?? ''
      const end = indexFrom(lines, at + 1, (text) => text.trim() === fence)
      if (/^(?:ts|typescript)\b/.test(line.slice(fence.length))) {
        const module = joins ? modules.pop() : undefined
        modules.push(Object.assign(module ?? lines.map(() => ''), kept, slice(lines, at + 1, end)))
      }
      kept = {}
      joins = false
      at = end
    }
  }
  return modules.map((module) => `${module.join('\n')}\nexport {}\n`)
}

/** Relative links whose file, or whose heading, is not there. */
export function findBrokenLinks(page: Page, read: (path: string) => string | undefined): readonly string[] {
  return proseLines(page.lines).flatMap(({ text, line }) =>
    [...text.replace(/`[^`]*`/g, '``').matchAll(/\]\(([^()\s]+)(?:\s+"[^"]*")?\)/g)].flatMap(([, target = '']) => {
      if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return []
      const [file = '', anchor] = target.split('#')
      const path = file === '' ? page.path : join(dirname(page.path), file)
      const content = read(path)
      if (content === undefined) return [`${page.path}:${line}: ${target} leads nowhere`]
      const known = anchor === undefined || !path.endsWith('.md') || headings(content).includes(anchor)
      return known ? [] : [`${page.path}:${line}: ${target} names no heading of ${path}`]
    }),
  )
}

/** The anchors that forges make from headings: lower case, punctuation dropped, spaces as hyphens, repeats numbered. */
function headings(content: string): readonly string[] {
  const counts = new Map<string, number>()
  return proseLines(content.split('\n')).flatMap(({ text }) => {
    const title = /^#{1,6}\s+(.+)$/.exec(text)?.[1]
    if (title === undefined) return []
    const slug = title
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-')
    const seen = counts.get(slug) ?? 0
    counts.set(slug, seen + 1)
    return [seen === 0 ? slug : `${slug}-${seen}`]
  })
}

function proseLines(lines: readonly string[]): readonly { readonly text: string; readonly line: number }[] {
  const prose: { text: string; line: number }[] = []
  for (let at = 0; at < lines.length; at++) {
    const text = lines[at] ?? ''
    if (!isFence(text.trim())) {
      prose.push({ text, line: at + 1 })
      continue
    }
    const fence = /^`+/.exec(text.trim())?.[0] ?? ''
    at = indexFrom(lines, at + 1, (other) => other.trim() === fence)
  }
  return prose
}

function isFence(line: string): boolean {
  return line.startsWith('```')
}

function indexFrom(lines: readonly string[], start: number, matches: (line: string) => boolean): number {
  const found = lines.findIndex((line, index) => index >= start && matches(line))
  return found < 0 ? lines.length : found
}

function slice(lines: readonly string[], start: number, end: number): Readonly<Record<number, string>> {
  return Object.fromEntries(lines.slice(start, end).map((line, index) => [start + index, line]))
}

function readPages(): readonly Page[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z', '*.md'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  return listed
    .split('\0')
    .filter((path) => path !== '' && !path.endsWith('CHANGELOG.md') && existsSync(resolve(ROOT, path)))
    .map((path) => ({ path, lines: readFileSync(resolve(ROOT, path), 'utf8').split('\n') }))
}

function compile(pages: readonly Page[]): readonly string[] {
  const folder = resolve(ROOT, BLOCKS)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const modules = pages.flatMap((page) =>
    extractModules(page).map((text, index) => ({ name: `${page.path.replaceAll('/', '__')}.${index + 1}.ts`, text })),
  )
  for (const { name, text } of modules) writeFileSync(join(folder, name), text)
  if (modules.length === 0) return []
  const { status, stdout, stderr } = spawnSync(
    resolve(ROOT, 'node_modules/.bin/tsc'),
    ['-p', 'docs', '--pretty', 'false'],
    {
      cwd: ROOT,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    },
  )
  return status === 0 ? [] : [`${stdout}${stderr}`]
}

function readText(path: string): string | undefined {
  const full = resolve(ROOT, path)
  if (!existsSync(full)) return undefined
  return path.endsWith('.md') ? readFileSync(full, 'utf8') : ''
}

if (process.argv[1] === import.meta.filename) {
  const pages = readPages()
  const problems = [...pages.flatMap((page) => findBrokenLinks(page, readText)), ...compile(pages)]
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
