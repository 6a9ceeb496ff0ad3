/**
 * Public keys with which a runtime is asked whether it knows ML-DSA (FIPS 204, RFC 9881 §4).
 * @module
 */

export type MlDsaParameterSet = 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87'

/** Last arc of the algorithm identifier 2.16.840.1.101.3.4.3.x, and the length of a public key. */
const PARAMETER_SETS = {
  'ML-DSA-44': { arc: 17, keyBytes: 1312 },
  'ML-DSA-65': { arc: 18, keyBytes: 1952 },
  'ML-DSA-87': { arc: 19, keyBytes: 2592 },
} as const

/** A well-formed SubjectPublicKeyInfo whose key is all zeros. */
export function zeroMlDsaKey(parameterSet: MlDsaParameterSet): Uint8Array {
  const { arc, keyBytes } = PARAMETER_SETS[parameterSet]
  const algorithm = [0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, arc]
  const bitString = [0x03, 0x82, (keyBytes + 1) >> 8, (keyBytes + 1) & 0xff, 0x00]
  const length = algorithm.length + bitString.length + keyBytes
  const head = [0x30, 0x82, length >> 8, length & 0xff, ...algorithm, ...bitString]
  const spki = new Uint8Array(head.length + keyBytes)
  spki.set(head)
  return spki
}
