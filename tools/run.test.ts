import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Stands in for npx: runs the command, and prints what it was given. */
const NPX = `#!/bin/sh
printf '%s\\n' "packages: $*" | head -n 1
printf '%s\\n' "setting: \${npm_config_registry-none}"
for last; do :; done
pnpm() { shift 2; for arg; do printf '%s\\n' "arg: $arg"; done; }
eval "$last"
`

describe.skipIf(process.platform !== 'linux')('run.mjs', () => {
  let bin = ''

  beforeAll(() => {
    bin = mkdtempSync(join(tmpdir(), 'npx-'))
    writeFileSync(join(bin, 'npx'), NPX)
    chmodSync(join(bin, 'npx'), 0o755)
  })

  afterAll(() => rmSync(bin, { recursive: true, force: true }))

  function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
    return execFileSync(process.execPath, [resolve(import.meta.dirname, 'run.mjs'), ...args], {
      encoding: 'utf8',
      env: { PATH: `${bin}${delimiter}${process.env.PATH}`, ...env },
    })
  }

  it('hands every argument over as it was given', () => {
    const args = ['--serve', 'a b', "it's", '$HOME', '"', '*', '; exit 1', '']
    const given = run(['demo:run', ...args])
      .split('\n')
      .filter((line) => line.startsWith('arg: '))
    expect(given.slice(-args.length)).toEqual(args.map((arg) => `arg: ${arg}`))
  })

  it('takes pnpm in the version that package.json names, and Node only where it is needed', () => {
    expect(run(['x'])).toMatch(/^packages: --yes --package pnpm@\d+\.\d+\.\d+ --call /)
  })

  it('brings the version of Node that is asked for', () => {
    expect(run(['x'], { COUNTERSIGN_NODE: '22.18.0' })).toMatch(/--package node-linux-\w+@22\.18\.0 --call /)
  })

  it("keeps npm's own settings from pnpm", () => {
    expect(run(['x'], { npm_config_registry: 'https://packages.example' })).toContain('setting: none')
  })
})
