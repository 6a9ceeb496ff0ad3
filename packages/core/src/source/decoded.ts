/** What decoders of forwarded certificates answer. @module */

/** DER certificates, the leaf first; or the rule that the text breaks, never a part of the text. */
export type Decoded = readonly [Uint8Array, ...Uint8Array[]] | string

export type Decoder = (text: string, limit: number) => Decoded

/** Not a fault of the form, but more than may be presented. */
export const TOO_MANY = 'more certificates than may be presented'

/** Where one is expected, two are a fault of the form. */
export function tooMany(limit: number): string {
  return limit === 1 ? 'more than one certificate' : TOO_MANY
}

/** A list of certificates as that, or why it is none. */
export function asDecoded(certificates: readonly Uint8Array[]): Decoded {
  const [leaf, ...chain] = certificates
  return leaf === undefined ? 'no certificate' : [leaf, ...chain]
}
