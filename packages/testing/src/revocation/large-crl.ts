/** Lists as long as those of large CAs, written straight into one buffer: a million entries in about a second. @module */
import { toHex } from '../der/text.ts'
import * as der from '../der/write.ts'
import type { Encoded, IssuedCertificate } from '../pki/certificate.ts'
import { encodeExtensions, extension, REASON_CODES, type RevocationReason } from '../pki/extensions.ts'
import { type CrlOptions, encodeEntries, signCrl } from './crl.ts'

export interface LargeCrlOptions extends CrlOptions {
  /** How many entries to make up, before those of `revoked`. */
  readonly entries: number
  /** How long their serial numbers are, 5 to 20. Default: 16, as CAs have them, which makes 35 octets an entry. */
  readonly serialOctets?: number
  /** A reason code on each of them, 14 octets more. Default: none. */
  readonly reason?: RevocationReason
  /** Equal seeds give equal serial numbers. Default: 1. */
  readonly seed?: number
}

export interface LargeCrl extends Encoded {
  /** The serial number of the entry at `index`, in hexadecimal; from `entries` on, serial numbers that are not listed. */
  serialNumberAt(index: number): string
}

export async function createLargeCrl(issuer: IssuedCertificate, options: LargeCrlOptions): Promise<LargeCrl> {
  const { entries, serialOctets = 16, seed = 1, reason } = options
  if (serialOctets < 5 || serialOctets > 20) throw new TypeError('serialOctets: not from 5 to 20')
  const thisUpdate = options.thisUpdate ?? issuer.clock()
  const template = der.sequence(
    der.integer(new Uint8Array(serialOctets)),
    der.time(thisUpdate),
    ...(reason === undefined
      ? []
      : [encodeExtensions([extension('cRLReason', false, der.enumerated(REASON_CODES[reason]))])]),
  )
  const named = encodeEntries(options.revoked ?? [], thisUpdate)
  const bytes = new Uint8Array(entries * template.length + named.length)
  for (let index = 0; index < entries; index++) {
    const offset = index * template.length
    bytes.set(template, offset)
    writeSerial(bytes, offset + SERIAL_OFFSET, serialOctets, seed, index)
  }
  bytes.set(named, entries * template.length)

  const list = await signCrl(issuer, bytes.length === 0 ? [] : [der.sequence(bytes)], options, thisUpdate)
  return {
    der: list.der,
    get pem() {
      return list.pem
    },
    serialNumberAt(index) {
      const octets = new Uint8Array(serialOctets)
      writeSerial(octets, 0, serialOctets, seed, index)
      return toHex(octets)
    },
  }
}

/** Within an entry: the SEQUENCE's tag and length, then the INTEGER's. */
const SERIAL_OFFSET = 4

/** One octet that keeps the number positive and long, four that make it unique, the rest as good as random. */
function writeSerial(bytes: Uint8Array, offset: number, length: number, seed: number, index: number): void {
  bytes[offset] = 0x40 | (mix(index ^ seed) & 0x3f)
  let word = mix(index + Math.imul(seed, 0x9e3779b1))
  for (let i = 1; i < length; i++) {
    const shift = 8 * ((i - 1) % 4)
    if (i > 1 && shift === 0) word = mix(word + i)
    bytes[offset + i] = word >>> shift
  }
}

/** A one-to-one map of 32-bit numbers (the finalizer of MurmurHash3). */
function mix(value: number): number {
  let x = value | 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return x ^ (x >>> 16)
}
