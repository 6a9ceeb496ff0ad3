/** Replacing a file so that a reader sees the old or the new one, and a crash loses neither. @module */
import { randomBytes } from 'node:crypto'
import { open, realpath, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Readable by its owner alone: digests and partner data are nobody else's business. */
const NEW_FILE_MODE = 0o600

/** Written aside, forced to the disk, renamed over the old one; then the folder is forced to the disk, which holds the name. */
export async function replaceFile(path: string, text: string): Promise<void> {
  // Through a symbolic link the file that it points to is replaced, not the link.
  const target = await realpath(path).catch(() => path)
  const mode = await stat(target).then(
    (found) => found.mode & 0o777,
    () => NEW_FILE_MODE,
  )
  const aside = join(dirname(target), `.${basename(target)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const file = await open(aside, 'wx', mode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(aside, target)
  } catch (error) {
    await unlink(aside).catch(() => undefined)
    throw error
  }
  await syncFolder(dirname(target))
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder, and needs no such step.
  const folder = await open(path, 'r').catch(() => undefined)
  try {
    await folder?.sync().catch(() => undefined)
  } finally {
    await folder?.close()
  }
}
