/** Certificates and CRLs from files, PEM or DER. What cannot be used is the user's to mend, and named. @module */
import { readFileSync } from 'node:fs'
import { type Crl, CrlError, parseCrl } from '@countersign/core/revocation'
import { type Certificate, CertificateError, parseCertificates } from '@countersign/core/x509'
import { UsageError } from '../command/command.ts'

/** Every certificate of the file, in order. */
export function readCertificates(file: string): Certificate[] {
  const octets = readOctets(file)
  try {
    return parseCertificates(isDer(octets) ? octets : octets.toString('utf8'))
  } catch (error) {
    if (error instanceof CertificateError) throw new UsageError(`${file}: ${error.message}`)
    throw error
  }
}

/** Every CRL of the file. */
export function readCrls(file: string): Crl[] {
  const octets = readOctets(file)
  try {
    return (isDer(octets) ? [octets] : pemBlocks(octets.toString('utf8'))).map((list) => parseCrl(list))
  } catch (error) {
    if (error instanceof CrlError) throw new UsageError(`${file}: ${error.message}`)
    throw error
  }
}

const BEGIN = '-----BEGIN '

/** The text cut before each block, so that each part has one. */
function pemBlocks(text: string): string[] {
  const parts = text.split(BEGIN)
  const blocks = parts.slice(1).map((part) => `${BEGIN}${part}`)
  return blocks.length === 0 ? [text] : blocks
}

/** A SEQUENCE; no PEM text begins with this octet that has anything to say before its first block. */
function isDer(octets: Buffer): boolean {
  return (
    octets[0] === 0x30 && !octets.subarray(0, 64).every((octet) => octet < 0x7f && (octet >= 0x20 || octet === 0x0a))
  )
}

function readOctets(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new UsageError(`${file}: ${(error as NodeJS.ErrnoException).code ?? 'cannot be read'}`)
  }
}
