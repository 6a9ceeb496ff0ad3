/** `npm run bench -- NAME`: runs `bench/NAME.ts`; without a name, says which there are. @module */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Not a question by themselves. */
const HELPERS = ['main.ts', 'measure.ts']

const [name] = process.argv.slice(2)
const file = join(import.meta.dirname, `${name}.ts`)
if (name === undefined || !/^[a-z-]+$/.test(name) || HELPERS.includes(`${name}.ts`) || !existsSync(file)) {
  const names = readdirSync(import.meta.dirname).filter((entry) => entry.endsWith('.ts') && !HELPERS.includes(entry))
  console.error(`npm run bench -- NAME, where NAME is one of: ${names.map((entry) => entry.slice(0, -3)).join(', ')}`)
  process.exitCode = 2
} else {
  await import(file)
}
