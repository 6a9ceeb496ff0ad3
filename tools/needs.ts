/**
 * Says which programs a test needs and the machine has not.
 *
 * `describe.skipIf(missing('openssl', 'curl'))('…', …)`: such a test is named at the end of the run, and fails it when
 * CI is set.
 * @module
 */

import { accessSync, constants } from 'node:fs'
import { delimiter, resolve } from 'node:path'

/** Where servers live on Debian; a plain user's PATH may leave it out. */
const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin']

export function missing(...programs: readonly string[]): boolean {
  return !programs.every(has)
}

export function has(program: string): boolean {
  return folders().some((folder) => {
    try {
      accessSync(resolve(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function folders(): readonly string[] {
  return [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS].filter((folder) => folder !== '')
}
