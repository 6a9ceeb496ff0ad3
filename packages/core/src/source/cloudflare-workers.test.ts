import { createAuthority, type IssuedCertificate } from '@countersign/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { exchangeOf } from '../../test/exchange.ts'
import { cloudflareWorkers } from './cloudflare-workers.ts'

let client: IssuedCertificate

beforeAll(async () => {
  client = await (await createAuthority()).issueClient()
})

describe('cloudflareWorkers', () => {
  const read = (source: ReturnType<typeof cloudflareWorkers>, changes: Readonly<Record<string, string>> = {}) => {
    const tlsClientAuth = {
      certPresented: '1',
      certVerified: 'SUCCESS',
      certRevoked: '0',
      certRFC9440: `:${Buffer.from(client.certificate.der).toString('base64')}:`,
      certChainRFC9440: '',
      certFingerprintSHA256: client.fingerprint,
      ...changes,
    }
    return source.read(exchangeOf({ platform: { cf: { tlsVersion: 'TLSv1.3', tlsClientAuth } } }))
  }

  it('reads the certificate, and hands over the same object for the same one', () => {
    const source = cloudflareWorkers()
    const presented = read(source)
    expect(presented).toEqual({ kind: 'certificate', leaf: client.certificate.der, chain: [] })
    expect(read(source)).toBe(presented)
  })

  it('compares it with the fingerprint beside it, each time', () => {
    const source = cloudflareWorkers()
    const conflict = { code: 'source-conflict', sources: ['certRFC9440', 'certFingerprintSHA256'] }
    const other = { certFingerprintSHA256: '00'.repeat(32) }
    expect(read(source, other)).toMatchObject(conflict)
    expect(read(source)).toMatchObject({ kind: 'certificate' })
    expect(read(source, other)).toMatchObject(conflict)
  })

  it.each([
    ['certRFC9440', ':AAAA'],
    ['certChainRFC9440', ':AAAA'],
  ])('refuses %s that cannot be decoded', (member, text) => {
    expect(read(cloudflareWorkers(), { [member]: text })).toMatchObject({
      code: 'header-undecodable',
      header: `cf.tlsClientAuth.${member}`,
    })
  })
})
