/** Whether octets have the outer form of one certificate: a single DER SEQUENCE that spans them all (X.690 §8.1, §10.1). @module */

/**
 * Enough to tell PEM text, two certificates in one, and cut or padded values from a certificate, before anything is parsed:
 * those are faults of whoever forwarded it.
 */
export function hasCertificateFraming(bytes: Uint8Array): boolean {
  return certificateLength(bytes) === bytes.length
}

/** How long the SEQUENCE at the start says that it is, its header included; `undefined` if none begins there. */
export function certificateLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < 4 || bytes[0] !== 0x30) return undefined
  const first = bytes[1] as number
  if (first < 0x80) return 2 + first
  const octets = first & 0x7f
  if (octets < 1 || octets > 3 || bytes.length < 2 + octets) return undefined
  let length = 0
  for (let at = 0; at < octets; at++) length = (length << 8) | (bytes[2 + at] as number)
  return 2 + octets + length
}
