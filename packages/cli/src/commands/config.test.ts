import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCommandLine } from '../command/run-command-line.ts'

const required = [
  '--server-name',
  'api.example',
  '--certificate',
  'api.pem',
  '--key',
  'api.key',
  '--client-ca',
  'ca.pem',
]

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const code = await runCommandLine(['config', ...args], {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  return { code, out, err }
}

describe('countersign config', () => {
  it('prints the configuration alone, and beside it what the application and the operator need', async () => {
    const { code, out, err } = await run('haproxy', ...required)
    expect(code).toBe(0)
    expect(out).toMatch(/^# Made by "countersign config haproxy"\.\nglobal\n/)
    expect(err).toContain('source: rfc9440({ from: [PROXY] })')
    expect((await run('envoy', ...required)).err).toContain("source: forwarded('envoy', { from: [PROXY] })")
  })

  it('names the files where there are several, or writes them', async () => {
    const { out } = await run('nginx', '--njs', ...required)
    expect(out).toContain('# --- nginx.conf\n')
    expect(out).toContain('# --- countersign.js\n')
    const folder = mkdtempSync(join(tmpdir(), 'countersign-config-'))
    expect((await run('traefik', ...required, '--out', folder)).code).toBe(0)
    expect(readdirSync(folder).sort()).toEqual(['dynamic.yaml', 'traefik.yaml'])
    rmSync(folder, { recursive: true })
  })

  it.each<[string, readonly string[], RegExp]>([
    ['no proxy', required, /missing required argument/],
    ['a proxy that is not known', ['iis', ...required], /Allowed choices are nginx/],
    ['a missing file', ['nginx', '--server-name', 'a'], /--certificate/],
    ['an address that is none', ['nginx', ...required, '--listen', '443'], /--listen: HOST:PORT/],
    ['a secret without a name', ['nginx', ...required, '--secret', 'x'], /--secret: HEADER=VALUE/],
    ['an option that is not known', ['nginx', ...required, '--redirect'], /unknown option/],
  ])('ends with 2 for %s', async (_, args, says) => {
    const { code, err } = await run(...args)
    expect(code).toBe(2)
    expect(err).toMatch(says)
  })
})
