/** A request target as it may be written down. @module */
import { redactKeys } from '../key/exposed-keys.ts'

/** Long enough to tell routes apart. */
const MAX_PATH_CHARACTERS = 256

/** The path without authority and query, keys redacted, control characters escaped. */
export function eventPath(target: string): string {
  const query = target.search(/[?#]/)
  let path = query === -1 ? target : target.slice(0, query)
  const scheme = path.indexOf('://')
  if (scheme !== -1 && !path.startsWith('/')) {
    const slash = path.indexOf('/', scheme + 3)
    path = slash === -1 ? '/' : path.slice(slash)
  }
  const shown = redactKeys(path)
  const cut = shown.length > MAX_PATH_CHARACTERS ? `${shown.slice(0, MAX_PATH_CHARACTERS)}…` : shown
  return cut.replace(/[^\x20-\x7e…]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
