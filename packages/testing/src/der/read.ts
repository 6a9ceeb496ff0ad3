/** Takes apart DER of our own making. It trusts its input; a verifier needs a reader that does not. @module */

export interface Element {
  readonly tag: number
  readonly contents: Uint8Array
  /** Identifier, length and contents. */
  readonly encoding: Uint8Array
}

/** The element that `bytes` begin with. */
export function readElement(bytes: Uint8Array): Element {
  const [tag = 0, first = 0] = bytes
  const count = first < 0x80 ? 0 : first & 0x7f
  let length = first & 0x7f
  if (count > 0) length = bytes.subarray(2, 2 + count).reduce((sum, octet) => sum * 256 + octet, 0)
  const start = 2 + count
  if (start + length > bytes.length) throw new RangeError('DER ends early')
  return { tag, contents: bytes.subarray(start, start + length), encoding: bytes.subarray(0, start + length) }
}

/** The elements within the constructed element that `bytes` begin with. */
export function childrenOf(bytes: Uint8Array): Element[] {
  const children: Element[] = []
  let rest = readElement(bytes).contents
  while (rest.length > 0) {
    const child = readElement(rest)
    children.push(child)
    rest = rest.subarray(child.encoding.length)
  }
  return children
}
