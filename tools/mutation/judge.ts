/**
 * The process that tries mutants. Reads one request a line, answers each with one verdict a line, and keeps Vitest's server
 * with all files but the broken one between them; each mutant has a fresh worker. A mutant that never ends takes this
 * process with it: the parent kills it after a verdict `timeout`.
 * @module
 */
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestModule } from 'vitest/node'
import { CORE, openVitest } from './open-vitest.ts'
import type { Reach } from './reach.ts'

export interface Request {
  /** Below `packages/core/src`. */
  readonly file: string
  /** The whole file with the mutant in it. */
  readonly source: string
  /** In the order in which they are asked. */
  readonly tests: readonly Pick<Reach, 'test' | 'milliseconds'>[]
}

export interface Verdict {
  readonly outcome: 'killed' | 'timeout' | 'survived'
  /** The file of tests and the test, or what else went wrong. */
  readonly by?: string
}

/** What a file of tests may take, by what it took without a mutant: beside its work there is a worker to start on a busy machine. */
const limitMilliseconds = (usual: number): number => 5 * usual + 8_000

let request: Request | undefined
let killedBy: string | undefined
let watch: NodeJS.Timeout | undefined

const vitest = await openVitest(
  {
    isolate: false,
    bail: 1,
    reporters: [
      {
        onTestModuleQueued: startWatch,
        onTestCaseResult(test) {
          if (test.result().state === 'failed') killedBy ??= `${test.module.relativeModuleId}: ${test.fullName}`
        },
        onTestModuleEnd(module) {
          if (module.state() === 'failed') killedBy ??= module.relativeModuleId
        },
      },
    ],
  },
  {
    name: 'mutant',
    enforce: 'pre',
    load: (id) => (request !== undefined && id === pathOf(request) ? request.source : undefined),
  },
)
const specifications = new Map((await vitest.globTestSpecifications()).map((found) => [found.moduleId, found]))

// Not by a channel between processes: Vitest, finding one, takes itself for a worker.
for await (const line of createInterface({ input: process.stdin })) answer(await judge(JSON.parse(line) as Request))
process.exit()

async function judge(next: Request): Promise<Verdict> {
  const before = request
  request = next
  killedBy = undefined
  for (const broken of [before, next]) if (broken) vitest.invalidateFile(pathOf(broken))
  const chosen = next.tests.flatMap(({ test }) => specifications.get(resolve(vitest.config.root, test)) ?? [])
  if (chosen.length < next.tests.length) throw new Error('a file of tests is missing')
  const { unhandledErrors } = await vitest.runTestSpecifications(chosen)
  clearTimeout(watch)
  if (killedBy === undefined && unhandledErrors.length > 0) killedBy = 'an error outside tests'
  return killedBy === undefined ? { outcome: 'survived' } : { outcome: 'killed', by: killedBy }
}

/** Vitest's own limits need the worker to answer. */
function startWatch({ relativeModuleId }: TestModule): void {
  clearTimeout(watch)
  const usual = request?.tests.find(({ test }) => test === relativeModuleId)?.milliseconds ?? 0
  watch = setTimeout(() => answer({ outcome: 'timeout', by: relativeModuleId }), limitMilliseconds(usual))
}

function answer(verdict: Verdict): void {
  process.stdout.write(`\n${JSON.stringify(verdict)}\n`)
}

function pathOf({ file }: Request): string {
  return resolve(CORE, file)
}
