import { expect, it } from 'vitest'
import { sample } from './sample.ts'

const items = Array.from({ length: 100 }, (_, index) => ({ id: `item ${index}` }))

it('is the same for the same seed, and another for another', () => {
  expect(sample(items, 10, 1)).toEqual(sample(items, 10, 1))
  expect(sample(items, 10, 1)).not.toEqual(sample(items, 10, 2))
  expect(new Set(sample(items, 10, 1)).size).toBe(10)
})

it('is moved by no more than a place when an item comes or goes', () => {
  const before = sample(items, 10, 1)
  const after = sample([{ id: 'one more' }, ...items.slice(1)], 10, 1)
  expect(before.filter((item) => !after.includes(item)).length).toBeLessThanOrEqual(2)
})
