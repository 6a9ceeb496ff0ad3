/** Follows docs/getting-started.md to the letter: files are written, commands run, answers compared. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { missing } from '../tools/needs.ts'

interface Block {
  readonly language: string
  readonly file: string | undefined
  readonly text: string
}

const page = readFileSync(resolve(import.meta.dirname, '../docs/getting-started.md'), 'utf8')
const blocks: readonly Block[] = [...page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
  ([, language = '', file, text = '']) => ({ language, file, text }),
)

describe.skipIf(missing('openssl', 'curl', 'sh'))('docs/getting-started.md', () => {
  let folder: string
  let port: number
  let server: ChildProcess | undefined
  let printed = ''

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-start-'))
    port = await freePort()
    // What `npm install` would bring.
    symlinkSync(resolve(import.meta.dirname, 'demo/node_modules'), join(folder, 'node_modules'), 'junction')
  })

  afterAll(() => {
    server?.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  function run(text: string): string {
    // This Node, and the packages as they are in this repository.
    const env = {
      ...process.env,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      NODE_OPTIONS: '--disable-warning=ExperimentalWarning --conditions=@countersign/source',
    }
    const script = text.replaceAll('8443', String(port)).replaceAll(/^npm .*$/gm, '')
    if (!script.startsWith('node server.mjs')) {
      return execFileSync('sh', ['-ec', script], {
        cwd: folder,
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    }
    server = spawn(process.execPath, ['server.mjs'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
    server.stdout?.on('data', (chunk) => {
      printed += chunk
    })
    return ''
  }

  it('leads to a server that lets the partner in, until it is revoked', async () => {
    const answers = blocks.filter(({ language }) => language === 'json').map(({ text }) => JSON.parse(text))
    const calls: string[] = []
    for (const { language, file, text } of blocks) {
      if (file !== undefined) writeFileSync(join(folder, file), text.replaceAll('8443', String(port)))
      if (file !== undefined || language !== 'sh') continue
      if (!text.startsWith('curl')) {
        run(text)
        continue
      }
      // The server takes a moment to listen.
      const answer = await vi.waitFor(() => JSON.parse(run(text)), { timeout: 10_000, interval: 50 })
      const expected = answers[calls.push(text) - 1]
      const { correlationId } = answer
      expect(answer).toEqual(correlationId === undefined ? expected : { ...expected, correlationId })
      if (correlationId) await vi.waitFor(() => expect(printed).toContain(`${correlationId} key-missing`))
    }
    expect(calls).toHaveLength(2)
    const again = () => JSON.parse(run(calls[0] ?? '')) as { code?: string; correlationId?: string }
    await vi.waitFor(() => expect(again()).toMatchObject({ status: 401, code: 'credentials-invalid' }), {
      timeout: 5000,
    })
    const { correlationId } = again()
    await vi.waitFor(() => expect(printed).toContain(`${correlationId} certificate-revoked`))
  }, 60_000)
})

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
