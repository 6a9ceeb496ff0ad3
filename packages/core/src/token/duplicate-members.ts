/** Whether an object of a JSON text has two members of one name (RFC 8259 §4). `JSON.parse` keeps the last and does not tell. @module */

const QUOTE = 34
const BACKSLASH = 92

/**
 * One pass over a text that `JSON.parse` has accepted. Names are compared as they read once unescaped, so that no escape
 * hides a second one.
 */
export function hasDuplicateMembers(json: string): boolean {
  // The names of each open object; `undefined` for an open array.
  const open: (Set<string> | undefined)[] = []
  let expectsName = false
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case '{':
        open.push(new Set())
        expectsName = true
        break
      case '[':
        open.push(undefined)
        expectsName = false
        break
      case '}':
      case ']':
        open.pop()
        expectsName = false
        break
      case ',':
        expectsName = open.at(-1) !== undefined
        break
      case '"': {
        const end = stringEnd(json, at)
        const names = open.at(-1)
        if (expectsName && names !== undefined) {
          const name: unknown = JSON.parse(json.slice(at, end + 1))
          if (names.has(name as string)) return true
          names.add(name as string)
          expectsName = false
        }
        at = end
        break
      }
    }
  }
  return false
}

function stringEnd(json: string, start: number): number {
  let at = start + 1
  while (at < json.length && json.charCodeAt(at) !== QUOTE) at += json.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}
