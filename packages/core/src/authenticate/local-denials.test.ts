import { describe, expect, it } from 'vitest'
import type { CertificateNames } from '../registry/certificate-names.ts'
import type { CertificateDenial } from '../registry/registry.ts'
import { LocalDenials } from './local-denials.ts'

const publicKey = 'ab'.repeat(32)
const names = { publicKey, issuer: '3000', serialNumber: '0a' } as CertificateNames

describe('LocalDenials', () => {
  it('denies by public key, or by issuer and serial number, in either case of hex', () => {
    const byKey = new LocalDenials()
    byKey.deny({ publicKey: publicKey.toUpperCase() })
    expect(byKey.has(names)).toBe(true)
    expect(byKey.has({ ...names, publicKey: 'cd'.repeat(32) })).toBe(false)
    const bySerial = new LocalDenials()
    bySerial.deny({ issuer: '3000', serialNumber: '0A' })
    expect(bySerial.has(names)).toBe(true)
    expect(bySerial.has({ ...names, issuer: '3001' })).toBe(false)
    expect(bySerial.has({ ...names, serialNumber: '0b' })).toBe(false)
    expect(new LocalDenials().has(names)).toBe(false)
  })

  it.each<[string, object]>([
    ['a public key that is no SHA-256', { publicKey: 'ab' }],
    ['an issuer of half an octet', { issuer: '300', serialNumber: '0a' }],
    ['a serial number that is not hex', { issuer: '3000', serialNumber: '0x' }],
    ['a serial number that is a number', { issuer: '3000', serialNumber: 10 }],
    ['an empty serial number', { issuer: '3000', serialNumber: '' }],
    ['nothing', {}],
  ])('throws for %s, which would never bite', (_, denial) => {
    expect(() => new LocalDenials().deny(denial as CertificateDenial)).toThrow(/^denyLocally/)
  })
})
