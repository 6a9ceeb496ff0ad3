import { afterEach, describe, expect, it, vi } from 'vitest'
import { forwarded } from './forwarded.ts'
import { platformVerdict } from './platform-verdict.ts'
import { currentRuntime } from './runtime.ts'
import { tlsPeer } from './tls-peer.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const from = ['10.0.0.0/8']

describe('currentRuntime', () => {
  it('tells those apart that imitate Node', () => {
    expect(currentRuntime()).toBe('node')
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
    expect(currentRuntime()).toBe('workers')
    vi.stubGlobal('Deno', {})
    expect(currentRuntime()).toBe('deno')
    vi.stubGlobal('Bun', {})
    expect(currentRuntime()).toBe('bun')
  })
})

describe('a source on a runtime that cannot serve it', () => {
  it('throws on Workers for whatever needs a peer, and names what works there', () => {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
    expect(() => tlsPeer()).toThrow(/Workers.*cloudflareWorkers\(\)/)
    expect(() => forwarded('nginx', { from })).toThrow(/Workers.*cloudflareWorkers\(\)/)
    expect(() => platformVerdict({ platform: 'gcp-alb', from })).toThrow(/Workers.*cloudflare-workers/)
    expect(() => platformVerdict({ platform: 'cloudflare-workers' })).not.toThrow()
  })

  it('throws on Bun for a listener that hands no certificates over', () => {
    vi.stubGlobal('Bun', {})
    expect(() => tlsPeer()).toThrow(/bun.*node:tls.*node:http2.*rfc9440/)
    expect(() => tlsPeer({ listener: 'node:https' })).toThrow(/bun/)
    expect(() => tlsPeer({ listener: 'node:tls' })).not.toThrow()
    expect(() => forwarded('nginx', { from })).not.toThrow()
  })

  it('throws on Deno for Deno.serve, which hands no certificates over', () => {
    vi.stubGlobal('Deno', {})
    expect(() => tlsPeer()).toThrow(/deno.*node:https.*node:http2.*rfc9440/)
    expect(() => tlsPeer({ listener: 'node:tls' })).toThrow(/deno/)
    expect(() => tlsPeer({ listener: 'node:https' })).not.toThrow()
  })
})
