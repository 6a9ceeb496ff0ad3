/** CRLs from files that are watched: a new file is in force on the next request, within a second, without a restart. @module */
import { readFileSync, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { MAX_CRL_OCTETS } from '../revocation/crl.ts'
import { loadCrlBundle, parseCrlBundle } from '../revocation/crl-bundle.ts'
import { CrlStore } from '../revocation/crl-store.ts'
import type { RevocationHost, RevocationProvider } from '../revocation/revocation-provider.ts'
import { readWholeFile } from './read-whole-file.ts'
import { fileState, listFiles, watchFiles } from './watch-files.ts'

export interface CrlFilesOptions {
  /** Counts lists older than this, since their thisUpdate, as expired; without it a list that has no nextUpdate counts for nothing. */
  readonly maxAgeSeconds?: number
  /** How long before its nextUpdate a list is announced as expiring. Default: a quarter of its lifetime, at most a day. */
  readonly warnSeconds?: number
}

/** What is read of a folder. */
const EXTENSIONS: readonly string[] = ['.crl', '.pem', '.der']

/** In PEM a list takes a third more than in DER. */
const MAX_FILE_OCTETS = 1.5 * MAX_CRL_OCTETS

/** How often it is looked whether a list has come to its end. */
const TICK_MILLISECONDS = 1000

/** A file that was written so shortly before it was looked at may change again and show the same times. */
const YOUNG_MILLISECONDS = 20

/**
 * Files in PEM, with any number of CRLs, or in DER, or folders of them (`.crl`, `.pem`, `.der`). They are read at once,
 * and again whenever they change; until a changed file has been read, checked and indexed, the old one stays in force.
 * A watcher never keeps the process alive.
 * @throws TypeError naming a file that is missing or broken, or a folder that holds no CRL
 */
export function crlFiles(paths: string | readonly string[], options: CrlFilesOptions = {}): RevocationProvider {
  const watched = { paths: checkPaths(paths), extensions: EXTENSIONS }
  const { maxAgeSeconds, warnSeconds } = options
  checkSeconds(maxAgeSeconds, 'maxAgeSeconds')
  checkSeconds(warnSeconds, 'warnSeconds')
  const store = new CrlStore({ name: 'crlFiles', maxAgeSeconds, warnSeconds })
  const versions = new Map<string, string>()
  const seen = fileState(watched)
  for (const path of watched.paths) for (const file of filesAt(path)) versions.set(file, beginFile(file, store))

  const stop = new AbortController()
  let reading = Promise.resolve()
  let users = 0
  const watch = watchFiles(watched, seen, () => {
    // One at a time, in the order of the changes.
    reading = reading.then(() => refresh(watched.paths, store, versions, stop.signal))
  })
  const ticking = setInterval(() => store.tick(), TICK_MILLISECONDS)
  ticking.unref()

  return {
    name: 'crlFiles',
    attach(host: RevocationHost) {
      users++
      store.attach(host)
    },
    status: (subject, query) => store.status(subject, query),
    health: () => store.health(),
    close() {
      // Shared by several authenticators, it goes on until the last of them is closed.
      if (--users > 0) return
      stop.abort()
      watch.close()
      clearInterval(ticking)
    },
  }
}

function checkPaths(paths: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(paths) ? paths : [paths]
  if (list.length === 0) throw new TypeError('crlFiles: no path')
  return list.map((path) => {
    if (typeof path !== 'string' || path === '')
      throw new TypeError('crlFiles: the path of a file or folder, or a list of them')
    return path
  })
}

function checkSeconds(value: number | undefined, option: string): void {
  if (value === undefined || (Number.isFinite(value) && value > 0)) return
  throw new TypeError(`crlFiles: ${option}: a positive number of seconds`)
}

/** A folder without a list would check nothing, silently. */
function filesAt(path: string): readonly string[] {
  try {
    const files = listFiles({ paths: [path], extensions: EXTENSIONS })
    if (files.length === 0) throw new Error('the folder holds no .crl, .pem or .der file')
    return files
  } catch (error) {
    throw new TypeError(`crlFiles: ${path}: ${messageOf(error)}`, { cause: error })
  }
}

function beginFile(file: string, store: CrlStore): string {
  try {
    const version = versionOf(statSync(file, { bigint: true }))
    store.begin(file, parseCrlBundle(readFileSync(file)))
    return version
  } catch (error) {
    throw new TypeError(`crlFiles: ${file}: ${messageOf(error)}`, { cause: error })
  }
}

async function refresh(
  paths: readonly string[],
  store: CrlStore,
  versions: Map<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const files = new Set(paths.flatMap(filesNow))
  for (const file of files) if (!signal.aborted) await refreshFile(file, store, versions, signal)
  for (const file of versions.keys()) {
    if (files.has(file) || signal.aborted) continue
    versions.delete(file)
    store.retire(file, 'the file is gone')
  }
}

function filesNow(path: string): readonly string[] {
  try {
    return listFiles({ paths: [path], extensions: EXTENSIONS })
  } catch {
    return []
  }
}

async function refreshFile(
  file: string,
  store: CrlStore,
  versions: Map<string, string>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const version = versionOf(await stat(file, { bigint: true }))
    if (version === versions.get(file)) return
    versions.set(file, version)
    const crls = await loadCrlBundle(await readWholeFile(file, MAX_FILE_OCTETS, signal), signal)
    await store.offer(file, crls)
  } catch (error) {
    if (!signal.aborted) store.fail(file, messageOf(error))
  }
}

/** Differs from every other version's; of a file too young to tell, also from its own. */
function versionOf({
  ino,
  size,
  mtimeNs,
  ctimeNs,
}: {
  ino: bigint
  size: bigint
  mtimeNs: bigint
  ctimeNs: bigint
}): string {
  if (size > MAX_FILE_OCTETS) throw new Error(`it is larger than ${MAX_FILE_OCTETS} octets`)
  const now = Date.now()
  const isYoung = now - Number(ctimeNs / 1_000_000n) < YOUNG_MILLISECONDS
  return `${ino}.${size}.${mtimeNs}.${ctimeNs}${isYoung ? `.${performance.now()}` : ''}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
