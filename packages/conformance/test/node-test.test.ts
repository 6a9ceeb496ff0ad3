import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = promisify(execFile)

it('register() serves node:test as it serves Vitest', async () => {
  const fixture = join(import.meta.dirname, 'node-test-fixture.ts')
  const args = ['--conditions=@countersign/source', '--experimental-strip-types', '--test-reporter=tap', fixture]
  // A runner that is started by another one reports to it and not to us.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { stdout } = await run(process.execPath, args, { env })
  expect(stdout).toMatch(/^# pass 3$/m)
  expect(stdout).toMatch(/^# fail 0$/m)
  expect(stdout).toContain('MUST binding/swapped: ')
})
