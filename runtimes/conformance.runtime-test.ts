/** The conformance suite under the test runners of Bun, Deno and Node: `register()` is given their own `test`. @module */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { bundle } from './bundle.ts'
import { RUNTIMES, testCommandFor } from './programs.ts'
import { registerCases } from './suites/register-cases.ts'

/** How each runner counts. */
const COUNTS = {
  bun: [/^ (\d+) pass$/m, /^ (\d+) fail$/m],
  deno: [/ (\d+) passed /, / (\d+) failed /],
  node: [/^# pass (\d+)$/m, /^# fail (\d+)$/m],
} as const

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-runners-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

describe('register()', () => {
  for (const runtime of [...RUNTIMES, 'node'] as const) {
    it(`makes a test of each case under the runner of ${runtime}`, async (t) => {
      let cases = 0
      registerCases(() => cases++)
      const script = join(folder, `${runtime}.test.mjs`)
      await bundle(`on-${runtime}-test.ts`, runtime, script)
      const [command, ...args] = testCommandFor(runtime, script)
      // A runner that is started by another one reports to it and not to us.
      const { NODE_TEST_CONTEXT: _, ...env } = process.env
      const options = { cwd: folder, env: { ...env, NO_COLOR: '1' }, maxBuffer: 64 * 1024 * 1024 }
      const { stdout, stderr } = await promisify(execFile)(command, args, options)
      const [passed, failed] = COUNTS[runtime].map((count) => Number(count.exec(stdout + stderr)?.[1]))
      assert.deepEqual({ passed, failed }, { passed: cases, failed: 0 })
      t.diagnostic(`${cases} cases`)
    })
  }
})
