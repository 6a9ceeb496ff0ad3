/** For `deno test`. @module */
import type { TestFunction } from '../../packages/conformance/src/index.ts'
import { NO_DEFAULT_SOURCE, registerCases } from './register-cases.ts'

const { Deno } = globalThis as unknown as { readonly Deno: { readonly test: TestFunction } }
registerCases((name, run) => Deno.test(name, run), NO_DEFAULT_SOURCE)
