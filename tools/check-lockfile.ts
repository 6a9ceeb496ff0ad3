/**
 * The lockfile serves every contributor: each native tool for each platform, and nothing that ties it to one registry.
 *
 * A registry that lacks a platform's package lets pnpm leave it out without a word.
 * @module
 */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ROOT } from './steps.ts'

const PLATFORMS: readonly string[] = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64', 'win32-x64']

/** Tools of which the registry has fewer platforms, each with what then does not run there. */
const INCOMPLETE: Readonly<Record<string, string>> = {
  '@oxc-parser/binding 0.156.0': 'knip, which CI runs on Linux',
}

const PLATFORM_PACKAGE =
  /^ {2}'?((?:@[^/\s]+\/)?[^\s@']+?)[-/](darwin|linux|win32)-(x64|arm64)(?:-gnu|-msvc)?@([^:'\s(]+)/gm

export function checkLockfile(
  text: string,
  incomplete: Readonly<Record<string, string>> = INCOMPLETE,
): readonly string[] {
  const lacking = new Map(
    [...platformsByTool(text)].map(([tool, have]) => [tool, PLATFORMS.filter((p) => !have.has(p))]),
  )
  return [
    ...[...lacking]
      .filter(([tool, gaps]) => gaps.length > 0 && !Object.hasOwn(incomplete, tool))
      .map(([tool, gaps]) => `${tool}: no ${gaps.join(', ')}`),
    ...Object.keys(incomplete)
      .filter((tool) => (lacking.get(tool) ?? []).length === 0)
      .map((tool) => `${tool}: listed as incomplete, but is complete or gone; remove it from the list`),
    ...text
      .split('\n')
      .flatMap((line, index) =>
        /https?:\/\/|tarball:/.test(line) ? [`line ${index + 1} names a host: ${line.trim()}`] : [],
      ),
  ]
}

function platformsByTool(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const seen = new Map<string, Set<string>>()
  for (const [, name, os, cpu, version] of text.matchAll(PLATFORM_PACKAGE)) {
    const tool = `${name} ${version}`
    seen.set(tool, (seen.get(tool) ?? new Set()).add(`${os}-${cpu}`))
  }
  return seen
}

if (process.argv[1] === import.meta.filename) {
  const problems = checkLockfile(readFileSync(resolve(ROOT, 'pnpm-lock.yaml'), 'utf8'))
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
