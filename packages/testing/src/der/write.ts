/** Writes ASN.1 values in DER (X.690 §10), and, where a test asks for it, values that DER forbids. @module */

const encoder = new TextEncoder()

/** An element from its identifier octet and the concatenation of its contents, with the shortest length octets. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0
  for (const part of contents) length += part.length
  const header = [tag, ...lengthOctets(length)]
  const bytes = new Uint8Array(header.length + length)
  bytes.set(header)
  let offset = header.length
  for (const part of contents) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

/** Length octets in the definite form, as few as possible. */
export function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return [0x80 | octets.length, ...octets]
}

export function sequence(...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(0x30, ...contents)
}

/** A SET OF: its elements are sorted by their encodings (X.690 §11.6). */
export function setOf(...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(0x31, ...contents.toSorted(compareBytes))
}

/** A context-specific element, `[number]`: constructed for a structure, primitive for a value that is tagged implicitly. */
export function context(
  number: number,
  form: 'constructed' | 'primitive',
  ...contents: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  return element((form === 'constructed' ? 0xa0 : 0x80) | number, ...contents)
}

export function boolean(value: boolean): Uint8Array<ArrayBuffer> {
  return element(0x01, Uint8Array.of(value ? 0xff : 0x00))
}

export function nullValue(): Uint8Array<ArrayBuffer> {
  return element(0x05)
}

/** An INTEGER from a number, or from its content octets exactly as given. */
export function integer(value: number | bigint | Uint8Array): Uint8Array<ArrayBuffer> {
  return element(0x02, value instanceof Uint8Array ? value : integerOctets(BigInt(value)))
}

/** The shortest two's complement of `value`. */
export function integerOctets(value: bigint): Uint8Array<ArrayBuffer> {
  let length = 1
  while (BigInt.asIntN(length * 8, value) !== value) length++
  const octets = new Uint8Array(length)
  let rest = BigInt.asUintN(length * 8, value)
  for (let i = length - 1; i >= 0; i--) {
    octets[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return octets
}

export function enumerated(value: number): Uint8Array<ArrayBuffer> {
  return element(0x0a, integerOctets(BigInt(value)))
}

export function octetString(...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(0x04, ...contents)
}

export function bitString(contents: Uint8Array, unusedBits = 0): Uint8Array<ArrayBuffer> {
  return element(0x03, Uint8Array.of(unusedBits), contents)
}

/** A BIT STRING with named bits: bit numbers that are set, trailing zero bits removed (X.690 §11.2.2). */
export function namedBits(numbers: readonly number[]): Uint8Array<ArrayBuffer> {
  if (numbers.length === 0) return bitString(new Uint8Array())
  const highest = Math.max(...numbers)
  const octets = new Uint8Array(Math.floor(highest / 8) + 1)
  for (const number of numbers) {
    const index = Math.floor(number / 8)
    octets[index] = (octets[index] ?? 0) | (0x80 >> (number % 8))
  }
  return bitString(octets, 7 - (highest % 8))
}

/** An OBJECT IDENTIFIER from dotted decimals; arcs may be larger than 2^53. */
export function objectIdentifier(dotted: string): Uint8Array<ArrayBuffer> {
  const arcs = dotted.split('.').map((arc) => BigInt(arc))
  const [first, second, ...rest] = arcs
  if (first === undefined || second === undefined) throw new TypeError(`not an object identifier: ${dotted}`)
  const octets: number[] = []
  for (const arc of [first * 40n + second, ...rest]) {
    const base128: number[] = []
    let value = arc
    do {
      base128.unshift(Number(value & 0x7fn) | (base128.length > 0 ? 0x80 : 0))
      value >>= 7n
    } while (value > 0n)
    octets.push(...base128)
  }
  return element(0x06, Uint8Array.from(octets))
}

export function utf8String(value: string): Uint8Array<ArrayBuffer> {
  return element(0x0c, encoder.encode(value))
}

export function printableString(value: string): Uint8Array<ArrayBuffer> {
  return element(0x13, encoder.encode(value))
}

export function ia5String(value: string): Uint8Array<ArrayBuffer> {
  return element(0x16, encoder.encode(value))
}

/** Time as RFC 5280 §4.1.2.5 wants it: UTCTime through 2049, GeneralizedTime from 2050 on, whole seconds, `Z`. */
export function time(date: Date): Uint8Array<ArrayBuffer> {
  const year = date.getUTCFullYear()
  return year >= 1950 && year < 2050 ? utcTime(date) : generalizedTime(date)
}

export function utcTime(date: Date): Uint8Array<ArrayBuffer> {
  return element(0x17, encoder.encode(digitsOf(date).slice(2)))
}

export function generalizedTime(date: Date): Uint8Array<ArrayBuffer> {
  return element(0x18, encoder.encode(digitsOf(date)))
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0
  for (const part of parts) length += part.length
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

function digitsOf(date: Date): string {
  return `${date.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
