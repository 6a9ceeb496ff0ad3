import { describe, expect, it, vi } from 'vitest'
import { nodeExchange } from './node-exchange.ts'

const certificate = (name: string, issuerCertificate?: object) => ({
  raw: new TextEncoder().encode(name),
  issuerCertificate,
})

function request(socket: object, rawHeaders: readonly string[] = []) {
  return { method: 'GET', url: '/a?b', rawHeaders, socket }
}

describe('nodeExchange', () => {
  it('gives every line of a field, in order, whatever its case', () => {
    const { headers } = nodeExchange(request({}, ['X-A', '1', 'x-b', '2', 'x-a', '3', 'X_A', '4']))
    expect(headers.all('x-a')).toEqual(['1', '3'])
    expect(headers.all('x-c')).toEqual([])
  })

  it('sees both of two Authorization fields, of which Node’s own headers keep the first', () => {
    const { headers } = nodeExchange(request({}, ['Authorization', 'Bearer a', 'Authorization', 'Bearer b']))
    expect(headers.all('authorization')).toEqual(['Bearer a', 'Bearer b'])
  })

  it('is not impressed by a polluted Object.prototype', () => {
    const { headers } = nodeExchange(request({}))
    Object.defineProperty(Object.prototype, 'x-api-key', { value: 'polluted', configurable: true })
    try {
      expect(headers.all('x-api-key')).toEqual([])
      expect(headers.all('__proto__')).toEqual([])
    } finally {
      Reflect.deleteProperty(Object.prototype, 'x-api-key')
    }
  })

  it('takes the target as received: a framework’s mount point must not hide a part of it', () => {
    expect(nodeExchange(request({}), '/v1/a?b').target).toBe('/v1/a?b')
    expect(nodeExchange(request({})).target).toBe('/a?b')
  })

  describe('peer', () => {
    it('captures leaf and sent chain once a connection, because Node hands the chain out once', () => {
      const getPeerX509Certificate = vi.fn(() => certificate('leaf', certificate('issuing', certificate('root'))))
      const socket = { remoteAddress: '::1', encrypted: true, getPeerX509Certificate }
      const first = nodeExchange(request(socket)).peer
      const second = nodeExchange(request(socket)).peer
      expect(first).toMatchObject({ kind: 'tcp', address: '::1', encrypted: true })
      expect(first.kind === 'tcp' && first.certificates.map((der) => new TextDecoder().decode(der))).toEqual([
        'leaf',
        'issuing',
        'root',
      ])
      expect(second).toBe(first)
      expect(getPeerX509Certificate).toHaveBeenCalledOnce()
    })

    it('asks a connection without a certificate again', () => {
      const getPeerX509Certificate = vi.fn(() => undefined)
      const socket = { remoteAddress: '::1', encrypted: true, getPeerX509Certificate }
      nodeExchange(request(socket))
      expect(nodeExchange(request(socket)).peer).toMatchObject({ certificates: [] })
      expect(getPeerX509Certificate).toHaveBeenCalledTimes(2)
    })

    it('reads at most nine certificates of a chain, and ends at one that issued itself', () => {
      const self: { raw: Uint8Array; issuerCertificate?: object | undefined } = { raw: new Uint8Array(1) }
      self.issuerCertificate = self
      const loop: { raw: Uint8Array; issuerCertificate?: object | undefined } = certificate('a')
      loop.issuerCertificate = certificate('b', loop)
      const count = (leaf: object) => {
        const { peer } = nodeExchange(
          request({ remoteAddress: '::1', encrypted: true, getPeerX509Certificate: () => leaf }),
        )
        return peer.kind === 'tcp' ? peer.certificates.length : 0
      }
      expect(count(self)).toBe(1)
      expect(count(loop)).toBe(9)
    })

    it('does not read authorized', () => {
      const socket = {
        remoteAddress: '::1',
        encrypted: true,
        authorized: true,
        getPeerX509Certificate: () => undefined,
      }
      expect(nodeExchange(request(socket)).peer).toEqual({
        kind: 'tcp',
        address: '::1',
        encrypted: true,
        certificates: [],
      })
    })

    it('knows plaintext, a Unix socket, and a connection that is gone', () => {
      expect(nodeExchange(request({ remoteAddress: '10.0.0.1' })).peer).toMatchObject({
        encrypted: false,
        certificates: [],
      })
      expect(nodeExchange(request({ server: { address: () => '/run/api.sock' } })).peer).toEqual({ kind: 'unix' })
      expect(nodeExchange(request({ server: { address: () => ({ port: 1 }) } })).peer).toEqual({ kind: 'unknown' })
      expect(nodeExchange(request({ server: { address: () => null } })).peer).toEqual({ kind: 'unknown' })
      expect(nodeExchange(request({})).peer).toEqual({ kind: 'unknown' })
    })
  })

  it('tells when the response is over, at once if it already is', () => {
    const ended = vi.fn()
    nodeExchange(request({}), '/', { destroyed: true, once: vi.fn() }).onEnd?.(ended)
    expect(ended).toHaveBeenCalledOnce()
    const once = vi.fn()
    nodeExchange(request({}), '/', { destroyed: false, once }).onEnd?.(ended)
    expect(once).toHaveBeenCalledExactlyOnceWith('close', ended)
  })
})
