import { describe, expect, it } from 'vitest'
import { exchangeOf, plain, tls } from '../../test/exchange.ts'
import type { CertificateSource } from './certificate-source.ts'
import { checkTransport } from './secure-transport.ts'
import { tlsPeer } from './tls-peer.ts'

const direct = tlsPeer()
const hop: CertificateSource = { name: 'hop', trusts: () => true, read: () => undefined }
const stranger: CertificateSource = { name: 'hop', trusts: () => false, read: () => undefined }

describe('checkTransport', () => {
  it('believes a direct peer by its connection alone', () => {
    expect(checkTransport(exchangeOf({ peer: tls() }), direct, false)).toBeUndefined()
    expect(checkTransport(exchangeOf({ peer: plain() }), direct, false)).toMatchObject({
      code: 'transport-insecure',
      by: 'peer',
      detail: 'the connection is not TLS',
    })
    expect(checkTransport(exchangeOf({ peer: { kind: 'unknown' } }), direct, false)).toMatchObject({
      by: 'peer',
      detail: 'the peer is unknown',
    })
    expect(checkTransport(exchangeOf({ peer: { kind: 'unix' } }), direct, false)).toMatchObject({ by: 'peer' })
  })

  it('is not impressed by X-Forwarded-Proto from a peer that is no hop', () => {
    const headers = { 'x-forwarded-proto': 'https' }
    expect(checkTransport(exchangeOf({ peer: plain(), headers }), direct, false)).toMatchObject({ by: 'peer' })
    expect(checkTransport(exchangeOf({ peer: plain(), headers }), stranger, false)).toMatchObject({ by: 'peer' })
  })

  it('believes a trusted hop by its word alone, even over TLS', () => {
    expect(checkTransport(exchangeOf({ peer: plain() }), hop, true)).toBeUndefined()
    expect(
      checkTransport(exchangeOf({ peer: plain(), headers: { 'x-forwarded-proto': 'https' } }), hop, false),
    ).toBeUndefined()
    expect(checkTransport(exchangeOf({ peer: tls() }), hop, false)).toMatchObject({ by: 'hop' })
  })

  it.each([[['https', 'https']], [['http']], [['HTTPS']], [['https, http']], [['https ']], [['']]])(
    'takes the hop at its word that it was not secure: X-Forwarded-Proto %j contradicts a forwarded certificate too',
    (protocol) => {
      const exchange = exchangeOf({ peer: plain(), headers: { 'x-forwarded-proto': protocol } })
      expect(checkTransport(exchange, hop, true)).toMatchObject({ code: 'transport-insecure', by: 'hop' })
    },
  )

  it('lets a platform decide where the source says so', () => {
    const platform = (secure: boolean): CertificateSource => ({
      name: 'platform',
      secure: () => secure,
      read: () => undefined,
    })
    expect(checkTransport(exchangeOf({ peer: { kind: 'unknown' } }), platform(true), false)).toBeUndefined()
    expect(checkTransport(exchangeOf({ peer: tls() }), platform(false), false)).toMatchObject({ by: 'platform' })
  })
})
