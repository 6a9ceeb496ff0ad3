/** No committed file knows the machine it was written on: no paths of one, no names of registries. @module */

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ROOT } from './steps.ts'

/** Put together from pieces, or this file would report itself. */
const MACHINE_PATH = new RegExp(
  `(?<![\\w.:/$~}-])/(?:${['wor' + 'k', 'roo' + 't', 'tm' + 'p', 'home/\\w+', 'Users/\\w+'].join('|')})/`,
)
const REGISTRY = new RegExp(['registry\\.npm' + 'js', 'deb\\.deb' + 'ian\\.org', 'npm' + 'mirror'].join('|'))

export function findTraces(path: string, text: string): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const found = MACHINE_PATH.exec(line) ?? REGISTRY.exec(line)
    return found ? [`${path}:${index + 1}: ${found[0]}`] : []
  })
}

if (process.argv[1] === import.meta.filename) {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && existsSync(resolve(ROOT, path)))
  const problems = files.flatMap((path) => {
    const bytes = readFileSync(resolve(ROOT, path))
    return bytes.includes(0) ? [] : findTraces(path, bytes.toString('utf8'))
  })
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
