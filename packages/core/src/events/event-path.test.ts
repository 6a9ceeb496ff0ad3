import { describe, expect, it } from 'vitest'
import { eventPath } from './event-path.ts'

describe('eventPath', () => {
  it.each([
    ['/orders/7?token=abc#x', '/orders/7'],
    ['https://user:password@api.test/orders?q', '/orders'],
    ['http://api.test', '/'],
    ['*', '*'],
    ['/a\nb\u0000', '/a%0ab%00'],
    ['', ''],
  ])('%j is written down as %j', (target, path) => {
    expect(eventPath(target)).toBe(path)
  })

  it('holds no secret that stands in the path', () => {
    const secret = 'Q'.repeat(49)
    expect(eventPath(`/v1/cs_live_abcdefghijkl_${secret}/orders`)).not.toContain('QQ')
  })

  it('is cut to a bounded length', () => {
    expect(eventPath(`/${'a'.repeat(10_000)}`).length).toBeLessThan(300)
  })
})
