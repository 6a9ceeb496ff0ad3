/** The DER writer behind this package, for extension values and other structures that a test makes by hand. @module */
export { fromHex, toBase64, toHex, toPem } from './der/text.ts'
export {
  bitString,
  boolean,
  concatBytes,
  context,
  element,
  enumerated,
  generalizedTime,
  ia5String,
  integer,
  namedBits,
  nullValue,
  objectIdentifier,
  octetString,
  printableString,
  sequence,
  setOf,
  time,
  utcTime,
  utf8String,
} from './der/write.ts'
