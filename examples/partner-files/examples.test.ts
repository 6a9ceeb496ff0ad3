import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Prepared, preparePartner } from './prepare-partner.ts'

describe.each(['express-basic', 'koa-basic', 'hono-basic', 'fastify-basic', 'node-basic'])('examples/%s', (name) => {
  let folder: string
  let partner: Prepared
  let server: ChildProcess
  let printed = ''

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-basic-'))
    partner = (await preparePartner(folder)) as Prepared
    server = spawn(process.execPath, ['--conditions=@countersign/source', 'main.ts', folder], {
      cwd: resolve(import.meta.dirname, '..', name),
      env: { ...process.env, PORT: '0', NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    server.stdout?.on('data', (chunk) => {
      printed += chunk
    })
    await vi.waitFor(() => expect(printed).toContain('curl'), 20_000)
  }, 30_000)

  afterAll(() => {
    server.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  })

  it('serves what is public, and what is better with credentials', async () => {
    expect((await get('/health', 'nothing')).status).toBe(204)
    expect(JSON.parse((await get('/prices', 'nothing')).body)).toEqual({ discount: 0 })
    expect(JSON.parse((await get('/prices')).body)).toEqual({ discount: 10 })
    expect((await get('/prices', 'key')).status).toBe(401)
  })

  it('knows the partner by certificate and key together', async () => {
    const { status, body } = await get('/orders')
    expect(status).toBe(200)
    expect(JSON.parse(body)).toEqual({
      partner: 'acme',
      certificate: expect.stringContaining('Acme orders'),
      key: expect.stringMatching(/^\w+$/),
    })
  })

  it.each([
    ['/orders', 'certificate', 'credentials-missing'],
    ['/orders', 'key', 'credentials-missing'],
    ['/no-such-path', 'nothing', 'credentials-missing'],
  ] as const)('turns away whoever asks for %s with %s alone', async (path, what, code) => {
    const { status, body } = await get(path, what)
    expect(status).toBe(401)
    const problem = JSON.parse(body)
    expect(problem.code).toBe(code)
    await vi.waitFor(() => expect(printed).toContain(problem.correlationId))
  })

  it('narrows a route to a scope', async () => {
    const { status, body } = await get('/orders', 'both', 'POST')
    expect([status, JSON.parse(body).code]).toEqual([403, 'scope-insufficient'])
  })

  it('ends a stream when its certificate is revoked, and refuses the next request', async () => {
    const feed = await open('/orders/feed')
    let text = ''
    feed.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
    })
    await vi.waitFor(() => expect(text).toContain('data: open'))
    await partner.revoke(partner.client)
    await vi.waitFor(() => expect(text).toContain('data: revoked'), 10_000)
    await vi.waitFor(() => expect(feed.complete).toBe(true))
    const { status, body } = await get('/orders')
    expect([status, JSON.parse(body).code]).toEqual([401, 'credentials-invalid'])
  }, 20_000)

  it('ends when it is told to', async () => {
    server.kill('SIGTERM')
    await vi.waitFor(() => expect(server.exitCode).toBe(0), 5_000)
  })

  type What = 'both' | 'certificate' | 'key' | 'nothing'

  async function get(
    path: string,
    what?: What,
    method?: string,
  ): Promise<{ status: number | undefined; body: string }> {
    const response = await open(path, what, method)
    let body = ''
    for await (const chunk of response.setEncoding('utf8')) body += chunk
    return { status: response.statusCode, body }
  }

  function open(path: string, what: What = 'both', method = 'GET'): Promise<IncomingMessage> {
    return new Promise((done, failed) => {
      const sent = request({
        host: 'localhost',
        port: /localhost:(\d+)/.exec(printed)?.[1],
        path,
        method,
        agent: false,
        ca: readFileSync(join(folder, 'anchors/partners.pem')),
        ...(what === 'both' || what === 'certificate' ? partner.client.tls : {}),
        headers: what === 'both' || what === 'key' ? { authorization: `Bearer ${partner.key}` } : {},
      })
      sent.on('response', done).on('error', failed).end()
    })
  }
})
