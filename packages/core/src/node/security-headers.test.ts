import { describe, expect, it } from 'vitest'
import { securityHeaders } from './security-headers.ts'

describe('securityHeaders', () => {
  it('keeps clients on TLS for two years, and everything out of caches and frames', () => {
    expect(securityHeaders()).toEqual({
      'strict-transport-security': 'max-age=63072000',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
  })

  it('covers the names below only where told to, and takes HSTS back at zero', () => {
    const field = (options: Parameters<typeof securityHeaders>[0]) =>
      securityHeaders(options)['strict-transport-security']
    expect(field({ subdomains: 'include' })).toBe('max-age=63072000; includeSubDomains')
    expect(field({ hstsSeconds: 0 })).toBe('max-age=0')
  })

  it.each([{ hstsSeconds: -1 }, { hstsSeconds: Number.NaN }, { hstsSeconds: 1.5 }, { subdomains: true as never }])(
    'throws for %j',
    (options) => {
      expect(() => securityHeaders(options)).toThrow(TypeError)
    },
  )
})
