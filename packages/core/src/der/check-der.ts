/**
 * Proof that an opaque value (`ANY`) is well-formed DER, by one loop: neither depth nor breadth of the input reaches the stack.
 * @module
 */
import { DerError } from './der-error.ts'
import { DerReader } from './reader.ts'

/** Deeper than any PKIX type (a name constraint of a directory name is at 10); threats ask for 32. */
const MAX_DEPTH = 32

/** Throws `DerError` unless the octets from `start` to `end` are exactly one element, well-formed all the way down. */
export function checkDer(bytes: Uint8Array, start: number, end: number): void {
  const ends: number[] = []
  const reader = new DerReader(bytes, start, end)
  const outermost = reader.readAny()
  reader.finish()
  let walk: { offset: number; tag: number; end: number } = {
    offset: outermost.content,
    tag: outermost.tag,
    end: outermost.end,
  }
  for (;;) {
    if ((walk.tag & 0x20) === 0) walk.offset = walk.end
    if (walk.offset === walk.end) {
      const parentEnd = ends.pop()
      if (parentEnd === undefined) return
      walk = { offset: walk.end, tag: 0x20, end: parentEnd }
      continue
    }
    const element = new DerReader(bytes, walk.offset, walk.end).readAny()
    if (ends.length >= MAX_DEPTH) throw new DerError('der-too-deep', element.start)
    ends.push(walk.end)
    walk = { offset: element.content, tag: element.tag, end: element.end }
  }
}
