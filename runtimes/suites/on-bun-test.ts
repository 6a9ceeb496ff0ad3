/** For `bun test`. @module */
import { NO_DEFAULT_SOURCE, registerCases } from './register-cases.ts'

// Known to Bun alone.
const runner: string = 'bun:test'
const { test } = await import(runner)
registerCases((name, run) => test(name, run, 30_000), NO_DEFAULT_SOURCE)
