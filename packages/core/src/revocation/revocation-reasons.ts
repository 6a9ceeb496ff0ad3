/** Sets of revocation reasons (ReasonFlags, RFC 5280 §4.2.1.13) as bits of a number. @module */

/** Bits 1 to 8: keyCompromise to aACompromise. Bit 0 is not used. */
export const ALL_REASONS = 0b1_1111_1110

/** `undefined` means all of them. Bits that name no reason cover nothing. */
export function reasonsOf(flags: ReadonlySet<number> | undefined): number {
  if (flags === undefined) return ALL_REASONS
  let reasons = 0
  for (const bit of flags) if (bit < 9) reasons |= 1 << bit
  return reasons & ALL_REASONS
}
