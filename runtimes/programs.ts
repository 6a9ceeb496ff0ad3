/** The runtimes themselves. The shims in `.bin` start a child that outlives them, so the programs are started directly. @module */
import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

const require = createRequire(import.meta.url)

export const RUNTIMES = ['bun', 'deno'] as const
export type RuntimeName = (typeof RUNTIMES)[number]

/** The command that runs a script: with what is built, as a user has it. */
export function commandFor(runtime: RuntimeName | 'node', script: string): readonly [string, ...string[]] {
  switch (runtime) {
    case 'node':
      return [process.execPath, '--disable-warning=ExperimentalWarning', script]
    case 'bun':
      return [join(dirname(require.resolve('bun/package.json')), 'bin/bun.exe'), script]
    case 'deno':
      return [
        join(dirname(require.resolve('deno/package.json')), 'deno'),
        'run',
        '--allow-all',
        '--no-lock',
        '--no-check',
        '--node-modules-dir=manual',
        script,
      ]
  }
}

/** The command that runs a file of tests by the runtime's own runner. */
export function testCommandFor(runtime: RuntimeName | 'node', script: string): readonly [string, ...string[]] {
  if (runtime === 'node') return [process.execPath, '--test', '--test-reporter=tap', script]
  const [program, first, ...options] = commandFor(runtime, script)
  return runtime === 'bun' ? [program, 'test', script] : [program, first === 'run' ? 'test' : '', ...options]
}

const SUPPORTED_NODES: readonly string[] = ['22.23.3', '24.21.0', '26.10.0']

const HAS_NODE_PACKAGES = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)

/** Supported releases beside the one that runs this, where packages bring them. */
export const OTHER_NODES: readonly string[] = HAS_NODE_PACKAGES
  ? SUPPORTED_NODES.filter((version) => version !== process.versions.node)
  : []

/** The command that runs a script on another release of Node, brought by npx. */
export function onOtherNode(version: string, script: string): readonly [string, ...string[]] {
  const call = `node --disable-warning=ExperimentalWarning ${JSON.stringify(script)}`
  return ['npx', '--yes', '--package', `node-linux-${process.arch}@${version}`, '--call', call]
}

export interface Started {
  readonly firstLine: string
  stop(): Promise<void>
}

const START_MILLISECONDS = 30_000

/** Starts a script that says where it listens, and waits for that line. */
export async function start(
  runtime: RuntimeName,
  script: string,
  args: readonly string[],
  cwd = dirname(script),
): Promise<Started> {
  const [command, ...options] = commandFor(runtime, resolve(script))
  const child = spawn(command, [...options, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: '0', NO_COLOR: '1' },
  })
  let said = ''
  let complaint = ''
  child.stderr.on('data', (data) => {
    complaint += data
  })
  try {
    await new Promise<void>((done, failed) => {
      const timer = setTimeout(
        () => failed(new Error(`${script} on ${runtime} says nothing: ${complaint}`)),
        START_MILLISECONDS,
      )
      child.once('error', failed)
      child.once('exit', (code) => failed(new Error(`${script} on ${runtime} ended with ${code}: ${complaint}`)))
      child.stdout.on('data', (data) => {
        said += data
        if (!said.includes('\n')) return
        clearTimeout(timer)
        done()
      })
    })
  } catch (error) {
    await stop(child)
    throw error
  }
  return { firstLine: said.slice(0, said.indexOf('\n')), stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}
