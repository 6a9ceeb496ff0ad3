import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { IssuedCertificate } from '@countersign/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { missing } from '../../tools/needs.ts'
import { trustingFetch } from './fetch-keys.ts'
import { INVOICES, ORDERS } from './issuer.ts'
import { type Running, serveAll } from './serve.ts'
import { createWorld, type World } from './world.ts'

const run = promisify(execFile)

describe.skipIf(missing('curl'))('examples/tokens: a partner with curl', () => {
  let folder: string
  let world: World
  let running: Running

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-tokens-'))
    world = await createWorld(folder)
    running = await serveAll(world, trustingFetch(world.servers.certificate.pem))
    writeFileSync(join(folder, 'ca.pem'), world.servers.certificate.pem)
  })

  afterAll(() => {
    running.close()
    rmSync(folder, { recursive: true })
  })

  async function curl(
    url: string,
    who: IssuedCertificate | undefined,
    ...more: string[]
  ): Promise<{ status: number; json: Record<string, string> }> {
    const identity =
      who === undefined ? [] : ['--cert', file('client.pem', who.tls.cert), '--key', file('client.key', who.tls.key)]
    const { stdout } = await run('curl', [
      '-sS',
      '--max-time',
      '10',
      '--cacert',
      join(folder, 'ca.pem'),
      '-w',
      '\n%{http_code}',
      ...identity,
      ...more,
      url,
    ])
    const at = stdout.lastIndexOf('\n')
    return { status: Number(stdout.slice(at + 1)), json: JSON.parse(stdout.slice(0, at)) }
  }

  function file(name: string, text: string): string {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }

  const bearer = (text: string) => ['-H', `Authorization: Bearer ${text}`]
  const form = (...parameters: string[]) => parameters.flatMap((parameter) => ['-d', parameter])

  async function token(resource: string, ...more: string[]): Promise<string> {
    const { status, json } = await curl(
      `${running.issuer}/token`,
      world.acme,
      ...bearer(world.apiKey.text),
      ...form('grant_type=client_credentials', `resource=${resource}`, ...more),
    )
    expect(status).toBe(200)
    return json.access_token as string
  }

  it('has a token for certificate and key, and calls the service that it is for', async () => {
    const forOrders = await token(ORDERS)
    expect(await curl(`${running.orders}/orders`, world.acme, ...bearer(forOrders))).toMatchObject({
      status: 200,
      json: { service: 'orders', partner: 'acme' },
    })
    expect(await curl(`${running.invoices}/invoices`, world.acme, ...bearer(forOrders))).toMatchObject({ status: 401 })
    expect(await curl(`${running.invoices}/invoices`, world.acme, ...bearer(await token(INVOICES)))).toMatchObject({
      status: 200,
      json: { service: 'invoices' },
    })
  })

  it('is turned away with a token and no certificate, with another one, or with the API key in place of a token', async () => {
    const forOrders = await token(ORDERS)
    expect(await curl(`${running.orders}/orders`, undefined, ...bearer(forOrders))).toMatchObject({
      status: 401,
      json: { code: 'credentials-missing' },
    })
    expect(await curl(`${running.orders}/orders`, world.globex, ...bearer(forOrders))).toMatchObject({
      status: 401,
      json: { code: 'credentials-invalid' },
    })
    expect(await curl(`${running.orders}/orders`, world.acme, ...bearer(world.apiKey.text))).toMatchObject({
      status: 401,
    })
    expect(await curl(`${running.orders}/orders?access_token=${forOrders}`, world.acme)).toMatchObject({
      status: 400,
      json: { code: 'credentials-in-url' },
    })
  })

  it('is kept to the scopes that it asked for', async () => {
    const narrow = await token(ORDERS, 'scope=invoices:read')
    expect(await curl(`${running.orders}/orders`, world.acme, ...bearer(narrow))).toMatchObject({
      status: 403,
      json: { code: 'scope-insufficient' },
    })
  })

  it('has no token without a key, for another certificate, or by a secret in the form', async () => {
    const ask = (who: IssuedCertificate | undefined, ...more: string[]) =>
      curl(`${running.issuer}/token`, who, ...form('grant_type=client_credentials', `resource=${ORDERS}`), ...more)
    expect(await ask(world.acme)).toMatchObject({ status: 401, json: { error: 'invalid_client' } })
    expect(await ask(world.globex, ...bearer(world.apiKey.text))).toMatchObject({
      status: 401,
      json: { error: 'invalid_client' },
    })
    expect(
      await ask(world.acme, ...bearer(world.apiKey.text), '-d', `client_secret=${world.apiKey.text}`),
    ).toMatchObject({ status: 400, json: { error: 'invalid_request' } })
    expect(await ask(world.acme, ...bearer(world.apiKey.text), '-d', `padding=${'x'.repeat(20_000)}`)).toMatchObject({
      status: 413,
    })
  })

  it('loses all its tokens with its certificate, at every service that reads the same CRL', async () => {
    const forOrders = await token(ORDERS)
    await world.revoke(world.acme)
    await vi.waitFor(
      async () => expect((await curl(`${running.orders}/orders`, world.acme, ...bearer(forOrders))).status).toBe(401),
      5_000,
    )
    expect(
      (
        await curl(
          `${running.issuer}/token`,
          world.acme,
          ...bearer(world.apiKey.text),
          ...form('grant_type=client_credentials'),
        )
      ).status,
    ).toBe(401)
  })
})
