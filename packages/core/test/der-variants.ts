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
  return variantsOf(der, (tag, contents) => (isNested(tag, contents) ? element(tag, contents, nullValue()) : undefined))
}

/** With nothing in each constructed element. */
export function emptied(der: Uint8Array): readonly DerVariant[] {
  return variantsOf(der, (tag, contents) => (isNested(tag, contents) ? element(tag) : undefined))
}

/** With an octet in each element that holds nothing. */
export function filled(der: Uint8Array): readonly DerVariant[] {
  return variantsOf(der, (tag, contents) => (contents.length === 0 ? element(tag, Uint8Array.of(0)) : undefined))
}

/** @param fault what stands there instead; `undefined`: nothing is wrong at this place */
function variantsOf(
  der: Uint8Array,
  fault: (tag: number, contents: Uint8Array) => Uint8Array | undefined,
): readonly DerVariant[] {
  const reader = new DerReader(der)
  const { tag, content, end } = reader.readAny()
  const contents = der.subarray(content, end)
  const children = !isNested(tag, contents) ? [] : isConstructed(tag) ? childrenOf(contents) : [contents]
  const here = fault(tag, contents)
  return [
    ...(here === undefined ? [] : [{ at: toHex(der), der: here }]),
    ...children.flatMap((child, index) =>
      variantsOf(child, fault).map((variant) => ({
        at: variant.at,
        der: element(tag, concatBytes(...children.with(index, variant.der))),
      })),
    ),
  ]
}

function isConstructed(tag: number): boolean {
  return (tag & CONSTRUCTED) !== 0
}

function isNested(tag: number, contents: Uint8Array): boolean {
  return isConstructed(tag) || (tag === OCTET_STRING && isOneStructure(contents))
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
