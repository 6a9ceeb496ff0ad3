/** Real proxies, each a child process with the configuration that `countersign config` printed. @module */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { missing } from '../../../../tools/needs.ts'
import { runCommandLine } from '../../src/index.ts'
import { type Partners, SECRET } from './partners.ts'

export interface ProxyProgram {
  readonly name: string
  /** The argument of `countersign config`, and further options. */
  readonly config: readonly string[]
  readonly needs: string
  /** A module that Debian has in a package of its own. */
  readonly module?: string
  readonly check: (folder: string) => readonly string[]
  readonly start: (folder: string) => readonly string[]
}

export interface RunningProxy {
  readonly tls: number
  readonly plain: number
  stop(): Promise<void>
}

export function lacks({ needs, module }: ProxyProgram): boolean {
  return missing(needs) || (module !== undefined && !existsSync(module))
}

export const PROXIES: readonly ProxyProgram[] = [
  {
    name: 'nginx',
    config: ['nginx'],
    needs: 'nginx',
    check: (folder) => ['nginx', '-t', '-p', '/usr/share/nginx/', '-c', join(folder, 'nginx.conf')],
    start: (folder) => ['nginx', '-p', '/usr/share/nginx/', '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'],
  },
  {
    name: 'haproxy',
    config: ['haproxy'],
    needs: 'haproxy',
    check: (folder) => ['haproxy', '-c', '-f', join(folder, 'haproxy.cfg')],
    start: (folder) => ['haproxy', '-db', '-f', join(folder, 'haproxy.cfg')],
  },
  {
    name: 'apache',
    config: ['apache'],
    needs: 'apache2',
    check: (folder) => ['apache2', '-t', '-f', join(folder, 'apache.conf')],
    start: (folder) => ['apache2', '-f', join(folder, 'apache.conf'), '-DFOREGROUND'],
  },
  {
    name: 'caddy',
    config: ['caddy'],
    needs: 'caddy',
    check: (folder) => ['caddy', 'validate', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
    start: (folder) => ['caddy', 'run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
  },
]

/** The same nginx with its njs module, which writes the field of RFC 9440. */
export const NGINX_NJS: ProxyProgram = {
  ...(PROXIES[0] as ProxyProgram),
  name: 'nginx with njs',
  config: ['nginx', '--njs'],
  module: '/usr/share/nginx/modules/ngx_http_js_module.so',
}

/** How long a program may take until it listens; Caddy needs a second on a busy machine. */
const START_MILLISECONDS = 20_000

export async function writeConfiguration(
  program: ProxyProgram,
  partners: Partners,
  upstream: number,
  extra: readonly string[] = [],
): Promise<{ readonly folder: string; readonly tls: number; readonly plain: number }> {
  const folder = join(partners.folder, `${program.name.replaceAll(' ', '-')}-${upstream}`)
  mkdirSync(folder, { recursive: true })
  // Workers that gave up root still write here.
  chmodSync(partners.folder, 0o755)
  chmodSync(folder, 0o777)
  const [tls, plain] = [await freePort(), await freePort()]
  let said = ''
  const { certificate, key, clientCa } = partners.files
  const code = await runCommandLine(
    [
      ...['config', ...program.config, '--server-name', 'localhost', '--upstream', `127.0.0.1:${upstream}`],
      ...['--listen', `127.0.0.1:${tls}`, '--plain', `127.0.0.1:${plain}`],
      ...['--certificate', certificate, '--key', key, '--client-ca', clientCa],
      ...['--secret', `${SECRET.header}=${SECRET.value}`, '--run', folder, '--out', folder, ...extra],
    ],
    {
      out: () => undefined,
      err: (text) => {
        said += text
      },
    },
  )
  if (code !== 0) throw new Error(`countersign config: ${said}`)
  return { folder, tls, plain }
}

/** @returns what the program says of its configuration, if it does not accept it */
export function checkConfiguration(program: ProxyProgram, folder: string): string | undefined {
  const [command = '', ...args] = program.check(folder)
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', env: environment(folder) })
  return status === 0 ? undefined : `${stdout}${stderr}${error ?? ''}`
}

export async function startProxy(
  program: ProxyProgram,
  partners: Partners,
  upstream: number,
  extra: readonly string[] = [],
): Promise<RunningProxy> {
  const { folder, tls, plain } = await writeConfiguration(program, partners, upstream, extra)
  const [command = '', ...args] = program.start(folder)
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment(folder) })
  let output = ''
  const keep = (data: unknown): void => {
    output += data
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const deadline = Date.now() + START_MILLISECONDS
  while (!(await listens(tls)) || !(await listens(plain))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop(child)
      throw new Error(`${program.name} does not listen: ${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return { tls, plain, stop: () => stop(child) }
}

/** Only what the program itself needs: Debian's servers live in sbin, and Caddy keeps state at home. */
function environment(folder: string): NodeJS.ProcessEnv {
  return { PATH: `${process.env.PATH}:/usr/sbin`, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000)
  await ended
  clearTimeout(timer)
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
    socket.once('connect', () => socket.destroy())
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
