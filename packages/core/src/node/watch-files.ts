/**
 * Watching files and folders, for everything that is reloaded without a restart.
 *
 * Two means, because each fails alone. The system's own notifications come at once, but not from network file systems,
 * not past the limit on watches, and not reliably for a file that is replaced by renaming; looking again on a timer always
 * works and is late. A notification is only a reason to look: what counts is whether anything is different.
 * @module
 */
import { createHash } from 'node:crypto'
import { type BigIntStats, type FSWatcher, readdirSync, readFileSync, statSync, watch } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'

/** The longest that a change goes unseen where the system does not notify: a revocation must bite within a second. */
const LOOK_EVERY_MILLISECONDS = 500

/** Writers that do not rename write in several steps: this long after the last one it is worth looking. */
const SETTLE_MILLISECONDS = 25

/**
 * File times advance with the kernel's tick, at most 10 ms. A file that is looked at within the tick in which it was
 * written can be written again and show the same facts, so of one so young the contents are compared, once.
 */
const YOUNG_MILLISECONDS = 15

/** More files in a folder than this are a wrong path, not a configuration. */
const MAX_FILES = 10_000

export interface WatchedPaths {
  readonly paths: readonly string[]
  /** Of the files in a folder, those that end so count (`.pem`); others are notes, or not finished. Default: all. */
  readonly extensions?: readonly string[]
}

/** How the files were when they were looked at. */
export interface FileState {
  /** Names, sizes, times and inodes. */
  readonly facts: string
  /** Digests of the files that the facts may fail to tell apart. */
  readonly young: ReadonlyMap<string, string>
}

export interface FileWatch {
  close(): void
}

/**
 * The files that the paths stand for: a file itself, and of a folder its files in order of name, without hidden ones
 * and without those of folders in it.
 * @throws what the file system says
 */
export function listFiles({ paths, extensions }: WatchedPaths): readonly string[] {
  return paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return [path]
    const names = chooseNames(readdirSync(path), extensions)
    if (names.length > MAX_FILES) throw new RangeError(`${path}: more than ${MAX_FILES} files`)
    return names.map((name) => join(path, name)).filter((file) => statSync(file).isFile())
  })
}

/** Take it before reading, and hand it to `watchFiles`: then nothing that changes in between is missed. Never throws. */
export function fileState({ paths, extensions }: WatchedPaths): FileState {
  const seen = new Sighting()
  const look = (path: string): BigIntStats | undefined => {
    try {
      const facts = statSync(path, { bigint: true })
      if (facts.isDirectory()) return facts
      if (seen.add(path, facts)) seen.addContents(path, readFileSync(path))
    } catch (error) {
      seen.addFault(path, error)
    }
    return undefined
  }
  for (const path of paths) {
    if (look(path) === undefined) continue
    try {
      for (const name of chooseNames(readdirSync(path), extensions)) look(join(path, name))
    } catch (error) {
      seen.addFault(path, error)
    }
  }
  return seen.state
}

/**
 * Calls back after every change, until closed. Keeps no process alive.
 * @param seen the state of what was read: a change since then is told, too
 */
export function watchFiles(watched: WatchedPaths, seen: FileState, onChange: () => void): FileWatch {
  let known = seen
  let looking = false
  let again = false
  let closed = false
  let settling: NodeJS.Timeout | undefined

  async function look(): Promise<void> {
    if (looking) {
      again = true
      return
    }
    looking = true
    do {
      again = false
      const state = await laterState(watched)
      const changed = await differs(known, state)
      if (closed) return
      known = state
      if (changed) onChange()
    } while (again)
    looking = false
  }

  function notified(): void {
    clearTimeout(settling)
    if (closed) return
    settling = setTimeout(() => void look(), SETTLE_MILLISECONDS)
    settling.unref()
  }

  const timer = setInterval(() => void look(), LOOK_EVERY_MILLISECONDS)
  timer.unref()
  const watchers = foldersOf(watched.paths).flatMap((folder) => openWatcher(folder, notified))
  return {
    close() {
      closed = true
      clearInterval(timer)
      clearTimeout(settling)
      for (const watcher of watchers) watcher.close()
    },
  }
}

/** What one look at the files gathers. Symbolic links are followed: a mounted Kubernetes secret changes by moving one. */
class Sighting {
  readonly #facts: string[] = []
  readonly #young: Map<string, string> = new Map()

  get state(): FileState {
    return { facts: this.#facts.join('\n'), young: this.#young }
  }

  /** @returns whether the contents are wanted, too */
  add(path: string, { dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): boolean {
    this.#facts.push(`${path} ${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`)
    const age = Date.now() - Number(ctimeNs / 1_000_000n)
    return age >= 0 && age < YOUNG_MILLISECONDS
  }

  addContents(path: string, contents: Uint8Array): void {
    this.#young.set(path, digestOf(contents))
  }

  addFault(path: string, error: unknown): void {
    this.#facts.push(`${path} ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`)
  }
}

/** The same as `fileState`, without holding up requests while a slow file system thinks. */
async function laterState({ paths, extensions }: WatchedPaths): Promise<FileState> {
  const seen = new Sighting()
  const look = async (path: string): Promise<BigIntStats | undefined> => {
    try {
      const facts = await stat(path, { bigint: true })
      if (facts.isDirectory()) return facts
      if (seen.add(path, facts)) seen.addContents(path, await readFile(path))
    } catch (error) {
      seen.addFault(path, error)
    }
    return undefined
  }
  for (const path of paths) {
    if ((await look(path)) === undefined) continue
    try {
      for (const name of chooseNames(await readdir(path), extensions)) await look(join(path, name))
    } catch (error) {
      seen.addFault(path, error)
    }
  }
  return seen.state
}

async function differs(before: FileState, after: FileState): Promise<boolean> {
  if (before.facts !== after.facts) return true
  for (const [path, digest] of before.young) {
    const now = after.young.get(path) ?? (await readFile(path).then(digestOf, () => 'unreadable'))
    if (now !== digest) return true
  }
  return false
}

function digestOf(contents: Uint8Array): string {
  return createHash('sha256').update(contents).digest('hex')
}

/** Of a file its folder, because a file that is replaced takes its own watch with it. */
function foldersOf(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.map((path) => (isFolder(path) ? path : dirname(path))))]
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

function openWatcher(folder: string, notified: () => void): readonly FSWatcher[] {
  try {
    const watcher = watch(folder, { persistent: false }, notified)
    // The folder may go, or the system run out of watches: the timer still looks.
    watcher.on('error', () => watcher.close())
    return [watcher]
  } catch {
    return []
  }
}

/** Hidden names are a file system's own, or a writer's not yet finished. */
function chooseNames(names: readonly string[], extensions: readonly string[] | undefined): readonly string[] {
  return names
    .filter(
      (name) => !name.startsWith('.') && (extensions === undefined || extensions.includes(extname(name).toLowerCase())),
    )
    .sort()
}
