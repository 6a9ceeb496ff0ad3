import { describe, expect, it } from 'vitest'
import { BoundedMap } from './bounded-map.ts'

describe('BoundedMap', () => {
  it('keeps what is used and forgets what is not', () => {
    const map = new BoundedMap<number, number>(10)
    for (let key = 0; key < 1_000; key++) {
      map.set(key, key)
      map.get(0)
    }
    expect(map.get(0)).toBe(0)
    expect(map.get(999)).toBe(999)
    expect(map.get(500)).toBeUndefined()
  })

  it('never holds more than its capacity', () => {
    const map = new BoundedMap<number, number>(10)
    for (let key = 0; key < 1_000; key++) {
      map.set(key, key)
      expect(map.size).toBeLessThanOrEqual(10)
    }
  })

  it('has one value for a key, whichever generation it stood in', () => {
    const map = new BoundedMap<string, number>(4)
    map.set('a', 1)
    map.set('b', 1)
    map.set('c', 1)
    map.set('a', 2)
    expect(map.get('a')).toBe(2)
    map.delete('a')
    expect(map.get('a')).toBeUndefined()
    map.clear()
    expect(map.size).toBe(0)
  })
})
