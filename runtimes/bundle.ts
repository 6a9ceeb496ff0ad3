/** Sources as one module for a runtime, by the conditions that it sets itself. @module */
import { resolve } from 'node:path'
import { build } from 'esbuild'

const CONDITIONS = {
  node: ['node', 'import'],
  bun: ['bun', 'node', 'import'],
  deno: ['deno', 'import'],
  workerd: ['workerd', 'worker', 'import'],
} as const

/** @param entry a file of `suites/` */
export async function bundle(entry: string, runtime: keyof typeof CONDITIONS, outfile: string): Promise<void> {
  await build({
    entryPoints: [resolve(import.meta.dirname, 'suites', entry)],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: ['node:*', 'bun:*'],
    conditions: [...CONDITIONS[runtime], '@countersign/source'],
    logLevel: 'error',
  })
}
