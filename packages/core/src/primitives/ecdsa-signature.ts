/**
 * ECDSA signatures: the DER form of certificates (RFC 5480 appendix A) to the fixed-width form of WebCrypto (IEEE P1363).
 * @module
 */

/**
 * r and s as two big-endian numbers of `width` bytes each, or undefined if the input is not the one DER encoding of two
 * positive integers that fit. Ranges against the group order are left to the runtime.
 */
export function ecdsaSignatureToP1363(signature: Uint8Array, width: number): Uint8Array | undefined {
  // 2 × 67 bytes for P-521, so one length octet after 0x81 is always enough.
  let offset = 2
  let length = signature[1] ?? 0
  if (signature[0] !== 0x30 || length > 0x81) return undefined
  if (length >= 0x80) {
    length = signature[2] ?? 0
    if (signature[1] !== 0x81 || length < 0x80) return undefined
    offset = 3
  }
  if (offset + length !== signature.length) return undefined
  const joined = new Uint8Array(2 * width)
  for (const part of [0, 1]) {
    const size = signature[offset + 1] ?? 0
    const start = offset + 2
    const end = start + size
    if (signature[offset] !== 0x02 || size === 0 || size > width + 1 || end > signature.length) return undefined
    const first = signature[start] as number
    if (first >= 0x80) return undefined
    const hasSignOctet = first === 0
    if (hasSignOctet && (size === 1 || (signature[start + 1] as number) < 0x80)) return undefined
    const magnitude = signature.subarray(hasSignOctet ? start + 1 : start, end)
    if (magnitude.length > width) return undefined
    joined.set(magnitude, (part + 1) * width - magnitude.length)
    offset = end
  }
  return offset === signature.length ? joined : undefined
}
