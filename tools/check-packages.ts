/**
 * Packs every package and looks at the tarball a user would get: what is in it, publint, and whether its types resolve.
 * @module
 */

import { execFile } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { ROOT } from './steps.ts'

const PACKS = resolve(ROOT, '.packs')

/** Names that pnpm adds to every package, whatever `files` says. */
const ALWAYS: readonly string[] = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']

const ATTW_OPTIONS: readonly string[] = '--profile esm-only --format ascii --no-emoji --no-color --quiet'.split(' ')

const run = promisify(execFile)

/** What of a tarball's list of files should not be there. */
export function checkContents(paths: readonly string[]): readonly string[] {
  return [
    ...paths.filter((path) => !isExpected(path)),
    ...ALWAYS.filter((name) => name !== 'CHANGELOG.md' && !paths.includes(name)).map((name) => `${name} is missing`),
  ]
}

function isExpected(path: string): boolean {
  if (ALWAYS.includes(path)) return true
  if (/\.test\.|\.test-d\./.test(path)) return false
  return /^src\/.+\.ts$/.test(path) || /^dist\/.+\.(?:js|d\.ts)(?:\.map)?$/.test(path)
}

/** The names in a tar archive: 512-byte headers, each followed by its file, padded (POSIX.1 ustar). */
export function listTarball(archive: Uint8Array): readonly string[] {
  const BLOCK = 512
  const text = (start: number, length: number): string => {
    const field = archive.subarray(start, start + length)
    const end = field.indexOf(0)
    return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString('utf8')
  }
  const names: string[] = []
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0; ) {
    const prefix = text(at + 345, 155)
    names.push((prefix ? `${prefix}/` : '') + text(at, 100))
    const size = Number.parseInt(text(at + 124, 12), 8)
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return names.map((name) => name.replace(/^package\//, ''))
}

async function checkPackage(tarball: string): Promise<readonly string[]> {
  const name = basename(tarball)
  const contents = checkContents(listTarball(gunzipSync(readFileSync(tarball)))).map((path) => `${name}: ${path}`)
  const linted = await complaint('publint', '--strict', tarball)
  const typed = await complaint('attw', tarball, ...ATTW_OPTIONS)
  return [...contents, ...linted, ...typed]
}

async function complaint(tool: string, ...args: readonly string[]): Promise<readonly string[]> {
  try {
    await run(resolve(ROOT, 'node_modules/.bin', tool), args, { cwd: ROOT })
    return []
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    return [`${tool} ${basename(args.find((arg) => arg.endsWith('.tgz')) ?? '')}\n${stdout}${stderr}`]
  }
}

if (process.argv[1] === import.meta.filename) {
  rmSync(PACKS, { recursive: true, force: true })
  mkdirSync(PACKS)
  await run('pnpm', ['-r', '--filter', './packages/*', 'pack', '--pack-destination', PACKS], { cwd: ROOT })
  const tarballs = globSync('*.tgz', { cwd: PACKS }).map((name) => resolve(PACKS, name))
  if (tarballs.length === 0) throw new Error('nothing was packed')
  const problems = (await Promise.all(tarballs.map(checkPackage))).flat()
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
