/** Bundles what a user imports, minified and gzipped, and compares it with `size-limits.json`. @module */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { ROOT } from './steps.ts'

interface Limit {
  readonly name: string
  /** Every export of these is kept. */
  readonly imports: readonly string[]
  /** The package whose dependencies are seen. */
  readonly from: string
  readonly platform: 'neutral' | 'node'
  /** Thousand bytes after gzip. */
  readonly kilobytes: number
}

const limits = JSON.parse(readFileSync(resolve(import.meta.dirname, 'size-limits.json'), 'utf8')) as readonly Limit[]

for (const limit of limits) {
  const kilobytes = (await gzippedSize(limit)) / 1000
  const over = kilobytes > limit.kilobytes
  console.log(`${limit.name}: ${kilobytes.toFixed(1)} kB of ${limit.kilobytes} kB${over ? ', too large' : ''}`)
  if (over) process.exitCode = 1
}

async function gzippedSize({ imports, from, platform }: Limit): Promise<number> {
  const result = await build({
    stdin: {
      contents: imports.map((name, index) => `export * as _${index} from '${name}'`).join('\n'),
      resolveDir: resolve(ROOT, from),
    },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    platform,
    logLevel: 'error',
  })
  return result.outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0)
}
