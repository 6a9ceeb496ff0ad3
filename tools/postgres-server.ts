/**
 * A PostgreSQL for tests: the one that `COUNTERSIGN_POSTGRES_URL` names, or that listens on the usual port of loopback and lets
 * the user `postgres` in without a password, or one that is started for the occasion from installed programs.
 * @module
 */
import { execFileSync, spawn } from 'node:child_process'
import { chownSync, globSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePort } from './free-port.ts'
import type { TestServer } from './redis-server.ts'

/** `undefined`: there is none, and no program to start one. */
export async function findPostgres(): Promise<TestServer | undefined> {
  const url = process.env.COUNTERSIGN_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
  if (await letsIn(url)) return { url, stop: async () => undefined }
  return programs() === undefined ? undefined : startPostgres()
}

/**
 * A cluster of its own. As root it runs as `postgres`, since the server refuses to be root.
 * @param folder kept; made into a cluster if it is empty. Left out: a temporary one
 */
export async function startPostgres(port?: number, folder?: string): Promise<TestServer> {
  const bin = programs()
  if (bin === undefined) throw new Error('PostgreSQL is not installed')
  const chosen = port ?? (await freePort())
  const user = asUser()
  const data = folder ?? mkdtempSync(join(tmpdir(), 'postgres-'))
  if (readdirSync(data).length === 0) {
    if (user !== undefined) chownSync(data, user.uid, user.gid)
    execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8'], {
      stdio: 'ignore',
      cwd: data,
      ...user,
    })
  }
  const settings = { port: chosen, listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(bin, 'postgres'), ['-D', data, ...args], { stdio: 'ignore', cwd: data, ...user })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const url = `postgres://postgres@127.0.0.1:${chosen}/postgres`
  const deadline = Date.now() + 20_000
  while (!(await letsIn(url))) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error('postgres did not start')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    url,
    stop: async () => {
      // Fast shutdown: sessions are ended, nothing is lost.
      child.kill('SIGINT')
      await ended
      if (folder === undefined) rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Debian keeps them out of PATH. */
function programs(): string | undefined {
  const [found] = [
    ...globSync('/usr/lib/postgresql/*/bin/initdb'),
    ...(process.env.PATH ?? '').split(':').flatMap((folder) => globSync(join(folder, 'initdb'))),
  ]
    .sort()
    .toReversed()
  return found === undefined ? undefined : dirname(found)
}

function asUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** Says hello as the protocol wants it and waits for AuthenticationOk, or for a question about the password that a URL may answer. */
function letsIn(url: string): Promise<boolean> {
  const { hostname, port, username, password, pathname } = new URL(url)
  const parameters = Buffer.from(`user\0${username}\0database\0${pathname.slice(1)}\0\0`)
  const hello = Buffer.alloc(8)
  hello.writeUInt32BE(8 + parameters.length, 0)
  hello.writeUInt32BE(196_608, 4)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 5432) })
    const done = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2000, () => done(false))
    socket.on('error', () => done(false))
    socket.on('close', () => done(false))
    socket.on('connect', () => socket.write(Buffer.concat([hello, parameters])))
    socket.on('data', (data) => done(data[0] === 0x52 && (password !== '' || data.readUInt32BE(5) === 0)))
  })
}
