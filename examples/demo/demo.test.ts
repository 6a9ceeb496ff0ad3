import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { missing } from '../../tools/needs.ts'
import { CASES } from './cases.ts'
import { type DemoApi, runDemo, serveApis } from './demo.ts'
import { createStyle, formatCount, formatOutcomes } from './report.ts'
import { runCases } from './run-cases.ts'
import { createWorld, type World } from './world.ts'

const plain = createStyle(false)
let world: World
let apis: readonly DemoApi[]

beforeAll(async () => {
  world = await createWorld()
  apis = await serveApis(world)
})

afterAll(async () => {
  await Promise.all(apis.map((api) => api.close()))
  world.close()
})

describe('runDemo', () => {
  it('turns away everybody but the partner, in all three frameworks', async () => {
    const printed: string[] = []
    const outcomes = await runDemo(world, apis, plain, (text) => printed.push(text))
    expect(outcomes.filter(({ asExpected }) => !asExpected)).toEqual([])
    expect(CASES).toHaveLength(18)
    expect(outcomes).toHaveLength(3 * 18)
    const text = printed.join('\n')
    expect(text.endsWith('\n54 of 54 as expected')).toBe(true)
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([])
    expect(text).not.toContain('\u001b')
    for (const key of Object.values(world.keys)) expect(text).not.toContain(key)
  })
})

describe('runCases', () => {
  it('says what came back instead, and counts it', async () => {
    const [good] = CASES
    const [api] = apis
    if (good === undefined || api === undefined) throw new Error('nothing to run')
    const wrong = { ...good, expected: { status: 401, problem: 'credentials-invalid', reason: 'key-unknown' } } as const
    const outcomes = await runCases([good, wrong], world, api)
    expect(outcomes.map(({ asExpected }) => asExpected)).toEqual([true, false])
    expect(formatCount(outcomes, plain)).toBe('1 of 2 as expected')
    expect(formatOutcomes(outcomes, plain)).toMatch(/ {2}✗ .* 200\n {6}expected the reason key-unknown$/)
  })
})

describe.skipIf(missing('curl', 'sh'))('npm run demo -- --serve', () => {
  it('prints lines for curl that do what they say, and leaves no file behind', async () => {
    const args = ['--disable-warning=ExperimentalWarning', '--conditions=@countersign/source']
    const child = spawn(process.execPath, [...args, resolve(import.meta.dirname, 'main.ts'), '--serve'])
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    const ended = new Promise<number | null>((done) => child.once('exit', done))
    try {
      await vi.waitFor(() => expect(output).toContain('Serving until'), { timeout: 30_000, interval: 50 })
      expect(output).toContain('54 of 54 as expected')
      const blocks = new Map(
        [...output.matchAll(/^# (.+)\n((?:curl|cp) (?:.*\\\n)*.*)$/gm)].map(([, what = '', line = '']) => [what, line]),
      )
      const run = (what: string): string => {
        const line = blocks.get(what) ?? `echo "no line for ${what}"; false`
        return execFileSync('sh', ['-c', line], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      }
      for (const framework of ['Express', 'Koa', 'Hono']) {
        expect(run(`let in, ${framework}`)).toMatch(/^HTTP\/1\.1 200 [\s\S]*"partner":"acme"/)
      }
      for (const [what, status, problem] of [
        ['no certificate', 401, 'credentials-missing'],
        ['no key', 401, 'credentials-missing'],
        ['certificate of an unknown CA', 401, 'credentials-invalid'],
        ['Acme’s name, certified by Globex’s CA', 401, 'credentials-invalid'],
        ['another partner’s key', 401, 'credentials-invalid'],
        ['key in the query string', 400, 'credentials-in-url'],
        ['a route beyond its scopes', 403, 'scope-insufficient'],
        ['plain HTTP', 403, 'insecure-transport'],
      ] as const) {
        const answer = run(what)
        expect(answer, what).toContain(`HTTP/1.1 ${status}`)
        expect(answer, what).toContain(`"code":"${problem}"`)
        const [, id = 'no id'] = /"correlationId":"(\w+)"/.exec(answer) ?? []
        await vi.waitFor(() => expect(output).toContain(id), { timeout: 5000, interval: 10 })
      }
      run('revoke the certificate, then paste one of the first lines again')
      await vi.waitFor(() => expect(run('let in, Hono')).toContain('"code":"credentials-invalid"'), {
        timeout: 5000,
        interval: 50,
      })
    } finally {
      child.kill('SIGINT')
    }
    expect(await ended).toBe(0)
    const [, folder = '/'] = /--cacert (\S+)\/server-ca\.pem/.exec(output) ?? []
    expect(existsSync(folder)).toBe(false)
    // As long as it is where the folder for temporary files has a short name.
    const lines = output.replaceAll(folder, 'x'.repeat(28)).split('\n')
    expect(lines.filter((line) => line.length > 100)).toEqual([])
  }, 60_000)
})
