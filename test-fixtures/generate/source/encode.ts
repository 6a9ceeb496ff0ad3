/** Certificates as programs write them into fields; written from their documentation and captures, not from our decoders. @module */
import type { Encoded } from '../../../packages/testing/src/index.ts'

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

export const byteSequence = ({ der }: Encoded): string => `:${base64(der)}:`

/** nginx: everything but RFC 3986's unreserved characters, upper case. */
export const escaped = (text: string): string => encodeURIComponent(text)

/** AWS: `+`, `=` and `/` stay. */
export const escapedForAws = (text: string): string => text.replaceAll(' ', '%20').replaceAll('\n', '%0A')

/** Apache `%{escape:…}`: like AWS, in lower case. */
export const escapedForApache = (text: string): string => text.replaceAll(' ', '%20').replaceAll('\n', '%0a')

export const spaced = ({ pem }: Encoded): string => pem.trimEnd().replaceAll('\n', ' ')

/** A folded field after its folds were taken out. */
export const tabbed = ({ pem }: Encoded): string => pem.trimEnd().replaceAll('\n', '\t')

export const concatenated = (...certificates: readonly Encoded[]): Buffer =>
  Buffer.concat(certificates.map(({ der }) => der))

export const armouredOnOneLine = ({ pem }: Encoded): string => pem.replaceAll('\n', '')
