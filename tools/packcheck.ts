/**
 * Installs the packed packages and the frameworks in an empty project outside the workspace, as a user would, and runs
 * each script of `packcheck/` there twice: as it is, and rewritten to `require`. Then somebody else's adapter is judged by
 * the packed conformance suite.
 * @module
 */

import { spawnSync } from 'node:child_process'
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { ROOT } from './steps.ts'

const SCRIPTS = resolve(import.meta.dirname, 'packcheck')

/** An adapter and its subject, in a folder of the project. */
const THIRD_PARTY = 'examples/third-party-adapter'

/** Shared by the scripts, not run itself. */
const SUPPORT = 'partner.mjs'

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** Static imports as the `require` that a CommonJS user writes; what follows them may await. */
export function toCommonJs(text: string): string {
  const imports: string[] = []
  const body = text.replace(/^import (.+?) from ('[^']+')$/gm, (_, names: string, from: string) => {
    imports.push(`const ${names.replaceAll(' as ', ': ')} = require(${from})`)
    return ''
  })
  return `${imports.join('\n')}\nasync function main() {${body}}\nmain()\n`
}

function createProject(folder: string): void {
  const tarballs = Object.fromEntries(
    globSync('packages/*/package.json', { cwd: ROOT }).map((path) => {
      const { name } = readManifest(path)
      const [tarball] = globSync(`.packs/${name.replace('@', '').replace('/', '-')}-[0-9]*.tgz`, { cwd: ROOT })
      if (!tarball) throw new Error(`${name} is not packed; run \`npm run check\` first`)
      return [name, `file:${resolve(ROOT, tarball)}`]
    }),
  )
  const manifest = { private: true, dependencies: { ...tarballs, ...frameworks() } }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  // The packages name each other by version, which no registry has yet.
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), JSON.stringify({ overrides: tarballs, pmOnFail: 'ignore' }))
  mkdirSync(join(folder, basename(THIRD_PARTY)))
  for (const path of globSync(`${THIRD_PARTY}/*.mjs`, { cwd: ROOT })) {
    copyFileSync(resolve(ROOT, path), join(folder, basename(THIRD_PARTY), basename(path)))
  }
  for (const path of globSync('*.mjs', { cwd: SCRIPTS })) {
    copyFileSync(join(SCRIPTS, path), join(folder, path))
    if (path !== SUPPORT)
      writeFileSync(join(folder, path.replace(/\.mjs$/, '.cjs')), toCommonJs(readFileSync(join(SCRIPTS, path), 'utf8')))
  }
}

/** In the versions that the workspace tests with, which its store already holds. */
function frameworks(): Readonly<Record<string, string>> {
  const used = new Set(
    [SCRIPTS, resolve(ROOT, THIRD_PARTY)].flatMap((folder) =>
      globSync('*.mjs', { cwd: folder }).flatMap((path) =>
        [...readFileSync(join(folder, path), 'utf8').matchAll(/ from '([^'.][^']*)'/g)].map(([, name = '']) => name),
      ),
    ),
  )
  const known = globSync(['packages/*/package.json', `${THIRD_PARTY}/package.json`], { cwd: ROOT }).flatMap((path) => {
    const { dependencies, devDependencies } = readManifest(path)
    return Object.entries({ ...(path.startsWith('packages') ? {} : dependencies), ...devDependencies })
  })
  return Object.fromEntries(known.filter(([name, version]) => used.has(name) && !version.startsWith('workspace:')))
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(resolve(ROOT, path), 'utf8')) as Manifest
}

/** What went wrong, or nothing. */
function run(folder: string, command: string, ...args: readonly string[]): string | undefined {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
  })
  return status === 0 ? undefined : `${[command, ...args].join(' ')}\n${stdout}${stderr}${error ?? ''}`
}

function judgeThirdParty(folder: string): string | undefined {
  const subject = `${basename(THIRD_PARTY)}/subject.mjs`
  return run(folder, 'pnpm', 'exec', 'countersign-conformance', 'run', subject, '--quiet')
}

if (process.argv[1] === import.meta.filename) {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-packcheck-'))
  try {
    createProject(folder)
    const installing = run(folder, 'pnpm', 'install', '--prefer-offline', '--ignore-scripts')
    const scripts = globSync('*.{mjs,cjs}', { cwd: folder }).filter((path) => path !== SUPPORT)
    if (scripts.length === 0) throw new Error('there is no script to run')
    const problems = installing
      ? [installing]
      : [
          ...scripts.sort().flatMap((path) => report(path, run(folder, process.execPath, path))),
          ...report(basename(THIRD_PARTY), judgeThirdParty(folder)),
        ]
    for (const problem of problems) console.error(problem)
    process.exitCode = problems.length > 0 ? 1 : 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function report(path: string, problem: string | undefined): readonly string[] {
  console.log(`${problem ? 'FAILED' : 'ok    '} ${basename(path)} in a project of its own`)
  return problem ? [problem] : []
}
