// Runs a root script on a machine that has only Node 20 and npm: brings pnpm, and Node where it is too old, from the
// package registry through npx, installs the workspace from the lockfile, then hands over. Uses nothing newer than Node 20.
//
//   node tools/run.mjs [script [args…]]
//
// COUNTERSIGN_NODE=22.23.3 asks for that version of Node whatever the machine has.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The first that runs TypeScript files as they are; the packages themselves run from 22.13 on. */
const OLDEST_NODE = '22.18.0'
const DEFAULT_NODE = '24.21.0'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const windows = process.platform === 'win32'

const [script, ...args] = process.argv.slice(2)
const { packageManager } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'))
const packages = [packageManager.split('+')[0], ...nodePackage()]
const commands = ['pnpm install --frozen-lockfile --prefer-offline --reporter=append-only']
if (script) commands.push(['pnpm run', script, ...args.map(quote)].join(' '))

const { status } = spawnSync(
  windows ? 'npx.cmd' : 'npx',
  ['--yes', ...packages.flatMap((name) => ['--package', name]), '--call', commands.join(' && ')].map((part) =>
    windows ? quote(part) : part,
  ),
  { cwd: root, stdio: 'inherit', shell: windows, env: environment() },
)
process.exit(status ?? 1)

/** The package that carries the wanted Node, or nothing where the machine's own will do. */
function nodePackage() {
  const wanted = process.env.COUNTERSIGN_NODE
  const newEnough = process.versions.node.localeCompare(OLDEST_NODE, 'en', { numeric: true }) >= 0
  if (wanted ? wanted === process.versions.node : newEnough) return []
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    console.error(
      wanted
        ? `COUNTERSIGN_NODE works on Linux x64 and arm64 only; this is ${process.platform} ${process.arch}.`
        : `Node ${OLDEST_NODE} or newer is needed; this is ${process.version}.`,
    )
    process.exit(1)
  }
  return [`node-linux-${process.arch}@${wanted || DEFAULT_NODE}`]
}

/** npm's own settings must not reach pnpm, which reads the same variables with other meanings. */
function environment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(config|lifecycle|package)_/i.test(name)),
  )
}

/** @param {string} text */
function quote(text) {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text
  return windows ? `"${text.replaceAll('"', '""')}"` : `'${text.replaceAll("'", `'\\''`)}'`
}
