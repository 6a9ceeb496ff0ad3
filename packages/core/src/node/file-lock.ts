/**
 * One writer of a file at a time, over all processes of one machine.
 *
 * A lock is a file beside the one that it guards. A process that is killed leaves it behind, so a lock whose process is gone,
 * or that is older than any write takes, is taken over; only one process at a time may do that.
 * @module
 */
import { randomBytes } from 'node:crypto'
import { open, readFile, stat, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** A write takes milliseconds. */
const STALE_MILLISECONDS = 30_000

/** Between making the file and writing who made it lie microseconds, unless the process was killed there. */
const NAMELESS_MILLISECONDS = 1000

/** How long a writer waits for the others. */
const PATIENCE_MILLISECONDS = 60_000

export interface FileLock {
  /** Whether the lock is still ours: a process that slept through its own lock's life must not write. */
  isHeld(): Promise<boolean>
  release(): Promise<void>
}

export async function lockFile(path: string): Promise<FileLock> {
  const text = `${hostname()} ${process.pid} ${randomBytes(8).toString('hex')}\n`
  const deadline = Date.now() + PATIENCE_MILLISECONDS
  for (let wait = 1; ; wait = Math.min(wait * 2, 50)) {
    if (await create(path, text)) break
    if (await isStale(path)) await removeStale(path)
    else if (Date.now() > deadline) throw new Error(`${path}: another process holds this lock`)
    else await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())))
  }
  const isHeld = async (): Promise<boolean> => (await readFile(path, 'utf8').catch(() => '')) === text
  return {
    isHeld,
    release: async () => {
      if (await isHeld()) await unlink(path).catch(() => undefined)
    },
  }
}

async function create(path: string, text: string): Promise<boolean> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  try {
    await file.writeFile(text)
  } finally {
    await file.close()
  }
  return true
}

async function isStale(path: string): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    const age = Date.now() - mtimeMs
    if (age > STALE_MILLISECONDS || (text === '' && age > NAMELESS_MILLISECONDS)) return true
    const [host, pid] = text.trim().split(' ')
    // Of a process on another machine, or in another container, nothing is known but the age of its lock.
    return host === hostname() && pid !== undefined && /^\d+$/.test(pid) && !isAlive(Number(pid))
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Under a lock of its own, or two processes that saw the same stale lock could remove the fresh one of a third. */
async function removeStale(path: string): Promise<void> {
  const breaker = `${path}.break`
  if (!(await create(breaker, `${hostname()} ${process.pid}\n`))) {
    const age = await stat(breaker).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    )
    if (age > STALE_MILLISECONDS) await unlink(breaker).catch(() => undefined)
    else await new Promise((resolve) => setTimeout(resolve, 5))
    return
  }
  try {
    if (await isStale(path)) await unlink(path).catch(() => undefined)
  } finally {
    await unlink(breaker).catch(() => undefined)
  }
}
