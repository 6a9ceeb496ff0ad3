import { describe, expect, it } from 'vitest'
import { fetchExchange } from './fetch-exchange.ts'

const plain = (scheme = 'http') => new Request(`${scheme}://api.example/orders?a=b`, { headers: { 'x-a': '1' } })

describe('fetchExchange, away from Node', () => {
  it('knows nothing of the peer where the platform does not tell', () => {
    const exchange = fetchExchange(plain('https'), undefined)
    expect(exchange).toMatchObject({
      method: 'GET',
      target: 'https://api.example/orders?a=b',
      peer: { kind: 'unknown' },
    })
    expect(exchange.headers.all('x-a')).toEqual(['1'])
    expect(exchange.headers.all('x-b')).toEqual([])
  })

  it('takes the address from Bun, and TLS from the listener, given bare or as a member', () => {
    const server = (protocol: string) => ({ protocol, requestIP: () => ({ address: '10.0.0.1' }) })
    const peer = (encrypted: boolean) => ({ kind: 'tcp', address: '10.0.0.1', encrypted, certificates: [] })
    expect(fetchExchange(plain('https'), server('http')).peer).toEqual(peer(false))
    expect(fetchExchange(plain(), { server: server('https') }).peer).toEqual(peer(true))
  })

  it('believes a Unix socket on Bun only by the listener', () => {
    const server = (protocol: string) => ({ protocol: 'http', url: { protocol }, requestIP: () => null })
    expect(fetchExchange(plain(), server('unix:')).peer).toEqual({ kind: 'unix' })
    expect(fetchExchange(plain(), server('http:')).peer).toEqual({ kind: 'unknown' })
  })

  it('takes the address from Deno, and never TLS from a URL, which the client can write', () => {
    const info = (remoteAddr: object) => ({ remoteAddr })
    expect(fetchExchange(plain('https'), info({ transport: 'tcp', hostname: '10.0.0.1' })).peer).toEqual({
      kind: 'tcp',
      address: '10.0.0.1',
      encrypted: false,
      certificates: [],
    })
    expect(fetchExchange(plain(), info({ transport: 'unix', path: '/run/api.sock' })).peer).toEqual({
      kind: 'unix',
    })
    expect(fetchExchange(plain(), info({ transport: 'udp', hostname: '10.0.0.1' })).peer).toEqual({
      kind: 'unknown',
    })
  })

  it('passes on what Workers and the Lambda adapter hand over', () => {
    const request = Object.assign(plain(), { cf: { tlsVersion: 'TLSv1.3' } })
    expect(fetchExchange(request, { event: { version: '2.0' } }).platform).toEqual({
      cf: { tlsVersion: 'TLSv1.3' },
      event: { version: '2.0' },
    })
  })
})
