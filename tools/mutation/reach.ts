/** Which places of core's decision rooms each file of tests reaches, and how long it takes: measured once, then remembered. @module */
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import type { TestModule } from 'vitest/node'
import { ROOT } from '../steps.ts'
import { CORE, openVitest } from './open-vitest.ts'
import { withProbes } from './probes.ts'

export interface Reach {
  /** From the root. */
  readonly test: string
  readonly milliseconds: number
  readonly places: readonly string[]
}

const MEMORY = resolve(ROOT, '.reports/mutation-reach.json')

/** @param files below `packages/core/src` */
export async function measureReach(files: ReadonlySet<string>): Promise<readonly Reach[]> {
  const memory = existsSync(MEMORY) ? (JSON.parse(readFileSync(MEMORY, 'utf8')) as Record<string, Reach>) : {}
  const vitest = await openVitest(
    { isolate: true, setupFiles: [resolve(import.meta.dirname, 'record-reach.ts')] },
    {
      name: 'probes',
      enforce: 'pre',
      load(id) {
        const file = relative(CORE, id)
        return files.has(file) ? withProbes(readFileSync(id, 'utf8'), file) : undefined
      },
    },
  )
  try {
    const sources = digestOfSources()
    const tests = (await vitest.globTestSpecifications()).map((specification) => {
      const key = createHash('sha256').update(sources).update(readFileSync(specification.moduleId)).digest('hex')
      return { specification, key, known: memory[key] }
    })
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(
      tests.filter(({ known }) => known === undefined).map(({ specification }) => specification),
    )
    const failures = testModules.flatMap((module) => [
      ...module.errors().map(({ message }) => `${module.relativeModuleId}: ${message}`),
      ...[...module.children.allTests('failed')].map((test) => `${module.relativeModuleId}: ${test.fullName}`),
    ])
    if (failures.length > 0 || unhandledErrors.length > 0)
      throw new Error(`without a mutant: ${failures.join('\n') || 'an error outside tests'}`)
    const found = new Map(testModules.map((module) => [module.moduleId, reachOf(module)]))
    const entries = tests.flatMap(({ specification, key, known }) => {
      const reach = known ?? found.get(specification.moduleId)
      return reach ? [[key, reach] as const] : []
    })
    mkdirSync(dirname(MEMORY), { recursive: true })
    writeFileSync(MEMORY, JSON.stringify(Object.fromEntries(entries)))
    return entries.map(([, reach]) => reach)
  } finally {
    await vitest.close()
  }
}

function reachOf(module: TestModule): Reach {
  const { collectDuration, duration } = module.diagnostic()
  const { reached } = module.meta() as { readonly reached?: readonly string[] }
  return {
    test: module.relativeModuleId,
    milliseconds: Math.round(collectDuration + duration),
    places: reached ?? [],
  }
}

/** Of all that a test may load beside itself. */
function digestOfSources(): string {
  const hash = createHash('sha256')
  const paths = globSync('packages/{core,conformance,testing}/{src,test}/**/*.ts', { cwd: ROOT })
  for (const path of paths.sort()) if (!path.endsWith('.test.ts')) hash.update(readFileSync(resolve(ROOT, path)))
  return hash.digest('hex')
}
