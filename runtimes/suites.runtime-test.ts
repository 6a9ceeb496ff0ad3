/** Every suite on every runtime: vectors of sources and paths, whole decisions, and what must throw where. @module */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { bundle } from './bundle.ts'
import { commandFor, OTHER_NODES, onOtherNode } from './programs.ts'
import type { SuiteResult } from './suites/suite.ts'

const { Miniflare } = createRequire(import.meta.url)('miniflare')

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-runtimes-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

for (const runtime of ['node', 'bun', 'deno', 'workerd'] as const) {
  describe(`suites on ${runtime}`, () => {
    let results: readonly SuiteResult[] = []
    before(async () => {
      results = runtime === 'workerd' ? await onWorkerd() : await onStdout(runtime)
    })
    for (const name of ['roads', 'sources', 'paths', 'decisions']) {
      it(name, (t) => {
        const result = results.find((each) => each.name === name)
        assert.ok(result, `${name} did not run`)
        assert.deepEqual(result.failed, [])
        assert.ok(result.passed > 0)
        t.diagnostic(`${result.passed} cases`)
      })
    }
  })
}

for (const version of OTHER_NODES) {
  describe(`suites on Node ${version}`, () => {
    it('all', async (t) => {
      const [command, ...args] = onOtherNode(version, await scriptFor('node'))
      const results = await resultsOf(command, args)
      for (const { name, failed, passed } of results) {
        assert.deepEqual(failed, [], name)
        t.diagnostic(`${name}: ${passed} cases`)
      }
      assert.ok(results.length > 0)
    })
  })
}

async function onStdout(runtime: 'node' | 'bun' | 'deno'): Promise<readonly SuiteResult[]> {
  const [command, ...args] = commandFor(runtime, await scriptFor(runtime))
  return resultsOf(command, args)
}

async function scriptFor(runtime: 'node' | 'bun' | 'deno'): Promise<string> {
  const script = join(folder, `${runtime}.mjs`)
  await bundle('on-stdout.ts', runtime, script)
  return script
}

async function resultsOf(command: string, args: readonly string[]): Promise<readonly SuiteResult[]> {
  const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 64 * 1024 * 1024, cwd: folder })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

async function onWorkerd(): Promise<readonly SuiteResult[]> {
  const script = join(folder, 'worker.mjs')
  await bundle('on-fetch.ts', 'workerd', script)
  const worker = new Miniflare({
    modules: [{ type: 'ESModule', path: script }],
    modulesRoot: folder,
    compatibilityDate: '2026-07-01',
    cf: false,
  })
  try {
    return await (await worker.dispatchFetch('https://api.example/')).json()
  } finally {
    await worker.dispose()
  }
}
