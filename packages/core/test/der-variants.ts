/** The same structure with one fault, again and again at another place: what a strict reader refuses. @module */
import { concatBytes, element, nullValue, toHex } from '@countersign/testing/der'
import { DerReader } from '../src/der/reader.ts'
import { OCTET_STRING } from '../src/der/tags.ts'

/** The element that has the fault, in hex without it, and the whole structure with it. */
export interface DerVariant {
  readonly at: string
  readonly der: Uint8Array
}

const CONSTRUCTED = 0x20

/** With an element more at the end of each constructed element, also of those in OCTET STRINGs, and behind those. */
export function lengthened(der: Uint8Array): readonly DerVariant[] {
  return variantsOf(der, (tag, contents) => element(tag, contents, nullValue()))
}

/** With nothing in each constructed element. */
export function emptied(der: Uint8Array): readonly DerVariant[] {
  return variantsOf(der, (tag) => element(tag))
}

function variantsOf(der: Uint8Array, fault: (tag: number, contents: Uint8Array) => Uint8Array): readonly DerVariant[] {
  const reader = new DerReader(der)
  const { tag, content, end } = reader.readAny()
  const contents = der.subarray(content, end)
  const isConstructed = (tag & CONSTRUCTED) !== 0
  const children = isConstructed ? childrenOf(contents) : []
  const inner = tag === OCTET_STRING && isOneStructure(contents) ? [contents] : children
  if (inner.length === 0 && !isConstructed) return []
  return [
    { at: toHex(der), der: fault(tag, contents) },
    ...inner.flatMap((child, index) =>
      variantsOf(child, fault).map((variant) => ({
        at: variant.at,
        der: element(tag, concatBytes(...inner.with(index, variant.der))),
      })),
    ),
  ]
}

function childrenOf(contents: Uint8Array): Uint8Array[] {
  const reader = new DerReader(contents)
  const children: Uint8Array[] = []
  while (!reader.isDone) children.push(reader.encodingOf(reader.readAny()))
  return children
}

function isOneStructure(contents: Uint8Array): boolean {
  try {
    return childrenOf(contents).length === 1
  } catch {
    return false
  }
}
