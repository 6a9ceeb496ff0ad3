import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportSchema } from './report-schema.ts'
import { runCommand } from './run-command.ts'

const SUBJECT = join(import.meta.dirname, '../../test/reference-subject.ts')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'conformance-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function command(...args: readonly string[]) {
  let [out, err] = ['', '']
  const status = await runCommand(args, {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  return { status, out, err }
}

describe('countersign-conformance run', () => {
  it('runs the cases, shows progress, and writes reports that meet their schema', async () => {
    const report = join(folder, 'report.json')
    const markdown = join(folder, 'report.md')
    const { status, out, err } = await command(
      'run',
      SUBJECT,
      '--only',
      'optional/',
      '--report',
      report,
      '--markdown',
      markdown,
    )
    expect(status).toBe(0)
    expect(out).toMatch(/^Node reference: 10 passed in \d+\.\d s; conforms to strict\n$/)
    expect(err).toContain('ok       MUST   optional/nothing: a request without any credential passes as nobody\n')
    expect(readFileSync(markdown, 'utf8')).toContain('| **all 10** | 10 | 0 | 0 | 0 | 0 |')

    const written: unknown = JSON.parse(readFileSync(report, 'utf8'))
    const validate = new Ajv2020({ strict: true }).compile(reportSchema)
    validate(written)
    expect(validate.errors).toBeNull()
  })

  it('exits with 1 for a divergence that is out of date, and says so', async () => {
    const divergences = join(folder, 'divergences.json')
    writeFileSync(divergences, JSON.stringify([{ id: 'optional/pair', reason: 'once upon a time' }]))
    const { status, out, err } = await command(
      'run',
      SUBJECT,
      '--only',
      'optional/pair',
      '--divergences',
      divergences,
      '--quiet',
    )
    expect(status).toBe(1)
    expect(err).toMatch(/^UNEXPECTED PASS MUST {3}optional\/pair: .*\n.*once upon a time\n$/)
    expect(out).toContain('1 unexpected-pass')
  })

  it('judges a registry by the cases for registries', async () => {
    const path = join(folder, 'registry.mjs')
    writeFileSync(
      path,
      "export default { name: 'none', features: [], create() { throw new Error('there is no place') } }",
    )
    const { status, err, out } = await command('run', path, '--only', 'registry/', '--quiet')
    expect(status).toBe(1)
    expect(err).toContain('there is no place')
    expect(out).toMatch(/^none: \d+ failed.*\n {2}registry\/partner-create\n/)
    expect(out).toMatch(/^ {2}and \d+ more$/m)
  })

  it('exits with 2 for a feature that there is not, which would leave cases out', async () => {
    const path = join(folder, 'mistyped.mjs')
    writeFileSync(path, "export default { name: 'mistyped', features: ['htps'], start() {} }")
    const { status, err } = await command('run', path)
    expect(status).toBe(2)
    expect(err).toContain('mistyped: features: there is no "htps"; there are body-parser, ')
  })

  it.each([
    ['an unknown profile', ['run', SUBJECT, '--profile', 'lax'], '--profile'],
    ['an unknown option', ['run', SUBJECT, '--fast'], '--fast'],
    ['a module that is not there', ['run', 'no-such-module.js'], 'no-such-module.js'],
    ['a module without a subject', ['run', join(import.meta.dirname, 'report-schema.ts')], 'export a subject'],
    ['cases that there are not', ['run', SUBJECT, '--only', 'acept/'], 'no case was run'],
    ['no subject', ['run'], 'countersign-conformance run <subject.js>'],
    ['no command', [], 'countersign-conformance run <subject.js>'],
  ])('exits with 2 for %s', async (_, args, message) => {
    const { status, err } = await command(...args)
    expect(status).toBe(2)
    expect(err).toContain(message)
  })
})

describe('countersign-conformance list and schema', () => {
  it('print every case, and the form of reports', async () => {
    expect((await command('list')).out).toContain('MUST   accept/pair: ')
    const cases = JSON.parse((await command('list', '--json')).out) as readonly { readonly id: string }[]
    expect(cases.map(({ id }) => id)).toContain('accept/pair')
    expect(JSON.parse((await command('schema')).out)).toEqual(reportSchema)
  })
})
