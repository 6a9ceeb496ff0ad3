import type { Exchange } from '@countersign/core'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { toExchange } from './to-exchange.ts'

async function exchangeOf(request: Request, env?: object): Promise<Exchange> {
  let exchange: Exchange | undefined
  const app = new Hono().all('*', (c) => {
    exchange = toExchange(c)
    return c.text('')
  })
  await app.fetch(request, env)
  if (exchange === undefined) throw new Error('the handler was not reached')
  return exchange
}

const plain = (scheme = 'http') => new Request(`${scheme}://api.example/orders?a=b`, { headers: { 'x-a': '1' } })

describe('toExchange, away from Node', () => {
  it('knows nothing of the peer where the platform does not tell', async () => {
    const exchange = await exchangeOf(plain('https'))
    expect(exchange).toMatchObject({
      method: 'GET',
      target: 'https://api.example/orders?a=b',
      peer: { kind: 'unknown' },
    })
    expect(exchange.headers.all('x-a')).toEqual(['1'])
    expect(exchange.headers.all('x-b')).toEqual([])
  })

  it('takes the address from Bun, and TLS from the listener, given bare or as a member', async () => {
    const server = (protocol: string) => ({ protocol, requestIP: () => ({ address: '10.0.0.1' }) })
    const peer = (encrypted: boolean) => ({ kind: 'tcp', address: '10.0.0.1', encrypted, certificates: [] })
    expect((await exchangeOf(plain('https'), server('http'))).peer).toEqual(peer(false))
    expect((await exchangeOf(plain(), { server: server('https') })).peer).toEqual(peer(true))
  })

  it('believes a Unix socket on Bun only by the listener', async () => {
    const server = (protocol: string) => ({ protocol: 'http', url: { protocol }, requestIP: () => null })
    expect((await exchangeOf(plain(), server('unix:'))).peer).toEqual({ kind: 'unix' })
    expect((await exchangeOf(plain(), server('http:'))).peer).toEqual({ kind: 'unknown' })
  })

  it('takes the address from Deno, and never TLS from a URL, which the client can write', async () => {
    const info = (remoteAddr: object) => ({ remoteAddr })
    expect((await exchangeOf(plain('https'), info({ transport: 'tcp', hostname: '10.0.0.1' }))).peer).toEqual({
      kind: 'tcp',
      address: '10.0.0.1',
      encrypted: false,
      certificates: [],
    })
    expect((await exchangeOf(plain(), info({ transport: 'unix', path: '/run/api.sock' }))).peer).toEqual({
      kind: 'unix',
    })
    expect((await exchangeOf(plain(), info({ transport: 'udp', hostname: '10.0.0.1' }))).peer).toEqual({
      kind: 'unknown',
    })
  })

  it('passes on what Workers and the Lambda adapter hand over', async () => {
    const request = Object.assign(plain(), { cf: { tlsVersion: 'TLSv1.3' } })
    expect((await exchangeOf(request, { event: { version: '2.0' } })).platform).toEqual({
      cf: { tlsVersion: 'TLSv1.3' },
      event: { version: '2.0' },
    })
  })
})
