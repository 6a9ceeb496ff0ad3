/**
 * The process that tries one mutant: Vitest, which is handed a file that is not the one on disk. A process for each, because
 * what was loaded once stays loaded, and because a mutant may never end, and nothing but the end of its process ends it.
 * @module
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type CliOptions, createVitest, type Vite } from 'vitest/node'
import { ROOT } from '../steps.ts'
import { applied, type Mutant } from './mutants-of.ts'

export interface Verdict {
  /** A file of tests, if one noticed. */
  readonly killedBy: string | null
}

/** The nearest tests first: most mutants get no further. */
const STAGES: readonly ((test: string, room: string) => boolean)[] = [
  (test, room) =>
    test.includes(`/core/src/${room}/`) || (test.includes('/core/test/') && ['path', 'x509'].includes(room)),
  (test, room) => !test.includes(`/core/src/${room}/`) && test.includes('/core/') && !test.includes('/core/src/node/'),
  (test) => test.includes('/core/src/node/'),
  (test) => test.includes('/conformance/'),
]

const mutant = JSON.parse(process.argv[2] ?? 'null') as Mutant | null
const path = mutant === null ? undefined : resolve(ROOT, mutant.file)
const room = mutant?.file.split('/').at(-2) ?? ''

const options: CliOptions = {
  config: false,
  // By the file on disk, which is not the one that is loaded here.
  fsModuleCache: false,
  root: ROOT,
  include: [
    'packages/core/src/**/*.test.ts',
    'packages/core/test/**/*.test.ts',
    'packages/conformance/test/reference.test.ts',
  ],
  watch: false,
  isolate: false,
  bail: 1,
  maxWorkers: 2,
  reporters: [{}],
  testTimeout: 20_000,
  hookTimeout: 20_000,
}

const plugin: Vite.Plugin = {
  name: 'mutant',
  enforce: 'pre',
  load: (id) => (mutant !== null && id === path ? applied(readFileSync(path, 'utf8'), mutant) : undefined),
}

const vitest = await createVitest(options, {
  resolve: { conditions: ['@countersign/source'] },
  ssr: { resolve: { conditions: ['@countersign/source'] } },
  plugins: [plugin],
})

// Not by a channel between processes: Vitest, finding one, takes itself for a worker.
process.stdout.write(`\n${JSON.stringify(await judge())}\n`, () => process.exit())

async function judge(): Promise<Verdict> {
  const specifications = await vitest.globTestSpecifications()
  for (const belongs of STAGES) {
    const chosen = specifications.filter(({ moduleId }) => belongs(moduleId, room))
    if (chosen.length === 0) continue
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(chosen, false)
    const failed = testModules.find((module) => !module.ok())
    if (failed !== undefined) return { killedBy: failed.relativeModuleId }
    if (unhandledErrors.length > 0) return { killedBy: 'an error outside tests' }
  }
  return { killedBy: null }
}
