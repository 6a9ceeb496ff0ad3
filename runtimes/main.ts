/**
 * `npm run test:runtimes`: the packages on Bun, Deno and workerd. These are large, so they are installed here, on demand, and
 * not with the workspace. Runs every `*.runtime-test.ts` with Node's own test runner; arguments name some of them.
 * @module
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const path = `${resolve(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`

function run(command: string, args: readonly string[], cwd = root): void {
  const { status } = spawnSync(command, args, {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}

const wanted = process.argv.slice(2)
const tests = globSync(['examples/*/*.runtime-test.ts', 'runtimes/*.runtime-test.ts'], { cwd: root }).filter(
  (file) => wanted.length === 0 || wanted.some((word) => file.includes(word)),
)
if (tests.length === 0) throw new Error('no such test')

run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'], import.meta.dirname)
// The runtimes load what users load: what is built, by the conditions of package.json.
run('tsc', ['-b'])
run(process.execPath, [
  '--disable-warning=ExperimentalWarning',
  '--conditions=@countersign/source',
  '--test',
  '--test-reporter=spec',
  ...tests.sort(),
])
