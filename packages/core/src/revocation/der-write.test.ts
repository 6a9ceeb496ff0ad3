import { element } from '@countersign/testing/der'
import { expect, it } from 'vitest'
import { encodeDer } from './der-write.ts'

it.each([0, 1, 0x7f, 0x80, 0xff, 0x100, 0x1234, 0x1_0000])('writes %i octets with the shortest length', (length) => {
  const contents = new Uint8Array(length).fill(1)
  expect(encodeDer(0x30, contents.subarray(0, 1), contents.subarray(1))).toEqual(
    new Uint8Array(element(0x30, contents)),
  )
})
