/** Loaded before each file of tests: sends along what was reached. @module */
import { afterAll } from 'vitest'
import { REACHED } from './probes.ts'

const reached = new Set<string>()
Object.assign(globalThis, { [REACHED]: reached })

// biome-ignore lint/correctness/noEmptyPattern: Vitest insists on a pattern for the fixtures, of which none is needed.
afterAll(({}, suite) => {
  Object.assign(suite.meta, { reached: [...reached] })
})
