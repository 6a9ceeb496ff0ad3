/**
 * A Redis for tests: the one that `COUNTERSIGN_REDIS_URL` names, or that listens on the usual port of loopback, or one that is
 * started for the occasion from an installed program.
 * @module
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { missing } from './needs.ts'

export interface TestServer {
  readonly url: string
  stop(): Promise<void>
}

/** `undefined`: there is none, and no program to start one. */
export async function findRedis(): Promise<TestServer | undefined> {
  const url = process.env.COUNTERSIGN_REDIS_URL ?? 'redis://127.0.0.1:6379'
  if (await answers(url)) return { url, stop: async () => undefined }
  return missing('redis-server') ? undefined : startRedis()
}

export async function startRedis(
  port?: number,
  options: readonly string[] = ['--save', '', '--appendonly', 'no'],
): Promise<TestServer> {
  const chosen = port ?? (await freePort())
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const args = ['--port', String(chosen), '--bind', '127.0.0.1', '--dir', folder, '--daemonize', 'no', ...options]
  const child = spawn('redis-server', args, { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const url = `redis://127.0.0.1:${chosen}`
  const deadline = Date.now() + 10_000
  while (!(await answers(url))) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error('redis-server did not start')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 6379) })
    const done = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1000, () => done(false))
    socket.on('error', () => done(false))
    socket.on('connect', () => socket.write('PING\r\n'))
    // `+PONG`, or an error that asks for a password: the URL may hold it.
    socket.on('data', (data) => done(/^(?:\+PONG|-NOAUTH)/.test(data.toString('latin1'))))
  })
}
